"""Medians, their intervals, and ratios of them: the same formulas as the harness uses, in Python.

Launches are what is independent, samples of one launch are not; so everything here counts launches.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A value and its 95 % interval; `low` and `high` are NaN where there are too few launches."""

    value: float
    low: float
    high: float


NOTHING = Estimate(math.nan, math.nan, math.nan)


def binomial_below(k: int, n: int) -> float:
    """P(B <= k) for B ~ Binomial(n, 1/2)."""
    return sum(math.comb(n, i) for i in range(k + 1)) / 2**n


FIRST_LOOK = 8  # launches; before so many a campaign does not ask whether a point is done


def confidence_of(launches: int) -> float:
    """The level of the rank interval of so many launches' median.

    A campaign looks at a point after each launch from the first look on.  With these levels all the intervals
    that it sees hold the median at once with 95 % (docs/methodology.md, section 1).
    """
    return 0.95 if launches < FIRST_LOOK else 1 - 0.01 * min(1, 30 / launches)


def median(values) -> Estimate:
    """The median of launches with the report's interval: exact ranks, whatever the law of the times
    (Hahn & Meeker 1991, section 5.2), at confidence_of() as many launches.

    There is none below six values.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n == 0:
        return NOTHING
    rank = 0  # the largest j with coverage 1 - 2 P(B <= j - 1) of at least the confidence
    while rank < n // 2 and 1 - 2 * binomial_below(rank, n) >= confidence_of(n):
        rank += 1
    value = float(np.median(ordered))
    if rank == 0:
        return Estimate(value, math.nan, math.nan)
    return Estimate(value, float(ordered[rank - 1]), float(ordered[n - rank]))


def _part_of_ratio(values) -> Estimate:
    """The median with its interval at 97 %, between the ranks where these would have more (Hettmansperger &
    Sheather 1986); all values where six have less.  Two such, joined, hold a ratio with 95 %."""
    x = np.sort(np.asarray(values, dtype=float))
    n = len(x)
    if n < 6:
        return Estimate(float(np.median(x)), math.nan, math.nan)
    coverage = [1.0, *(1 - 2 * binomial_below(j - 1, n) for j in range(1, n // 2 + 1))]  # by j
    j = max([1, *(j for j in range(1, n // 2 + 1) if coverage[j] >= 0.97)])
    inward = 0.0  # how much of the way to the next rank
    if j < n // 2 and coverage[j] > 0.97:
        surplus = (coverage[j] - 0.97) / (coverage[j] - coverage[j + 1])
        inward = (n - j) * surplus / (j + (n - 2 * j) * surplus)
    low = x[j - 1] + inward * (x[j] - x[j - 1])
    high = x[n - j] - inward * (x[n - j] - x[n - j - 1])
    return Estimate(float(np.median(x)), float(low), float(high))


def ratio(numerator, denominator) -> Estimate:
    """The ratio of two points' medians, from the launches' median seconds of each.

    It has an interval from six launches on each side.
    """
    if not (len(numerator) and len(denominator)):
        return NOTHING
    return ratio_of_estimates(_part_of_ratio(numerator), _part_of_ratio(denominator))


def ratio_of_estimates(numerator: Estimate, denominator: Estimate) -> Estimate:
    """numerator / denominator, of medians or of what a fitted law says.

    The intervals of the logarithms are joined by the method of variance estimates recovery (Zou & Donner,
    Statistics in Medicine 27, 2008): it needs neither equal noise nor equal shapes.
    """
    if not denominator.value > 0:
        return NOTHING
    value = numerator.value / denominator.value
    if any(math.isnan(x) for x in (numerator.low, denominator.low)):
        return Estimate(value, math.nan, math.nan)
    (top, top_low, top_high) = (math.log(x) for x in numerator)
    (bottom, bottom_low, bottom_high) = (math.log(x) for x in denominator)
    down = math.hypot(top - top_low, bottom_high - bottom)
    up = math.hypot(top_high - top, bottom - bottom_low)
    return Estimate(value, value * math.exp(-down), value * math.exp(up))

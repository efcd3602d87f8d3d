"""Medians, their intervals, and ratios of them: a second implementation of the harness's formulas, which the tests hold
its tables against.

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


def median(values) -> Estimate:
    """The median of launches with the report's interval: ranks at 97 %, and ends between the ranks where these would
    have more (Hettmansperger & Sheather 1986).  Six launches have their range; fewer have none.
    """
    x = np.sort(np.asarray(values, dtype=float))
    n = len(x)
    if n == 0:
        return NOTHING
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


def student_t(freedom: float) -> float:
    """The 98.5 % quantile of Student's distribution: t = sqrt(freedom) tan(u), whose density in u is a power of cos."""
    u = np.linspace(0, math.pi / 2, 4001)
    density = np.cos(u) ** (freedom - 1)
    area = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return math.sqrt(freedom) * math.tan(np.interp(0.97 * area[-1], area, u))


def ratio(numerator, denominator) -> Estimate:
    """The ratio of two points' medians, from the launches' median seconds of each.

    It has an interval from six launches on each side.  The intervals are joined on the logarithms (Zou & Donner,
    Statistics in Medicine 27, 2008) with Welch's degrees of freedom.
    """
    if not (len(numerator) and len(denominator)):
        return NOTHING
    top, bottom = median(numerator), median(denominator)
    if any(math.isnan(x) for x in (top.low, bottom.low)):
        return ratio_of_estimates(top, bottom)
    freedoms = (len(numerator) / 3 + 1, len(denominator) / 3 + 1)

    def joined(*distances):
        squares = [(d / student_t(f)) ** 2 for d, f in zip(distances, freedoms)]
        if sum(squares) == 0:
            return 0.0
        freedom = sum(squares) ** 2 / sum(s * s / f for s, f in zip(squares, freedoms))
        return student_t(freedom) * math.sqrt(sum(squares))

    value = top.value / bottom.value
    down = joined(math.log(top.value / top.low), math.log(bottom.high / bottom.value))
    up = joined(math.log(top.high / top.value), math.log(bottom.value / bottom.low))
    return Estimate(value, value * math.exp(-down), value * math.exp(up))


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

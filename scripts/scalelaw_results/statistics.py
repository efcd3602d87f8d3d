"""Medians, their intervals, and ratios of them: the same formulas as the harness uses, in Python.

Launches are what is independent, samples of one launch are not; so everything here counts launches.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
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


def median(values, confidence: float = 0.95) -> Estimate:
    """The median with its exact, distribution-free rank interval (Hahn & Meeker 1991, section 5.2).

    At 95 % there is none below six values.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n == 0:
        return NOTHING
    rank = 0  # the largest j with coverage 1 - 2 P(B <= j - 1) of at least `confidence`
    while rank < n // 2 and 1 - 2 * binomial_below(rank, n) >= confidence:
        rank += 1
    value = float(np.median(ordered))
    if rank == 0:
        return Estimate(value, math.nan, math.nan)
    return Estimate(value, float(ordered[rank - 1]), float(ordered[n - rank]))


@lru_cache(maxsize=None)
def _rank_sum_cut(m: int, n: int, confidence: float) -> int:
    """How many of the m n ordered quotients to cut at each end, so that Mann and Whitney's test just does
    not reject what is left; 0 where there are too few for any."""
    tail = (1 - confidence) / 2
    if max(m, n) > 50:  # the normal law is exact enough then
        z = NormalDist().inv_cdf(1 - tail)
        return int(max(0.0, m * n / 2 - z * math.sqrt(m * n * (m + n + 1) / 12)))
    # P(U = u) by the recurrence on which sample holds the largest value; of[j]: for i and j values
    of = [np.ones(1) for _ in range(n + 1)]
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            from_first = i / (i + j)
            law = np.zeros(i * j + 1)
            law[j : j + len(of[j])] += from_first * of[j]
            law[: len(of[j - 1])] += (1 - from_first) * of[j - 1]
            of[j] = law
    return int(np.count_nonzero(np.cumsum(of[n]) <= tail))


def ratio(numerator, denominator, confidence: float = 0.95) -> Estimate:
    """The ratio of two points' medians, from the launches' median seconds of each.

    The interval is the exact, distribution-free one of a common factor between the two: the ordered
    quotients of all pairs of launches, cut where Mann and Whitney's rank test would just not reject
    (Hollander, Wolfe & Chicken 2014, sections 4.1 to 4.3), and widened to hold the value.  At 95 % it
    needs four launches on each side, or three and five.
    """
    numerator, denominator = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if not (len(numerator) and len(denominator)):
        return NOTHING
    value = float(np.median(numerator) / np.median(denominator))
    cut = _rank_sum_cut(len(numerator), len(denominator), confidence)
    if cut == 0:
        return Estimate(value, math.nan, math.nan)
    quotients = np.sort((numerator[:, None] / denominator[None, :]).ravel())
    return Estimate(value, min(value, float(quotients[cut - 1])), max(value, float(quotients[-cut])))


def ratio_of_estimates(numerator: Estimate, denominator: Estimate) -> Estimate:
    """numerator / denominator where one of them comes from no launches: what a fitted law says.

    The intervals of the logarithms are joined by the method of variance estimates recovery
    (Donner & Zou, Stat. Methods Med. Res. 21, 2012).
    """
    value = numerator.value / denominator.value
    if any(math.isnan(x) for x in (numerator.low, denominator.low)):
        return Estimate(value, math.nan, math.nan)
    (top, top_low, top_high) = (math.log(x) for x in numerator)
    (bottom, bottom_low, bottom_high) = (math.log(x) for x in denominator)
    down = math.hypot(top - top_low, bottom_high - bottom)
    up = math.hypot(top_high - top, bottom - bottom_low)
    return Estimate(value, value * math.exp(-down), value * math.exp(up))

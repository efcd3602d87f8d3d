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


def ratio(numerator: Estimate, denominator: Estimate) -> Estimate:
    """numerator / denominator of two independent estimates of positive quantities.

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

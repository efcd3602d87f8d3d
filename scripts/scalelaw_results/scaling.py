"""The program's table of points (/scaling) beside what each point is."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from .campaign import Campaign

#: The quantities of a point.  Each has three columns: its value, and the ends of its 95 % interval.
ESTIMATES = ("time", "rate", "own_speedup", "own_efficiency", "serial_speedup", "serial_efficiency")
#: The units at the end of their columns' names.
SUFFIXES = {"time": "_s", "rate": "_per_s"}
CEILING_KERNELS = ("memory_read", "core_rate", "collectives")


class Estimate(NamedTuple):
    """A value and its 95 % interval; `low` and `high` are NaN where there are too few launches."""

    value: float
    low: float
    high: float


def columns_of(name: str) -> list[str]:
    """The columns of the quantity `name`: its value, its lower and its upper end, e.g. time_s, time_low_s,
    time_high_s."""
    return [f"{name}{end}{SUFFIXES.get(name, '')}" for end in ("", "_low", "_high")]


def estimates(table: pd.DataFrame, name: str) -> list[Estimate]:
    """Of every row of scaling(), the quantity `name` and its interval."""
    return [Estimate(*values) for values in zip(*(table[column] for column in columns_of(name)))]


def is_ceiling(table: pd.DataFrame) -> pd.Series:
    """Which points are the machine's ceilings, which a campaign adds by itself."""
    return (table["experiment"] == "ceilings") & table["kernel"].isin(CEILING_KERNELS)


def scaling(campaign: Campaign) -> pd.DataFrame:
    """One row per point, in order: the point's own columns, and those of the program's table /scaling
    (docs/results-file.md): its time, rate, speedups and efficiencies with their intervals, the baselines, the share of
    the ceiling, and its marks.  Failed points have no speedups.
    """
    rows = campaign.scaling.set_index("point")
    return campaign.points.join(rows[[column for column in rows if column not in campaign.points]])

"""From a campaign's tables to what is plotted: medians, speedups, efficiencies, throughputs."""

from __future__ import annotations

import json
import math

import pandas as pd

from .account import phases
from .campaign import Campaign
from .marks import TIMED_STATES, marks_of
from .statistics import NOTHING, Estimate, median, ratio, ratio_of_estimates

ESTIMATES = ("time", "own_speedup", "own_efficiency", "serial_speedup", "serial_efficiency", "throughput")
CEILING_KERNELS = ("memory_read", "collectives")


def launch_medians(campaign: Campaign) -> pd.DataFrame:
    """One row per launch that ended well: launch, point, busy and median_s."""
    samples = campaign.timed_samples()
    medians = samples.groupby(["point", "launch", "busy"], as_index=False)["total_s"].median()
    return medians.rename(columns={"total_s": "median_s"})


def counting(launches: pd.DataFrame) -> pd.DataFrame:
    """Of one point's launches those that count: the quiet ones, as soon as there are six of them.

    The capacity gate is asked before a launch, so none is omitted because of the time that it showed.
    """
    quiet = launches[~launches["busy"].astype(bool)]
    return quiet if len(quiet) >= 6 else launches


def estimate(row, name: str) -> Estimate:
    """Of a row of scaling(), the quantity `name` and its interval."""
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])


def estimates(table: pd.DataFrame, name: str) -> list[Estimate]:
    """The same for every row."""
    return [Estimate(*values) for values in zip(table[name], table[f"{name}_low"], table[f"{name}_high"])]


def _columns(name: str, values: list[Estimate]) -> dict[str, list[float]]:
    return {name: [e.value for e in values], f"{name}_low": [e.low for e in values],
            f"{name}_high": [e.high for e in values]}


def is_ceiling(table: pd.DataFrame) -> pd.Series:
    """Which points are the machine's ceilings, which a campaign adds by itself."""
    return (table["experiment"] == "ceilings") & table["kernel"].isin(CEILING_KERNELS)


def is_ours(table: pd.DataFrame) -> pd.Series:
    """Which points are of scalelaw itself; the others are peers."""
    return table["implementation"] == "scalelaw"


def is_parallel(table: pd.DataFrame) -> pd.Series:
    """Which points have a model with ranks, threads or a device."""
    return table[["ranked", "threaded", "device"]].astype(bool).any(axis=1)


def summarize(campaign: Campaign) -> pd.DataFrame:
    """One row per point, in order: the point's own columns and

    workers, ranks; time, time_low, time_high (the median and its 95 % interval, seconds); times_s (the
    launches' medians); busy (launches beside other work are in it); marks (what a reader must know before
    using the time, e.g. "not_converged, busy"; marks.py); timed (whether it may be compared: something was
    measured, and neither the result nor the placement was wrong); phases (dictionary, seconds of each part of
    account.parts(); they add up to the time; empty where its driver does not tell them); operations, amount and unit of its work model, working_set (bytes); size (text naming its
    parameters).
    """
    table = campaign.points.copy()
    table["ranks"] = table["nodes"] * table["ranks_per_node"]
    table["workers"] = table["ranks"] * table["threads"]
    by_point = dict(iter(launch_medians(campaign).groupby("point")))
    times, lists, busy, counted = [], [], [], []
    for point in table.index:
        launches = counting(by_point[point]) if point in by_point else None
        times.append(NOTHING if launches is None else median(launches["median_s"]))
        lists.append([] if launches is None else list(launches["median_s"]))
        busy.append(launches is not None and bool(launches["busy"].astype(bool).any()))
        counted += [] if launches is None else list(launches["launch"])
    table = table.assign(**_columns("time", times), busy=busy)
    table["times_s"] = lists
    table["timed"] = table["state"].isin(TIMED_STATES) & (table["time"] > 0)
    table["marks"] = [", ".join(marks_of(point)) for _, point in table.iterrows()]
    shares = phases(campaign, counted)
    table["phases"] = [
        {part: share * point["time"] for part, share in shares.loc[row].items()} if row in shares.index else {}
        for row, point in table.iterrows()
    ]
    for key in ("operations", "amount", "unit", "memory_bound"):
        table[key] = [work.get(key) if isinstance(work, dict) else None for work in table["work"]]
    table["working_set"] = [_working_set(work) for work in table["work"]]
    table["size"] = [json.dumps(params, sort_keys=True) for params in table["params"]]
    return table


def _working_set(work) -> float:
    """The bytes that a point works on, all workers together; NaN when its work model does not say."""
    work = work if isinstance(work, dict) else {}
    return float(work.get("resident_bytes", work.get("compulsory_bytes", math.nan)))


def ceiling_of(point, ceilings: pd.DataFrame):
    """Of the points that read memory the one to hold `point` against (rows of summarize()): of its model
    and placement, and of the working set that is nearest to its own, within a factor of two; or None.  A
    problem that sits in a cache is never held against main memory."""
    same = ceilings["timed"] & is_ours(ceilings)
    for column in ("model", "nodes", "ranks_per_node", "threads"):
        same &= ceilings[column] == point[column]
    near = ceilings[same]
    apart = near["working_set"].map(lambda bytes_: abs(math.log(bytes_ / point["working_set"])))
    apart = apart[apart <= math.log(2) + 1e-9]
    return None if apart.empty else near.loc[apart.idxmin()]


def speedup(point, baseline) -> Estimate:
    """How many times faster `point` works than `baseline` (rows of summarize()).

    Work per second over work per second: for a strong series the ratio of the times, for a weak
    one the scaled speedup.
    """
    if point.name == baseline.name:
        return Estimate(1.0, math.nan, math.nan)
    if "times_s" in baseline:
        times = ratio(baseline["times_s"], point["times_s"])
    else:
        times = ratio_of_estimates(estimate(baseline, "time"), estimate(point, "time"))
    more_work = 1.0
    if point["operations"] and baseline["operations"]:
        more_work = point["operations"] / baseline["operations"]
    return Estimate(*(more_work * x for x in times))


def own_baseline(series: pd.DataFrame):
    """The series' point with one worker, or None."""
    one = series[(series["workers"] == 1) & series["timed"]]
    return None if one.empty else one.iloc[0]


def fitted_baseline(campaign: Campaign, series: pd.DataFrame, number: int):
    """What a law that was fitted to the series says of one worker, for a series without one; or None.

    Speedups predicted for such a series have the same baseline."""
    fits = campaign.fits
    fits = fits[(fits["series"] == number) & (fits["parameter"] == "one_worker_s")]
    fits = fits[fits["identifiable"].astype(bool)]
    if fits.empty:
        return None
    first = series.sort_values("workers").iloc[0]
    weak = first["scaling"] == "weak" and first["operations"]
    fit = fits.iloc[0]
    return pd.Series({
        "time": fit["value"], "time_low": fit["low"], "time_high": fit["high"],
        "operations": first["operations"] / first["workers"] if weak else first["operations"],
    })


def serial_baseline(summary: pd.DataFrame, series: pd.DataFrame):
    """The serial point that a series is compared with; None when none was measured.

    That of the series' own experiment, parameters and scaling, the fastest where there are several; only
    without one, the fastest with the same work elsewhere.  A weak series starts from the work of one
    worker, and so does its baseline.
    """
    first = series.sort_values("workers").iloc[0]
    if first["scaling"] == "weak" and first["workers"] != 1:
        return None
    serial = summary[
        ~is_parallel(summary)
        & (summary["kernel"] == first["kernel"])
        & is_ours(summary)
        & (summary["size"] == first["size"])
        & (summary["work"].map(_task) == _task(first["work"]))
        & summary["timed"]
    ]
    own = serial[(serial["experiment"] == first["experiment"]) & (serial["scaling"] == first["scaling"])]
    if not own.empty:
        serial = own
    return None if serial.empty else serial.loc[serial["time"].idxmin()]


def _task(work) -> str:
    """What a pass is when it is not computing in memory; points of different tasks do different work."""
    return work.get("task", "") if isinstance(work, dict) else ""


def scaling(campaign: Campaign) -> pd.DataFrame:
    """summarize(), with for each measured point: speedup and efficiency over the series' own one
    worker (`own_*`) and over the serial driver (`serial_*`), and throughput (amount per second).

    Of each quantity Q there are three columns of numbers: Q, and Q_low and Q_high, its 95 % interval, NaN
    where there are too few launches for one.  serial_baseline is the row of the serial point that
    serial_speedup is over, <NA> where there is none, and serial_baseline_s its time.
    """
    table = summarize(campaign)
    quantities = {name: [NOTHING] * len(table) for name in ESTIMATES if name != "time"}
    serial_rows = pd.Series(pd.NA, index=table.index, dtype="Int64")
    for number, series in table.groupby("series"):
        own = own_baseline(series)
        if own is None:
            own = fitted_baseline(campaign, series, number)
        baselines = {"own": own, "serial": serial_baseline(table, series)}
        for row, point in series.iterrows():
            position = table.index.get_loc(row)
            if not point["timed"]:
                continue
            for kind, baseline in baselines.items():
                if baseline is None:
                    continue
                times = speedup(point, baseline)
                quantities[f"{kind}_speedup"][position] = times
                quantities[f"{kind}_efficiency"][position] = Estimate(*(x / point["workers"] for x in times))
            if baselines["serial"] is not None:
                serial_rows[row] = baselines["serial"].name
            if point["amount"]:
                quantities["throughput"][position] = Estimate(
                    *(point["amount"] / point[time] for time in ("time", "time_high", "time_low"))
                )
    for name, values in quantities.items():
        table = table.assign(**_columns(name, values))
    return table.assign(serial_baseline=serial_rows, serial_baseline_s=serial_rows.map(table["time"]).astype(float))

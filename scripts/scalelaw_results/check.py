"""Judges a results file: is it whole, and are its results right?  Started by scripts/check-results."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import seal
from .campaign import DERIVED, TABLES, Campaign, load
from .program import ResultsError

GOOD_STATES = {"converged", "not_converged", "too_noisy", "unstable", "skipped", "ok"}
ROLES = {"serial", "parallel", "transfer"}


def faults(campaign: Campaign) -> list[str]:
    """What is wrong with the campaign, in words; empty when nothing is."""
    found = []
    for judge in (_units, _references, _states, _roles, _times, _verification, _same_results):
        found += judge(campaign)
    return found


def _units(campaign: Campaign) -> list[str]:
    tables = {name: getattr(campaign, name) for name in TABLES} | (campaign.derived or {})
    return [
        f"{name}.{column} has no unit"
        for name, table in tables.items()
        for column in table.columns
        if column not in campaign.units[name]
    ]


def _references(campaign: Campaign) -> list[str]:
    found = []
    for table, column, target in (
        ("launches", "point", "points"), ("samples", "launch", "launches"), ("ranks", "sample", "samples"),
        ("phase_times", "sample", "samples"), ("phase_times", "phase", "phases"),
    ):
        rows = getattr(campaign, table)[column]
        outside = rows[(rows < 0) | (rows >= len(getattr(campaign, target)))]
        if len(outside):
            found.append(f"{table}.{column} names row {outside.iloc[0]} of {target}, which has "
                         f"{len(getattr(campaign, target))}")
    shares = campaign.points["shares"]
    outside = shares[(shares < -1) | (shares >= len(shares))]
    if len(outside):
        found.append(f"points.shares names row {outside.iloc[0]} of points, which has {len(shares)}")
    derived = campaign.derived or {}
    for table in set(DERIVED) & set(derived):
        rows = derived[table]
        outside = [row for row in rows.get("point", ()) if not -1 <= row < len(campaign.points)]
        if outside:
            found.append(f"{table}.point names row {outside[0]} of points, which has {len(campaign.points)}")
    if derived and list(derived["scaling"]["point"]) != list(range(len(campaign.points))):
        found.append("scaling does not have one row a point")
    measured = campaign.points[campaign.points["state"] != "skipped"].index
    for point in measured.difference(campaign.timed_samples()["point"]):
        found.append(f"point {campaign.points['id'][point]} has no timed sample")
    return found


def _states(campaign: Campaign) -> list[str]:
    points = campaign.points
    if points.empty:
        return ["there are no points"]
    bad = points[~points["state"].isin(GOOD_STATES)]
    found = [f"point {p['id']} is {p['state']}: {p['reason']}" for _, p in bad.iterrows()]
    wordless = points[(points["state"] == "skipped") & (points["reason"] == "")]
    return found + [f"point {p['id']} is skipped without a reason" for _, p in wordless.iterrows()]


def _times(campaign: Campaign) -> list[str]:
    found = []
    samples = campaign.counted_samples()
    ranks = campaign.ranks[campaign.ranks["sample"].isin(samples.index)]
    times = campaign.phase_times[campaign.phase_times["sample"].isin(samples.index)]
    for name, column in (("samples.total_s", samples["total_s"]), ("ranks.total_s", ranks["total_s"]),
                         ("phase_times.seconds", times["seconds"])):
        values = column.to_numpy(dtype=float)
        if not (np.isfinite(values).all() and (values >= 0).all()):
            found.append(f"{name} has values that are no durations")
    if (samples["total_s"] <= 0).any():
        found.append("a sample took no time")
    beside = times.merge(ranks[["sample", "rank", "total_s"]], on=["sample", "rank"])
    if len(beside) != len(times):
        found.append("there are phases of ranks that do not exist")
    for what, part, whole in (("a phase of a rank", beside["seconds"], beside["total_s"]),
                              ("a rank", ranks["total_s"], ranks["sample"].map(samples["total_s"]))):
        if (part > whole * 1.001 + 1e-6).any():
            found.append(f"{what} is longer than the whole")
    return found


def _roles(campaign: Campaign) -> list[str]:
    unknown = campaign.phases[~campaign.phases["role"].isin(ROLES)]
    return [f"phase {phase['name']} has the unknown role {phase['role']}" for _, phase in unknown.iterrows()]


def _verification(campaign: Campaign) -> list[str]:
    samples = campaign.counted_samples()
    imported = campaign.points.index[campaign.points["clock"] == "imported"]  # nobody says whether they are right
    here = ~campaign.launches["point"].isin(imported)
    samples = samples[samples["launch"].map(here).astype(bool)]
    wrong = samples[~samples["verified"].astype(bool)]
    return [f"sample {row} did not verify: {sample['fault']}" for row, sample in wrong.head(3).iterrows()]


def _has_common_results(header: dict[str, Any] | None) -> bool:
    said = header or {}
    return not said.get("tolerance") and said.get("agreement", "placements") in ("placements", "kernel")


def _same_results(campaign: Campaign) -> list[str]:
    """Every model and placement has to give the same bits for the same problem, unless its record says that results
    have a tolerance, or are those of a point or a sample alone."""
    samples = campaign.timed_samples()
    samples = samples[samples["header"].map(_has_common_results)]
    if samples.empty:
        return []
    facts = samples["facts"].map(lambda f: json.dumps(f, sort_keys=True))
    problem = samples["implementation"] + " " + samples["kernel"] + " " + samples["params"].map(lambda p: json.dumps(p, sort_keys=True))
    return [
        f"{name}: {len(results)} different results, e.g. {' and '.join(sorted(results)[:2])}"
        for name, results in facts.groupby(problem).agg(set).items()
        if len(results) > 1
    ]


def _spoilt(campaign: Campaign) -> Iterator[tuple[str, Campaign]]:
    """Copies of the campaign with one thing wrong in each: what a checker has to find."""
    def spoil(table: str, column: str, value: object, row: int = 0) -> Campaign:
        frame = getattr(campaign, table).copy()
        frame.at[frame.index[row], column] = value
        return dataclasses.replace(campaign, **{table: frame})

    yield "a negative duration", spoil("samples", "total_s", -1.0)
    yield "a rank longer than its sample", spoil("ranks", "total_s", 1e6)
    if len(campaign.phase_times):
        yield "a duration that is no number", spoil("phase_times", "seconds", float("nan"))
        yield "a phase longer than its rank", spoil("phase_times", "seconds", 1e6)
        yield "a phase that no driver names", spoil("phase_times", "phase", len(campaign.phases))
        yield "a role that no law knows", spoil("phases", "role", "idle")
    yield "a sample that did not verify", spoil("samples", "verified", False)
    yield "a launch of a point that does not exist", spoil("launches", "point", len(campaign.points))
    yield "a point that shares launches of none", spoil("points", "shares", len(campaign.points))
    if campaign.derived is not None:
        yield "a point without its row of /scaling", dataclasses.replace(
            campaign, derived=campaign.derived | {"scaling": campaign.derived["scaling"].iloc[1:]})
    yield "a crashed point", spoil("points", "state", "crashed")
    facts = next(iter(campaign.timed_samples().index), None)
    if facts is not None:
        yield "a result that differs", _other_result(campaign)
    yield "a column without a unit", dataclasses.replace(
        campaign, units=campaign.units | {"samples": {}})
    yield "no points", dataclasses.replace(campaign, points=campaign.points.iloc[:0])
    yield "points without samples", dataclasses.replace(campaign, samples=campaign.samples.iloc[:0])


def _other_result(campaign: Campaign) -> Campaign:
    samples = campaign.samples.copy()
    timed = samples.index[~samples["diagnostic"].astype(bool)]
    samples.at[timed[-1], "facts"] = {"result": "another"}
    return dataclasses.replace(campaign, samples=samples)


def undetected(campaign: Campaign) -> list[str]:
    """The planted faults that faults() does not find in a campaign that is otherwise right."""
    return [name for name, spoilt in _spoilt(campaign) if not faults(spoilt)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/check-results",
        description="Checks that a results file is whole and its results right: units, references, states, "
        "durations, verification, and the same bits from every model.",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--self-test", action="store_true",
                        help="instead, plant faults in the file's contents and see that each is found")
    parser.add_argument("--seal", action="store_true",
                        help="first renew the file's checksum, after you changed it on purpose")
    options = parser.parse_args(arguments)
    try:
        if options.seal:
            seal.write(options.file)
        campaign = load(options.file)
        found = faults(campaign)
    except (ResultsError, seal.SealError, OSError, KeyError, ValueError, TypeError) as error:
        found = [f"cannot be read: {error}"]
    if options.self_test and not found:
        found = [f"the checker does not notice {name}" for name in undetected(campaign)]
    for fault in found:
        print(f"{options.file}: {fault}", file=sys.stderr)
    if found:
        return 1
    if options.self_test:
        print(f"{options.file}: every planted fault is found")
    else:
        print(f"{options.file}: {len(campaign.points)} points, {len(campaign.launches)} launches, "
              f"{len(campaign.samples)} samples, all right")
    return 0


if __name__ == "__main__":
    sys.exit(main())

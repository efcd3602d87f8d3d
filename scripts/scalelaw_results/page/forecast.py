"""Predictions at many worker counts.  The program makes them; the page's sliders choose among them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from .. import program

#: How far beyond the largest measured count the program predicts without --far.
FAR = 8
#: The efficiencies among which the slider chooses, in percent.
LEVELS = tuple(range(40, 100, 5))


def measured_counts(report: dict[str, Any]) -> set[int]:
    """The worker counts that laws are fitted to."""
    return {point["workers"] for series in report["series"] for point in series["points"]
            if point["median_s"] is not None and not point["oversubscribed"]}


def worker_counts(report: dict[str, Any]) -> list[int]:
    """The measured counts, and 1, 2, 3, 4, 6, 8, 12, ... up to as far as is predicted.  Empty: nothing scales."""
    measured = measured_counts(report)
    if len(measured) < 2:
        return []
    top = FAR * max(measured)
    ladder = {step * 2**i for step in (1, 3) for i in range(top.bit_length())}
    return sorted(measured | {count for count in ladder if count <= top})


def ask(path: Path, workers: list[int]) -> dict[str, Any] | None:
    """What the program predicts at these counts, and up to which count each efficiency lasts."""
    if not workers:
        return None
    return program.ask("predict", path, "--workers", ",".join(str(count) for count in workers), "--law", "all",
                       "--efficiency", ",".join(f"{level}%" for level in LEVELS))


def prediction_rows(foreseen: dict[str, Any], measured: set[int]) -> pd.DataFrame:
    """Rows for the table /predictions: what each law says beyond the data, and the combined prediction also at the
    counts that were measured.  (Between these its band is wider, and a figure would show teeth.)"""
    rows = []
    for series in foreseen["series"]:
        largest = series["largest_measured"]
        for law in series["laws"] if largest else ():
            for prediction in law["predictions"]:
                within = prediction["workers"] <= largest
                drawn = not within or (law["law"] == "combined" and prediction["workers"] in measured)
                if law["law"] in BASELINES or not drawn:
                    continue
                rows.append({
                    "series": series["series"], "law": law["law"], "kind": law["kind"],
                    "workers": prediction["workers"], "speedup": prediction["speedup"], "low": prediction["low"],
                    "high": prediction["high"], "measured": math.nan, "error": math.nan, "inside": False, "point": -1,
                    "marks": "",
                })
    columns = ["series", "law", "kind", "workers", "speedup", "low", "high", "measured", "error", "inside", "point",
               "marks"]
    return pd.DataFrame(rows, columns=columns)


#: Predictions that the combined one is judged against; they are no laws.
BASELINES = ("last_exponent", "same_efficiency")

"""Speedup, efficiency, time and throughput over workers: medians, intervals, launches, and what the laws say."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from . import laws, layers, words
from .data import Data, Selection
from .figure import Figure, Sheet, layered, specification
from .lines import Line, lines_of
from .looks import short_title
from .scales import (
    LABEL_SECONDS,
    LABEL_SPEEDUP,
    doublings,
    percent_axis,
    placed,
    round_values,
    switched_axis,
    workers_axis,
)


@dataclass(frozen=True)
class Quantity:
    """What is drawn over workers: expressions of a median (from the columns of /scaling), of a launch and of a law."""

    kind: str
    title: str
    column: str  # of /scaling, after the baseline where it has one
    per_baseline: bool
    launch: str
    law: str

    def of(self, baseline: str, end: str = "") -> str:
        """The column of the value, or of an end of its interval."""
        column, suffix = self.column.partition("_s")[::2] if self.column == "time_s" else (self.column, "")
        name = f"{baseline}_{column}" if self.per_baseline else column
        return f"{name}{end}" + ("_s" if self.column == "time_s" else "")


SPEEDUP = Quantity("speedup", "speedup", "speedup", True, "datum[baseline] / datum.launch_s",
                   "datum.speedup * (baseline == 'serial' ? datum.over_serial : 1)")
EFFICIENCY = Quantity("efficiency", "efficiency (%)", "efficiency", True,
                      "100 * datum[baseline] / datum.launch_s / datum.p",
                      "100 * datum.speedup * (baseline == 'serial' ? datum.over_serial : 1) / datum.p")
TIME = Quantity("time", "time", "time_s", False, "datum.launch_s", "datum.one_s / datum.speedup")


def speedup(data: Data, selection: Selection) -> Figure:
    """Speedup over workers beside the ideal line."""
    return _over_workers(data, selection, SPEEDUP)


def efficiency(data: Data, selection: Selection) -> Figure:
    """Speedup divided by workers, in percent."""
    return _over_workers(data, selection, EFFICIENCY)


def time(data: Data, selection: Selection) -> Figure:
    """Median time over workers."""
    return _over_workers(data, selection, TIME)


def baseline_of(rows: pd.DataFrame) -> str:
    """'serial' when there is a serial time to compare with, else 'own'."""
    return "serial" if rows["serial_speedup"].notna().any() else "own"


def _over_workers(data: Data, selection: Selection, quantity: Quantity) -> Figure:
    rows = data.rows(selection)
    lines = lines_of(data, rows)
    curves = laws.curves(data, lines)
    baseline = baseline_of(rows)
    weak = selection.scaling == "weak"
    title = f"scaled {quantity.title}" if weak and quantity is SPEEDUP else quantity.title
    sheet = Sheet()
    groups = panel(sheet, data, lines, curves, quantity, title)
    what = f"{title.split(' (')[0].capitalize()} of {selection.named(data.parameters[selection.group])}"
    return Figure(
        name=f"{selection.named(data.parameters[selection.group])}-{quantity.kind}",
        kind=quantity.kind,
        title=f"{selection.group}, {selection.scaling} scaling: {title.split(' (')[0]}",
        caption=f"{what.replace('_', ' ')}.",
        spec=specification(groups, parameters(curves, baseline), sheet, data.clocks()),
        rows=table(lines, quantity),
        selection=selection,
    )


def panel(sheet: Sheet, data: Data, lines: list[Line], curves: list[dict], quantity: Quantity, title: str) -> list:
    """The groups of layers of one quantity of these lines, with the laws' curves for what a reader chooses."""
    counts = [count for line in lines for count in line.points["workers"]]
    far = max([2, *counts, *(curve["p"] for curve in curves)])
    x, y = workers_axis(counts, [curve["p"] for curve in curves]), _axis(quantity, title, lines, curves)
    place = (lambda value: value) if quantity is EFFICIENCY else placed
    scales = layers.line_scales(lines, ideal=quantity is not TIME)
    columns = "datum[baseline + '_{}']" if quantity.per_baseline else "datum.{}"
    columns = f"100 * {columns}" if quantity is EFFICIENCY else columns
    position = {end: place(columns.format(end)) for end in ("value", "low", "high")} | {"x": placed("datum.x")}
    points = _points(lines, quantity)
    ideal = None
    if quantity is not TIME:
        ends = [(1, 1), (far, far)] if quantity is SPEEDUP else [(0.5, 100), (2 * far, 100)]
        ideal = layers.ideal_line(ends, place("datum.v"), x, y, scales)
    return [
        layers.beyond(max(counts), x) if curves else None,
        laws.layers_of(sheet, curves, quantity.law, place, x, y),
        layered(ideal, layers.launches(sheet, lines, place(quantity.launch), x, y, scales),
                layers.joined(sheet.add(points), position, x, y, scales)),
        layers.mark_layers(sheet, points, position, x, y),
        layers.chosen_workers(x),
        layers.chosen_efficiency(y) if quantity is EFFICIENCY else None,
        layers.watermark(data.clocks()),
    ]


def parameters(curves: list[dict], baseline: str, model: str = "all", law: str = "all") -> dict:
    """What a reader may choose, with its value on paper.  Laws are shown once a model or a law was chosen."""
    return {
        "scale": "log", "baseline": baseline, "model": model, "law": law, "workers": None, "efficiency": None,
        "laws_shown": {"expr": "law != 'none' && (model != 'all' || law != 'all')" if curves else "false"},
    }


def _points(lines: list[Line], quantity: Quantity) -> list[dict]:
    columns = {"time": "time_s"}
    for base in ("serial", "own") if quantity.per_baseline else ("",):
        for end in ("", "low", "high"):
            name = quantity.of(base, f"_{end}" if end else "")
            columns["_".join(part for part in (base, end or "value") if part)] = name
    rows = layers.point_rows(lines, **columns)
    for row in rows:
        row["time"] = words.seconds(row["time"])
    return rows


def _axis(quantity: Quantity, title: str, lines: list[Line], curves: list[dict]):
    """The axis of values.  It holds all medians and intervals over either baseline, and the laws while these are shown."""
    every = pd.concat([line.points for line in lines])
    factor = 100 if quantity is EFFICIENCY else 1
    ends = {}
    for shown in ("laws_shown", "!laws_shown"):
        for base in ("serial", "own"):
            names = [quantity.of(base, end) for end in ("", "_low", "_high")]
            held = [factor * value for name in names for value in every[name].dropna()]
            if shown == "laws_shown":
                held += [value for value in laws.values(curves, quantity.kind, base) if value > 0]
            if quantity is SPEEDUP:
                held += [1, 2, max(every["workers"]), *([c["p"] for c in curves] if shown == "laws_shown" else [])]
            held = [value for value in held if value > 0]
            ends[f"{shown} && baseline == '{base}'"] = (min(held, default=1), max(held, default=100 if factor > 1 else 2))
    if quantity is EFFICIENCY:
        return percent_axis(title, ends)
    if quantity is SPEEDUP:
        return switched_axis(title, LABEL_SPEEDUP, ends, doublings)
    return switched_axis(title, LABEL_SECONDS, ends, round_values)


def table(lines: list[Line], quantity: Quantity) -> pd.DataFrame:
    """The numbers of the figure, a row a point."""
    rows = []
    for line in lines:
        for point in line.rows:
            row = {"line": short_title(line.label), "workers": int(point["workers"]),
                   "launches": int(point["launches"]), "time (s)": point["time_s"]}
            for base in ("serial", "own") if quantity.per_baseline else ("",):
                over = {"serial": " over serial", "own": " over one worker", "": ""}[base]
                unit = " (s)" if quantity is TIME else ""
                for end in ("", "_low", "_high"):
                    row[f"{quantity.kind}{over}{end.replace('_', ' ')}{unit}"] = point[quantity.of(base, end)]
            rows.append(row | {"marks": point["marks"]})
    return pd.DataFrame(rows)

"""Speedup, efficiency, time and throughput over workers: medians, intervals, launches, and what the laws say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from . import laws, layers, looks, words
from .data import Data, Selection, records
from .figure import Figure, Sheet, layered, specification
from .lines import Line, lines_for, lines_of
from .quantities import BASELINES, CEILING, EFFICIENCY, SPEEDUP, TIME, Quantity
from .quantities import throughput as throughput_in
from .ranking import ranked, ranking
from .scales import (
    LABEL_COUNT,
    LABEL_SECONDS,
    LABEL_SPEEDUP,
    doublings,
    linear_axis,
    percent_axis,
    placed,
    round_values,
    switched_axis,
    workers_axis,
)

IDEAL = ("ideal", looks.GREY, "stroke", looks.DOTTED)
CEILING_LINE = ("memory read ceiling", looks.INK, "stroke", [1, 0])


def speedup(data: Data, selection: Selection) -> Figure | None:
    """Speedup over workers beside the ideal line; None without a baseline."""
    return _over_workers(data, selection, SPEEDUP)


def efficiency(data: Data, selection: Selection) -> Figure | None:
    """Speedup divided by workers, in percent; None without a baseline."""
    return _over_workers(data, selection, EFFICIENCY)


def time(data: Data, selection: Selection) -> Figure | None:
    """Median time over workers; of many implementations at one count of workers, beside their names."""
    if ranked(data, selection):
        lines = lines_for(data, selection)
        return ranking(data, selection, TIME, _axis(TIME, TIME.title, lines, [], []), table(lines, TIME))
    return _over_workers(data, selection, TIME)


def throughput(data: Data, selection: Selection) -> Figure | None:
    """Throughput in the kernel's own unit, and what the memory of this machine could deliver, measured in the same
    campaign at each point's own placement and working set; None where no rate is known.  Of many implementations at one
    count of workers, beside their names and without the machine's."""
    rows = data.rows(selection)
    rates = rows["rate_per_s"].dropna()
    if rates.empty:
        return None
    unit = rows["unit"][rows["unit"] != ""].iloc[0]
    scale, name = words.quantity(unit, rates.max())
    ceilings = _ceilings(rows) if unit == "bytes" else []
    quantity = throughput_in(name, scale)
    if ranked(data, selection):
        lines = lines_for(data, selection)
        quantity = dataclasses.replace(quantity, doubled=True)
        held = [*(quantity.factor * rates), *_of_launches(lines, quantity, "")]
        axis = switched_axis(quantity.title, LABEL_COUNT, {"true": (min(held), max(held))}, round_values)
        return ranking(data, selection, quantity, axis, table(lines, quantity))
    return _over_workers(data, selection, quantity, ceilings=ceilings)


def ceiling(data: Data, selection: Selection) -> Figure | None:
    """How much of the machine's memory read ceiling each point reaches; None where no ceiling was measured."""
    rows = data.rows(selection)
    if rows["ceiling_share"].isna().all():
        return None
    marks = [words.marks_of(pair) for pair in zip(rows["marks"], rows["ceiling_marks"])]
    return _over_workers(data, selection, CEILING, rows.assign(marks=marks))


def laws_of_series(data: Data, selection: Selection) -> list[Figure]:
    """A figure for each series that a law was fitted to or predicted for: its efficiency over one worker, which
    separates laws that look alike as speedups, with every law."""
    lines = lines_for(data, selection)
    found: dict[tuple[int, int], list[Line]] = {}
    figures = []
    for line in lines:
        found.setdefault((line.file, line.series), []).append(line)
    for (file, series), of_series in found.items():
        curves = laws.curves(data, of_series, detailed=True)
        workers = {point["workers"] for line in of_series for point in line.rows}
        if not curves or len(workers) < 2:
            continue
        figures.append(_laws(data, selection, of_series, curves))
    names = [figure.name for figure in figures]
    return [figure if names.count(figure.name) == 1 else figure.renamed(f"{figure.name}-{number}")
            for number, figure in enumerate(figures, 1)]


def curves_of(data: Data, selection: Selection) -> list[dict[str, Any]]:
    """The rows of laws.curves() of a selection."""
    return data.kept(("curves", selection), lambda: laws.curves(data, lines_for(data, selection)))


def baselines_of(rows: pd.DataFrame) -> list[str]:
    """The baselines that any of the points has a speedup over; first that of the most points, of equals `serial`."""
    counts = {base: int(rows[f"{base}_speedup"].notna().sum()) for base in BASELINES}
    return sorted((base for base in BASELINES if counts[base]), key=lambda base: -counts[base])


def _over_workers(data: Data, selection: Selection, quantity: Quantity, rows: pd.DataFrame | None = None,
                  ceilings: Sequence[dict[str, Any]] = ()) -> Figure | None:
    lines = lines_for(data, selection) if rows is None else lines_of(data, rows)
    rows = data.rows(selection) if rows is None else rows
    curves = curves_of(data, selection) if quantity.law else []
    baselines = baselines_of(rows)
    if quantity.compared and not baselines:
        return None
    baseline = baselines[0] if baselines else "own"
    name = data.named(selection)
    title = f"scaled {quantity.title}" if selection.scaling == "weak" and quantity is SPEEDUP else quantity.title
    sheet = Sheet()
    groups = panel(sheet, data, lines, curves, quantity, title, ceilings)
    plain = title.split(" (")[0]
    captions = {over: words.caption(data, rows, f"{plain} of {data.titled(selection)} over workers", over)
                for over in (baselines if quantity.compared else ("",))}
    return Figure(
        name=f"{name}-{quantity.kind}", kind=quantity.kind, selection=selection,
        title=f"{data.titled(selection)}: {plain}",
        caption=captions[baseline if quantity.compared else ""],
        captions=captions if quantity.compared else {},
        spec=specification(groups, parameters(curves, baseline), sheet, data.clocks()),
        rows=table(lines, quantity),
    )


def _laws(data: Data, selection: Selection, lines: list[Line], curves: list[dict[str, Any]]) -> Figure:
    sheet = Sheet()
    rows = pd.concat([line.points for line in lines])
    title = looks.short_title(data.model_title(lines[0].model))
    groups = panel(sheet, data, lines, curves, EFFICIENCY, "efficiency over one worker (%)", joined=False)
    banded = any(curve["low"] == curve["low"] for curve in curves if curve["kind"] != "prior")
    return Figure(
        name=f"{data.named(selection)}-laws-{looks.file_part(lines[0].model)}", kind="laws", selection=selection,
        title=f"{data.titled(selection)}: laws beside the measurements, {title}",
        caption=words.caption(data, rows, f"Efficiency of {data.titled(selection)}, {title}, beside the laws", "own")
        + " " + _curves_said({curve["kind"] for curve in curves}, banded),
        spec=specification(groups, parameters(curves, "own", model=lines[0].model), sheet, data.clocks()),
        rows=laws.table(curves),
    )


def _curves_said(kinds: set[str], banded: bool) -> str:
    """What the curves and shapes of laws are, of the kinds that a figure has."""
    said = ["Curves are laws" + (", with 95 % bands" if banded else "")]
    said += ["thin ones were predicted from one worker's phases"] if "prior" in kinds else []
    said += [f"hourglasses{', with their bands,' if banded else ''} are predictions of points that were held out of the "
             "fit, right of these"] if "held" in kinds else []
    return f"{'; '.join(said)}." + ("" if banded else " There are too few launches for bands.")


def panel(sheet: Sheet, data: Data, lines: list[Line], curves: list[dict[str, Any]], quantity: Quantity, title: str,
          ceilings: Sequence[dict[str, Any]] = (), joined: bool = True) -> list[Any]:
    """The groups of layers of one quantity of these lines, with the laws' curves for what a reader chooses."""
    counts = [point["workers"] for line in lines for point in line.rows]
    far = max([2, *counts, *(curve["p"] for curve in curves)])
    x, y = workers_axis(counts, [curve["p"] for curve in curves]), _axis(quantity, title, lines, curves, ceilings)
    ideals = {"speedup": [(1, 1), (far, far)], "efficiency": [(0.5, 100), (2 * far, 100)],
              "ceiling": [(0.5, 100), (2 * far, 100)]}
    further = [IDEAL] if quantity.kind in ideals else []
    if quantity is CEILING:
        further = [("the ceiling", *IDEAL[1:])]
    further += [CEILING_LINE] if ceilings else []
    scales = layers.line_scales(lines, further)
    position = {end: quantity.position(end) for end in ("value", "low", "high")} | {"x": placed("datum.x")}
    points = layers.point_rows(lines, time="time_s", **quantity.fields())
    for row in points:
        row["time"] = words.seconds(row["time"])
    ideal = None
    if quantity.kind in ideals:
        ideal = layers.straight(further[0][0], ideals[quantity.kind], quantity.place("datum.v"), x, y, scales)
    over = [layers.straight(CEILING_LINE[0], [(row["workers"], row["rate"]) for row in ceilings],
                            quantity.place(f"{quantity.factor:g} * datum.v"), x, y, scales)] if ceilings else []
    marked = points + [{"model": "all", "marks": row["marks"], "x": row["workers"], "value": row["rate"]}
                       for row in ceilings]
    return [
        layers.beyond(max(counts), far, x) if curves else None,
        laws.layers_of(sheet, curves, quantity, x, y),
        layered(ideal, layers.launches(sheet, lines, quantity.place(quantity.launch), x, y, scales)
                if quantity.launch and joined else None, *over,
                layers.joined(sheet.add(points), position, x, y, scales, joined)),
        layers.mark_layers(sheet, marked, position, x, y),
        layers.chosen_workers(x),
        layers.chosen_efficiency(y) if quantity is EFFICIENCY else None,
        layers.watermark(data.clocks()),
    ]


def parameters(curves: list[dict[str, Any]], baseline: str, model: str = "all", law: str = "all") -> dict[str, Any]:
    """What a reader may choose, with its value on paper.  Laws are shown once a model or a law was chosen."""
    return {
        "scale": "log", "baseline": baseline, "model": model, "law": law, "workers": None, "efficiency": None,
        "laws_shown": {"expr": "law != 'none' && (model != 'all' || law != 'all')" if curves else "false"},
    }


def _axis(quantity: Quantity, title: str, lines: list[Line], curves: list[dict[str, Any]],
          ceilings: Sequence[dict[str, Any]]) -> alt.Y:
    """The axis of values.  It holds all medians, intervals and launches over either baseline, and the laws while these
    are shown."""
    every = pd.concat([line.points for line in lines])
    ends = {}
    for shown in ("laws_shown", "!laws_shown") if curves else ("true",):
        for base in BASELINES if quantity.compared else ("",):
            held = [quantity.factor * value for name in quantity.columns(base) for value in every[name].dropna()]
            held += _of_launches(lines, quantity, base) + [quantity.factor * row["rate"] for row in ceilings]
            if shown == "laws_shown":
                held += laws.values(curves, quantity.kind, base or "own")
            if quantity is SPEEDUP:
                held += [1, 2, max(every["workers"]), *(curve["p"] for curve in curves if shown == "laws_shown")]
            held = [value for value in held if value > 0] or [100]
            condition = f"{shown} && baseline == '{base}'" if base else shown
            ends[condition] = (min(held), max(held))
    if quantity in (EFFICIENCY, CEILING):
        return percent_axis(title, ends)
    if quantity is SPEEDUP:
        return switched_axis(title, LABEL_SPEEDUP, ends, doublings)
    return switched_axis(title, LABEL_SECONDS, ends, round_values) if quantity is TIME else linear_axis(title, ends)


def _of_launches(lines: list[Line], quantity: Quantity, baseline: str) -> list[float]:
    """The value of every launch that is drawn."""
    if not quantity.launch:
        return []
    column = quantity.columns(baseline)[0]
    return [
        quantity.factor * (time if quantity is TIME else point[column] * point["time_s"] / time)
        for line in lines for point in line.rows if point[column] == point[column] for time in point["times_s"]
    ]


def _ceilings(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """For each count of workers, the ceiling of the point whose own ceiling is the fastest."""
    rows = rows[rows["ceiling_point"] >= 0].sort_values("ceiling_bytes_per_s", kind="stable")
    rows = rows.drop_duplicates("workers", keep="last").sort_values("workers")
    return [{"workers": row["workers"], "rate": row["ceiling_bytes_per_s"], "marks": row["ceiling_marks"]}
            for row in records(rows)]


def table(lines: list[Line], quantity: Quantity) -> pd.DataFrame:
    """The numbers of the figure, a row a point, in the units of /scaling."""
    rows = []
    names = [point["serial_name"] for line in lines for point in line.rows if point["serial_point"] >= 0]
    baselines = BASELINES | {"serial": f"over {words.best_serial(names)}"}
    unit = {"time": " (s)", "throughput": " (1/s)"}.get(quantity.kind, "")
    for line in lines:
        for point in line.rows:
            row = {"line": line.label, "workers": int(point["workers"]), "launches": int(point["launches"]),
                   "time (s)": point["time_s"]}
            for base, over in baselines.items() if quantity.compared else (("", ""),):
                for end, column in zip(("", " low", " high"), quantity.columns(base)):
                    row[f"{quantity.kind}{' ' + over if over else ''}{end}{unit}"] = point[column]
            rows.append(row | {"marks": point["marks"]})
    return pd.DataFrame(rows)

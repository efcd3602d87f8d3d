"""Where the workers' time goes, and where the efficiency went: a bar for each placement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from . import layers, looks, words
from .data import Data, Selection, records
from .figure import Figure, Sheet, layered, one_row, specification, unit
from .lines import Line, lines_for

#: The causes of lost efficiency (docs/methodology.md), with their colours, from the left of a bar to its right.
CAUSES = {
    "kept": ("#0072B2", "efficiency"),
    "serial": ("#56B4E9", "serial work"),
    "imbalance": ("#DDDDDD", "imbalance"),
    "wait": ("#F0E442", "waiting"),
    "transfer": ("#E69F00", "transfer"),
    "memory": ("#CC79A7", "memory"),
    "unexplained": ("#767676", "unexplained"),
}
STEP = 10  # height of a bar with its gap, where ticks have text of 7
#: The title of the names of bars stands above them, because beside few bars it has no room.
NAMES_TITLE = {"title": "model and workers", "titleAngle": 0, "titleAlign": "right", "titleBaseline": "bottom",
               "titleAnchor": "start", "titleX": -4, "titleY": -3}


def phases(data: Data, selection: Selection) -> Figure | None:
    """Worker-seconds of each phase by role, in percent of the series' one worker: what is above 100 is the cost of
    scaling.  A bar is as long as its point's workers times its time.  None where no driver named its phases."""
    account = data.table("account")
    seconds: dict[tuple[int, int], dict[str, float]] = {}
    for row in records(account):
        key = (row["file"], row["point"])
        seconds.setdefault(key, {})[looks.part_key(row["role"], row["part"])] = row["seconds"]
    parts = looks.phase_looks(data.table("phases").drop_duplicates(["name", "role"]))
    bars = []
    for line, label, point in _placements(data, selection):
        whole = _one_worker_s(data, line)
        scale = 100 * point["workers"] / point["relative_work"] / whole
        found = seconds.get((line.file, point["point"]), {})
        bars.append((line, label, point, {part: scale * found[part] for part in parts if part in found}))
    if not any(shares for *_, shares in bars):
        return None
    return _figure(data, selection, bars, parts, "phases", "where the workers' time goes",
                   "worker-seconds (% of one worker's)",
                   "worker-seconds per unit of work by phase, in percent of those of one worker")


def waterfall(data: Data, selection: Selection) -> Figure | None:
    """The efficiency over one worker that each placement keeps, and what took the rest; None where no driver reported
    enough to tell."""
    losses = data.waterfalls()
    if losses.empty:
        return None
    causes = [cause for cause in CAUSES if cause != "kept"]
    lost = {(row["file"], row["point"]): row for row in records(losses)}
    bars = []
    for line, label, point in _placements(data, selection):
        row = lost.get((line.file, point["point"]))
        if row is not None and point["workers"] > 1:
            shares = {"kept": 100 * (1 - row["loss"])} | {cause: 100 * row[cause] for cause in causes}
            bars.append((line, label, point, shares))
    if not bars:
        return None
    return _figure(data, selection, bars, CAUSES, "waterfall", "where the efficiency went",
                   "efficiency over one worker (%)", "efficiency over one worker, and what took the rest")


def _placements(data: Data, selection: Selection) -> Iterator[tuple[Line, tuple[str, str], dict[str, Any]]]:
    """Each point with its line, the line's short name, and the point's: its workers (ranks x threads where the model
    has both)."""
    lines = lines_for(data, selection)
    titles = _titles(lines)
    for line in lines:
        for point in line.rows:
            both = point["ranked"] and point["threaded"]
            threads = point["threads"]
            workers = f"{int(point['workers'] / threads)}×{threads}" if both else f"{point['workers']}"
            yield line, (titles[line.label], workers), point


def _titles(lines: list[Line]) -> dict[str, str]:
    """Short names of lines: without the threads per rank, which each placement names."""
    titles = {}
    for line in lines:
        first, *rest = looks.short_title(line.label).split(", ")
        rest = [part for part in rest if not part.endswith("per rank")]
        titles[line.label] = ", ".join([first, *rest])
    return titles


def _one_worker_s(data: Data, line: Line) -> float:
    """What the efficiencies of a series divide; without a baseline, the worker-seconds of its least placement."""
    points = data.points
    series = points[(points["file"] == line.file) & (points["series"] == line.series)]
    own = series["own_s"].dropna()
    if not own.empty:
        return float(own.iloc[0])
    least = series.loc[series["workers"].idxmin()]
    return float(least["workers"] * least["time_s"] / least["relative_work"])


#: A point as a bar: its line, the names of line and workers, its row, and its parts.
Bar = tuple[Line, tuple[str, str], dict[str, Any], dict[str, float]]


def _figure(data: Data, selection: Selection, bars: list[Bar], parts: dict[str, Any], kind: str, title: str, axis: str,
            said: str) -> Figure:
    sheet = Sheet()
    rows, table, names = [], [], []
    marked: list[dict[str, Any]] = []
    used = [part for part in parts if any(abs(shares.get(part, 0)) > 0.1 for *_, shares in bars)]
    for number, (line, (name, workers), point, shares) in enumerate(bars):
        bar = f"{number:03}"
        first = number == 0 or bars[number - 1][0] is not line
        names.append(f"{name}  {workers}" if first else workers)
        above = below = 0.0
        for part in used:
            share = shares.get(part, 0.0)
            start = above if share >= 0 else below
            above, below = (above + share, below) if share >= 0 else (above, below + share)
            if share:
                rows.append({"bar": bar, "part": parts[part][1], "start": start, "end": start + share,
                             "share": share, "model": line.model, "p": point["workers"], "line": line.label})
        marked += [{"bar": bar, "model": line.model, "marks": mark, "value": above, "place": place}
                   for place, mark in enumerate(looks.marks_in(point["marks"]))]
        table.append({"line": line.label, "workers": int(point["workers"]), "placement": workers}
                     | {f"{parts[part][1]} (%)": shares.get(part, 0.0) for part in used} | {"marks": point["marks"]})
    least = min(0, *(row["end"] for row in rows))
    most = max(100, *(row["end"] for row in rows))
    room = 0.04 * (most - least)
    spare = room * (1 + max((row["place"] + 1 for row in marked), default=0))
    x = alt.X(field="px", type="quantitative", axis=alt.Axis(title=axis, grid=True, labelOverlap="parity", tickCount=6),
              scale=alt.Scale(domain=[least - (room if least < 0 else 0), most + spare], nice=False, zero=False))
    y = alt.Y(field="bar", type="nominal", sort=None, scale=alt.Scale(padding=0.12),
              axis=alt.Axis(**NAMES_TITLE, grid=False, domain=False, ticks=False, labelOverlap=False,
                            labelExpr=f"{alt_list(names)}[toNumber(datum.value)]"))
    labels = [parts[part][1] for part in used]
    color = layers.nominal(alt.Fill, "part", labels, [parts[part][0] for part in used],
                           legend=layers.legend(symbolType="square"))
    tooltip = [alt.Tooltip(field=field, type=kind_, title=words_, **more) for field, kind_, words_, more in
               (("line", "nominal", "line", {}), ("p", "quantitative", "workers", {}), ("part", "nominal", "part", {}),
                ("share", "quantitative", "percent", {"format": ".1f"}))]
    bar_layer = unit(sheet.add(rows), [{"filter": layers.CHOSEN}, {"calculate": "datum.start", "as": "px"}], "bar",
                     {"x": x, "x2": alt.X2(field="end"), "y": y, "fill": color, "tooltip": tooltip},
                     aria=True, stroke=looks.PAPER, strokeWidth=0.4)
    ideal = unit(one_row(), [{"calculate": "100", "as": "px"}], "rule", {"x": x}, color=looks.INK, strokeDash=[1, 3],
                 strokeWidth=1)
    position = {"x": f"datum.value + {room:.6g} * (1 + datum.place)", "value": "0"}
    groups = [layered(bar_layer, ideal), layers.mark_layers(sheet, marked, position, x, y, bars=True),
              layers.watermark(data.clocks())]
    chart = specification(groups, {"model": "all"}, sheet, data.clocks())
    meta = chart.get("usermeta", {}) | {"widest_tick": max([*names, str(NAMES_TITLE["title"])], key=len)}
    return Figure(
        name=f"{data.named(selection)}-{kind}", kind=kind, selection=selection,
        title=f"{data.titled(selection)}: {title}",
        caption=words.caption(data, pd.concat([line.points for line in lines_for(data, selection)]),
                              f"{title} in {data.titled(selection)}: {said}; the dotted line is at 100 %", ""),
        spec=chart | {"height": {"step": STEP}, "usermeta": meta}, rows=pd.DataFrame(table),
    )


def alt_list(values: list[str]) -> str:
    """A list of texts in an expression."""
    return "[" + ", ".join("'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for value in values) + "]"

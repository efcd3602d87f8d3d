"""Many implementations at one count of workers: each has a row with its name, the best first.  Over workers they would
lie over each other, and a legend would repeat its shapes."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from . import layers, looks, words
from .account import NAMES_TITLE, STEP, alt_list
from .data import Data, Selection
from .figure import Figure, Sheet, calculated, kept, layered, specification, unit
from .layers import CHOSEN, UPPER, interval_ends
from .lines import Line, lines_for
from .quantities import TIME, Quantity

#: From so many lines on, their names are on an axis.
MANY = 6


def ranked(data: Data, selection: Selection) -> bool:
    """Whether a selection has many lines, and one count of workers."""
    return data.rows(selection)["workers"].nunique() == 1 and len(lines_for(data, selection)) >= MANY


def ranking(data: Data, selection: Selection, quantity: Quantity, axis: alt.Y, table: pd.DataFrame) -> Figure:
    """A time or a throughput of each line.  `axis`: the axis of values, as it stands over workers."""
    column = quantity.columns("")[0]
    lines = sorted(lines_for(data, selection), key=lambda line: line.rows[0][column], reverse=quantity is not TIME)
    rows = data.rows(selection)
    sheet = Sheet()
    points = layers.point_rows(lines, time="time_s", **quantity.fields())
    shots = []
    for number, (line, point) in enumerate(zip(lines, points)):
        row = line.rows[0]
        point |= {"bar": f"{number:03}", "title": data.model_title(line.model), "time": words.seconds(row["time_s"])}
        shots += [{"bar": f"{number:03}", "model": line.model, "launch_s": time, "title": point["title"],
                   "amount": row["rate_per_s"] * row["time_s"]} for time in row["times_s"]]
    x, y = _axes(axis, [looks.short_title(line.label) for line in lines])
    groups = [_layers(sheet, lines, points, shots, quantity, x, y),
              layers.mark_layers(sheet, points, {"x": "0", "value": "0"}, alt.XValue(alt.ExprRef("width + 8")), y,
                                 columns=True),
              layers.watermark(data.clocks())]
    chart = specification(groups, {"scale": "log", "model": "all"}, sheet, data.clocks())
    widest = max([*(looks.short_title(line.label) for line in lines), str(NAMES_TITLE["title"])], key=len)
    count = int(rows["workers"].iloc[0])
    what = f"{quantity.title.split(' (')[0]} of {data.titled(selection)} with {count} worker{'s' if count > 1 else ''}"
    return Figure(
        name=f"{data.named(selection)}-{quantity.kind}", kind=quantity.kind, selection=selection,
        title=f"{data.titled(selection)}: {quantity.title.split(' (')[0]}",
        caption=words.caption(data, rows, f"{what}, the best first", ""),
        spec=chart | {"height": {"step": STEP}, "usermeta": chart.get("usermeta", {}) | {"widest_tick": widest}},
        rows=table,
    )


def _axes(axis: alt.Y, names: list[str]) -> tuple[alt.X, alt.Y]:
    """The axis of values, lying, and that of names."""
    values = axis.to_dict(validate=False)
    values["axis"] |= {"grid": True}
    y = alt.Y(field="bar", type="nominal", sort=None, scale=alt.Scale(padding=0.12),
              axis=alt.Axis(**NAMES_TITLE | {"title": "implementation"}, grid=False, domain=False, ticks=False,
                            labelOverlap=False, labelPadding=6, labelExpr=f"{alt_list(names)}[toNumber(datum.value)]"))
    return alt.X.from_dict(values | {"field": "px"}, validate=False), y


def _layers(sheet: Sheet, lines: list[Line], points: list[dict[str, Any]], shots: list[dict[str, Any]],
            quantity: Quantity, x: alt.X, y: alt.Y) -> dict[str, Any]:
    """Medians with their intervals, and every launch behind them."""
    known = {line.model: point["title"] for line, point in zip(lines, points)}
    first = {line.model: line for line in reversed(lines)}
    titles, shapes = list(known.values()), looks.model_looks(pd.concat([line.points for line in lines]))
    color = layers.nominal(alt.Color, "title", titles, [first[model].color for model in known], legend=None)
    shape = layers.nominal(alt.Shape, "title", titles, [shapes[model][1] for model in known], legend=None)
    tooltip = [alt.Tooltip(field=name, type="nominal", title=title) for name, title in
               (("line", "line"), ("p", "workers"), ("time", "time"), ("n", "launches"), ("marks", "marks"))]
    source = sheet.add(points)
    chosen = [kept(CHOSEN), *calculated(px=quantity.position("value")), kept("isValid(datum.px)")]
    ends = [kept(CHOSEN), *interval_ends(quantity.position("low"), quantity.position("high")),
            {"calculate": "datum.py", "as": "px"}]
    return layered(
        unit(sheet.add(shots), [kept(CHOSEN), *calculated(px=quantity.place(quantity.launch))], "circle",
             {"x": x, "y": y, "color": color}, size=7, opacity=0.35, clip=True),
        unit(source, ends, "rule", {"x": x, "x2": alt.X2(field=UPPER), "y": y, "color": color}),
        unit(source, chosen, "point", {"x": x, "y": y, "color": color, "shape": shape, "tooltip": tooltip},
             filled=True, opacity=1, aria=True),
    )

"""Layers that figures share: lines of medians with their intervals, marks, what lies beyond the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import altair as alt

from . import looks
from .figure import Sheet, calculated, kept, layered, one_row, unit
from .lines import Line
from .scales import MARGIN, placed

#: Which lines are shown, by the model that a reader chose.
CHOSEN = "model == 'all' || datum.model == model || datum.model == 'all'"
#: Dashes have a field of their own, because the legend shows colour and shape alone.
DASHED = {"calculate": "datum.line", "as": "dashes"}


#: x, y, colour and so on: one of Altair's classes of channels.
Channel = TypeVar("Channel")


def legend(**options: Any) -> alt.Legend:
    return alt.Legend(**{"title": None, "orient": "bottom", "symbolOpacity": 1, "symbolLimit": 0} | options)


def nominal(channel: Callable[..., Channel], field: str, domain: list[str], values: list[Any],
            **options: Any) -> Channel:
    """A channel by name, with a value for each name; with a legend unless `legend` says otherwise."""
    options = {"legend": legend()} | options
    scale = alt.Scale(domain=domain, range=values, **({"type": "ordinal"} if channel is alt.Size else {}))
    return channel(field=field, type="nominal", sort=None, scale=scale, **options)


def line_scales(lines: list[Line], further: Sequence[tuple[Any, ...]] = ()) -> dict[str, Any]:
    """Colour, shape and dashes by line, and of the further lines given as tuples of name, colour, shape and dashes."""
    looked = [*((line.label, line.color, line.shape, line.dashes) for line in lines), *further]
    names, colors, shapes, dashes = ([look[place] for look in looked] for place in range(4))
    return {
        "color": nominal(alt.Color, "line", names, colors),
        "shape": nominal(alt.Shape, "line", names, shapes),
        "dashes": nominal(alt.StrokeDash, "dashes", names, dashes, legend=None),
    }


#: The field of the upper end of what is drawn from py.  It is calculated anew whenever a reader changes the scale, so it
#: must not be one of those that it is calculated from.
UPPER = "py_upper"


def interval_ends(low: str, high: str) -> list[dict[str, Any]]:
    """Puts the positions of the ends of an interval, given as expressions, into py and UPPER; only of known intervals."""
    return [*calculated(py=low, **{UPPER: high}), kept(f"isValid(datum.py) && isValid(datum.{UPPER})")]


def joined(source: alt.Data, position: dict[str, str], x: alt.X, y: alt.Y, scales: dict[str, Any],
           join: bool = True) -> dict[str, Any]:
    """Medians with their intervals and the line through them.  `position`: expressions of x, value, low and high."""
    known = [kept(CHOSEN), *calculated(px=position["x"], py=position["value"]), kept("isValid(datum.py)")]
    ends = [*known, *interval_ends(position["low"], position["high"])]
    color, shape, dashes = scales["color"], scales["shape"], scales["dashes"]
    tooltip = [alt.Tooltip(field=name, type="nominal", title=title) for name, title in
               (("line", "line"), ("p", "workers"), ("time", "time"), ("n", "launches"), ("marks", "marks"))]
    parts = [unit(source, ends, "rule", {"x": x, "y": y, "y2": alt.Y2(field=UPPER), "color": color})]
    if join:
        parts.append(unit(source, [*known, DASHED], "line", {"x": x, "y": y, "color": color, "strokeDash": dashes}))
    for crowded, look in (("false", {"filled": True}), ("true", {"filled": False, "fill": looks.PAPER})):
        parts.append(unit(source, [*known, kept(f"datum.crowded == {crowded}")], "point",
                          {"x": x, "y": y, "color": color, "shape": shape, "tooltip": tooltip},
                          opacity=1, aria=True, **look))
    return layered(*parts)


def launches(sheet: Sheet, lines: list[Line], value: str, x: alt.X, y: alt.Y, scales: dict[str, Any]) -> dict[str, Any]:
    """Every launch behind its median, faintly: the intervals are made of these.  `value`: an expression of launch_s,
    the launch's time, and of serial, own and amount: what that time divides for a speedup over either baseline and
    for a rate."""
    rows = [
        {"line": line.label, "model": line.model, "x": point["workers"] * line.shift, "p": point["workers"],
         "launch_s": time, "serial": point["serial_speedup"] * point["time_s"],
         "own": point["own_speedup"] * point["time_s"], "amount": point["rate_per_s"] * point["time_s"]}
        for line in lines for point in line.rows for time in point["times_s"]
    ]
    transform = [kept(CHOSEN), *calculated(px=placed("datum.x"), py=value), kept("isValid(datum.py)")]
    return unit(sheet.add(rows), transform, "circle", {"x": x, "y": y, "color": scales["color"]}, size=7, opacity=0.35,
                clip=True)


def straight(name: str, ends: list[tuple[float, float]], value: str, x: alt.X, y: alt.Y,
             scales: dict[str, Any]) -> dict[str, Any]:
    """A line of line_scales() that was not measured by a driver, through points of workers and value; `value`: the
    position of datum.v."""
    source = alt.Data(values=[{"line": name, "p": float(p), "v": float(v)} for p, v in ends])
    return unit(source, [*calculated(px=placed("datum.p"), py=value), DASHED], "line",
                {"x": x, "y": y, "color": scales["color"], "strokeDash": scales["dashes"]}, clip=True)


def mark_layers(sheet: Sheet, rows: list[dict[str, Any]], position: dict[str, str], x: alt.X, y: alt.Y,
                bars: bool = False, columns: bool = False) -> dict[str, Any] | None:
    """The marks of points, beside or around their markers; nothing where no point has any.  `rows`: the points, with
    `marks`; `position`: expressions of x and value; `bars`: there are no markers, so that the marks stand by
    themselves; `columns`: they do, in a column for each."""
    bars = bars or columns
    drawn = [row | {"mark": mark, "says": looks.MARKS[mark][1]}
             for row in rows for mark in looks.marks_in(row["marks"])]
    found = [mark for mark in looks.MARKS if any(row["mark"] == mark for row in drawn)]
    if not found:
        return None
    says = [looks.MARKS[mark][1] for mark in found]
    scales = {
        "shape": nominal(alt.Shape, "says", says, [looks.MARKS[mark][0] for mark in found]),
        "size": nominal(alt.Size, "says", says, [40 if bars and mark == "busy" else looks.MARK_SIZES[mark]
                                                 for mark in found]),
        "stroke": nominal(alt.Stroke, "says", says, [looks.ALARM if mark in looks.CLOCKS else looks.INK
                                                     for mark in found]),
        "fill": nominal(alt.Fill, "says", says, [looks.INK if mark == "not_converged" else "transparent"
                                                 for mark in found]),
    }
    source = sheet.add(drawn)
    known = [kept(CHOSEN), *calculated(px=position["x"], py=position["value"]), kept("isValid(datum.py)")]
    parts: list[dict[str, Any]] = []
    for mark in found:
        right, down = (9 * len(parts) * columns, 0) if bars else looks.MARK_PLACES.get(mark, (0, 0))
        look = {"xOffset": right, "yOffset": down, "strokeWidth": 0.8}
        look["opacity"] = 0 if mark == "oversubscribed" and not bars else 1  # the marker itself is hollow
        parts.append(unit(source, [*known, kept(f"datum.mark == '{mark}'")], "point", {"x": x, "y": y, **scales}, **look))
    return layered(*parts)


def beyond(near: float, far: float, x: alt.X) -> dict[str, Any]:
    """A shade over the workers that were not measured, while laws are shown there.  `near`: the most measured; `far`:
    the most that a law predicts."""
    start = f"scale == 'log' ? log(datum.near) / LN2 + {MARGIN / 2} : 1.02 * datum.near"
    shown = "laws_shown && max(datum.far, workers || 0) > datum.near"
    return unit(one_row(near=float(near), far=float(far)), [kept(shown), *calculated(px=start)], "rect",
                {"x": x, "x2": alt.X2Value(alt.ExprRef("width"))}, color=looks.BEYOND, clip=True)


def chosen_workers(x: alt.X) -> dict[str, Any]:
    """A rule at the workers that a reader chose."""
    return unit(one_row(), [kept("workers > 0"), *calculated(px=placed("workers"))], "rule", {"x": x},
                color=looks.INK, strokeWidth=1, clip=True)


def chosen_efficiency(y: alt.Y) -> dict[str, Any]:
    """A rule at the efficiency that a reader asks for, in percent."""
    return unit(one_row(), [kept("efficiency > 0"), *calculated(py="efficiency")], "rule", {"y": y},
                color=looks.INK, strokeWidth=1, strokeDash=[2, 2], clip=True)


def watermark(clocks: Collection[str]) -> dict[str, Any] | None:
    """Says across the whole panel that nothing in it was measured; nothing where it was."""
    if not clocks:
        return None
    words = " AND ".join(clock.upper() for clock in clocks)
    middle = {"x": alt.XValue(alt.ExprRef("width / 2")), "y": alt.YValue(alt.ExprRef("height / 2"))}
    return unit(one_row(), [], "text", middle, text=words, angle=330, color=looks.ALARM, opacity=0.12,
                fontSize=alt.ExprRef(f"min(1.2 * width / {len(words)}, height / 3)"))


def point_rows(lines: list[Line], **columns: str) -> list[dict[str, Any]]:
    """A row a point, for joined() and mark_layers().  `columns`: further fields, by the columns that they are of."""
    return [
        {"line": line.label, "model": line.model, "x": point["workers"] * line.shift, "p": point["workers"],
         "n": point["launches"], "marks": point["marks"], "crowded": bool(point["oversubscribed"])}
        | {name: point[column] for name, column in columns.items()}
        for line in lines for point in line.rows
    ]

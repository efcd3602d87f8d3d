"""Which model wins at which size: for experiments that sweep the kernel's size."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from ..scaling import columns_of
from . import layers, looks, words
from .data import Data, Selection, records
from .figure import Figure, Sheet, calculated, kept, layered, one_row, specification, unit
from .scales import LABEL_COUNT, LABEL_SECONDS, Steps, placed, round_values, switched_axis


def sizes(data: Data, group: str) -> list[Figure]:
    """Time, and speedup over serial, over the size: each model with its most workers; of a single model, also with its
    fewest.  A rule stands at each size from which on another way to run is advised.  An empty list where the group
    sweeps no size."""
    parameter = data.parameters[group]
    if not parameter:
        return []
    rows = data.points[(data.points["group"] == group) & (data.points["scaling"] == "strong")]
    best = _best(rows, parameter)
    if best["swept"].nunique() < 2 or best["swept"].min() <= 0:  # 0 means something special, such as a chunk of all
        return []
    figures = [_figure(data, group, parameter, best, "time", "time", "time", LABEL_SECONDS, round_values)]
    if best["serial_speedup"].notna().any():
        serial = words.best_serial(best.loc[best["serial_point"] >= 0, "serial_name"])
        figures.append(_figure(data, group, parameter, best, "speedup", f"speedup over {serial}", "serial_speedup",
                               LABEL_COUNT, round_values))
    return figures


def _best(rows: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """Of each model of each file, the fastest point at each size among those with its most workers.  A single model is
    compared with itself on its fewest workers."""
    rows = rows.assign(swept=[float(params[parameter]) for params in rows["params"]])
    workers = rows.groupby(["file", "model"])["workers"]
    shown = rows["workers"] == workers.transform("max")
    if rows["model"].nunique() == 1:
        shown |= rows["workers"] == workers.transform("min")
    rows = rows[shown]
    line = ["file", "model", "workers"]
    return rows.loc[rows.groupby([*line, "swept"])["time_s"].idxmin()].sort_values([*line, "swept"])


def _figure(data: Data, group: str, parameter: str, best: pd.DataFrame, kind: str, title: str, column: str,
            label: str, steps: Steps) -> Figure:
    sheet = Sheet()
    found = looks.model_looks(best)
    several = len(data.campaigns) > 1
    further, points, table = [], [], []
    value, low, high = columns_of(column)
    for (file, model, count), of_model in best.groupby(["file", "model", "workers"], sort=False):
        color, shape, name = found[model]
        alone = best["model"].nunique() == 1
        if alone and count == best["workers"].min():  # of two lines of one model, this one looks like another
            color, shape = next(look for look in looks.GROUPS if look != color), looks.SHAPES[1]
        line = _named(name, count) + (f", {data.labels[file]}" if several else "")
        further.append((list(found).index(model), file, line, color, shape, looks.DASHES[file % len(looks.DASHES)]))
        for point in records(of_model):
            points.append({"line": line, "model": model, "x": point["swept"], "p": point["workers"],
                           "n": point["launches"], "marks": point["marks"], "crowded": bool(point["oversubscribed"]),
                           "value": point[value], "low": point[low], "high": point[high],
                           "time": words.seconds(point["time_s"])})
            table.append({"line": line, parameter: point["swept"], "time (s)": point["time_s"], title: point[value],
                          "low": point[low], "high": point[high], "marks": point["marks"]})
    held = [point[end] for point in points for end in ("value", "low", "high") if point[end] == point[end]]
    held += [1] if kind == "speedup" else []
    swept = sorted(best["swept"].unique())
    x = _size_axis(parameter, swept)
    y = switched_axis(title, label, {"true": (min(held), max(held))}, steps)
    scales = layers.line_scales([], [entry[2:] for entry in sorted(further)])
    position = {"x": placed("datum.x"), **{end: placed(f"datum.{end}") for end in ("value", "low", "high")}}
    one = unit(one_row(), calculated(py=placed("1")), "rule", {"y": y}, color=looks.GREY, strokeDash=looks.DOTTED)
    groups = [
        _crossovers(sheet, data, group, x),
        one if kind == "speedup" else None,
        layers.joined(sheet.add(points), position, x, y, scales),
        layers.mark_layers(sheet, points, position, x, y),
        layers.watermark(data.clocks()),
    ]
    crossings = _words(data, group, parameter)
    selection = Selection(group)
    serial = words.span(best["serial_s"].dropna(), words.seconds) if kind == "speedup" else ""
    over = f" {title[:1].upper()}{title[1:]}: at each size {serial}." if serial else ""
    return Figure(
        name=f"{group}-sizes-{kind}", kind=f"sizes-{kind}", selection=selection,
        title=f"{data.titled(selection)}: which model wins at which size, {title}",
        caption=words.caption(data, best, f"{title} of {group} over its {parameter}, each model with its most"
                              f"{' and its fewest' if best['model'].nunique() == 1 else ''} workers", "") + over + (f" {crossings}" if crossings else ""),
        spec=specification(groups, {"scale": "log", "model": "all"}, sheet, data.clocks()),
        rows=pd.DataFrame(table),
    )


def _named(model: str, workers: int) -> str:
    return f"{model}, {workers} worker{'s' if workers > 1 else ''}"


def _size_axis(parameter: str, swept: list[float]) -> alt.X:
    ends = {"true": (swept[0] / 1.3, swept[-1] * 1.3)}
    axis = switched_axis(parameter, "", ends, lambda low, high: [value for value in swept if low <= value <= high])
    spec = axis.to_dict()
    spec["axis"] |= {"labelExpr": "(scale == 'log' ? pow(2, datum.value) : datum.value) >= 1e4 ? "
                     "replace(format(scale == 'log' ? pow(2, datum.value) : datum.value, '.3~e'), '+', '') : "
                     "format(scale == 'log' ? pow(2, datum.value) : datum.value, '.4~g')", "grid": False}
    return alt.X.from_dict(spec | {"field": "px"}, validate=False)


def _found(data: Data, group: str) -> list[dict[str, Any]]:
    """The crossovers of the experiments of a group, of the first file."""
    answers = data.crossovers()
    if answers.empty:
        return []
    kernels = set(data.points.loc[data.points["group"] == group, "kernel"])
    rows = answers[(answers["file"] == 0) & answers["work"].map(lambda work: work.split(" ")[0] in kernels)
                   & (answers["size_name"] == data.parameters[group])]
    found = records(rows)
    return found


def _crossovers(sheet: Sheet, data: Data, group: str, x: alt.X) -> dict[str, Any] | None:
    found = _found(data, group)
    if not found:
        return None
    rows = [{"x": row["size"], "after": row["after_size"], "before": row["before_size"],
             "says": f"→ {_advised(data, row, 'to')}"} for row in found]
    source = sheet.add(rows)
    place = calculated(px=placed("datum.x"))
    between = calculated(px=placed("datum.after"), end=placed("datum.before"))
    return layered(
        unit(source, between, "rect", {"x": x, "x2": alt.X2(field="end")}, color=looks.BEYOND),
        unit(source, [*place, kept("isValid(datum.px)")], "rule", {"x": x}, color=looks.INK, strokeDash=[4, 2], strokeWidth=0.8),
        unit(source, between, "text", {"x": x, "y": alt.YValue(2), "text": alt.Text(field="says", type="nominal")},
             align="left", baseline="top", dx=2, aria=True),
    )


def _words(data: Data, group: str, parameter: str) -> str:
    found = _found(data, group)
    changes = [f"from {_advised(data, row, 'from', short=False)} to {_advised(data, row, 'to', short=False)} between "
               f"{words.readable(row['after_size'])} and {words.readable(row['before_size'])}" for row in found]
    return (f"Grey: from there on another way to run is advised, which changes with {parameter} {words.listed(changes)}."
            if changes else "")


def _advised(data: Data, row: dict[str, Any], end: str, short: bool = True) -> str:
    """The way to run on one side of a change; with its workers where the model stays the same."""
    title = data.model_title(row[end])
    title = looks.short_title(title) if short else title
    return title if row["from"] != row["to"] else _named(title, int(row[f"{end}_workers"]))

"""One panel each: speedup, efficiency, throughput over workers; and which lines a panel has."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from ..scaling import Estimate, columns_of, estimates
from . import style


@dataclass
class Line:
    """Points that are joined in a panel: one series.  In a series with ranks and threads, only the points with the
    same number of threads per rank."""

    label: str
    color: str
    marker: str
    dashes: object
    shift: float  # a factor on the workers, so that lines at the same count do not hide each other
    points: pd.DataFrame  # rows of scaling(), by workers


def lines_of(table: pd.DataFrame) -> list[Line]:
    """The lines for rows of scaling() that share kernel and kind of scaling.

    What differs between series of the same model (options, sizes, implementation) is in the label.
    """
    keys = ["model", "series"]
    both = table["ranked"].astype(bool) & table["threaded"].astype(bool)
    table = table.assign(threads_line=table["threads"].where(both, 0))
    groups = []
    looks = style.model_looks(table)
    order = list(looks)
    for (model, _, threads), points in table.groupby([*keys, "threads_line"]):
        points = points[points["timed"]].sort_values("workers")
        if not points.empty:
            groups.append((order.index(model), model, threads, points))
    groups.sort(key=lambda group: group[:1] + group[2:3])
    varying = _varying([group[3] for group in groups])
    lines, seen = [], {}
    for _, model, threads, points in groups:
        color, marker, title = looks[model]
        repeated = seen.get(model, 0)
        dashes = ["-", "--", ":", "-."][repeated % 4]
        marker = [marker, "X", "P", "v"][(repeated + repeated // 4) % 4]
        seen[model] = repeated + 1
        details = [f"{threads} threads per rank" if threads > 1 else "1 thread per rank"] if threads else []
        details += _details(points.iloc[0], varying)
        label = title + (f", {', '.join(details)}" if details else "")
        twins = sum(line.label.split(" #")[0] == label for line in lines)
        label += f" #{twins + 1}" if twins else ""
        shift = 2 ** (0.05 * (len(lines) - (len(groups) - 1) / 2))
        lines.append(Line(label, color, marker, dashes, shift, points))
    return lines


def _facts(point) -> dict[str, str]:
    facts = {"implementation": point["implementation"]}
    for column in ("params", "options"):
        facts |= {k: json.dumps(v) for k, v in (point[column] or {}).items()}
    return facts


def _varying(series: list[pd.DataFrame]) -> list[str]:
    """What differs between series, but not inside one.  (Sizes differ inside a weak series.)"""
    first = [_facts(points.iloc[0]) for points in series]
    names = sorted({name for facts in first for name in facts})
    inside = {
        name
        for points in series
        for name in names
        if len({_facts(point).get(name) for _, point in points.iterrows()}) > 1
    }
    return [name for name in names if name not in inside and len({f.get(name) for f in first}) > 1]


def _details(point, varying) -> list[str]:
    facts = _facts(point)
    return [f"{name} {facts[name].strip(chr(34))}" for name in varying if name in facts]


def draw_line(axes, line: Line, column: str, scale: float = 1.0, joined: bool = True) -> None:
    """Medians with their intervals, and the points' marks: oversubscribed ones are hollow."""
    points = line.points[line.points[columns_of(column)[0]].notna()]
    if points.empty:
        return
    drawn = [Estimate(*(x / scale for x in e)) for e in estimates(points, column)]
    axes.errorbar(
        points["workers"] * line.shift, [e.value for e in drawn], yerr=style.error_bars(drawn),
        color=line.color, linestyle=line.dashes if joined else "none", label="_", zorder=3,
    )
    for crowded, face in ((False, line.color), (True, "white")):
        some = points["oversubscribed"].astype(bool) == crowded
        axes.plot(
            points["workers"][some] * line.shift, [e.value for e, keep in zip(drawn, some) if keep],
            color=line.color, marker=line.marker, markerfacecolor=face, linestyle="none", zorder=4,
        )
    draw_marks(axes, points, points["workers"] * line.shift, [e.value for e in drawn])


def draw_marks(axes, points: pd.DataFrame, x, y) -> None:
    """The marks of points at x and y, over their markers."""
    for (_, point), px, py in zip(points.iterrows(), x, y):
        for mark in marks_in(point):
            if mark != "oversubscribed":
                style.draw_mark(axes, px, py, mark, bool(point["oversubscribed"]))


def marks_in(point) -> list[str]:
    """The marks of a point that a figure shows."""
    return [mark for mark in point["marks"].split(", ") if mark in style.MARKS]


def draw_launches(axes, line: Line, column: str, scale: float) -> None:
    """Draws every launch behind a median, faintly: the intervals are made of these."""
    for _, point in line.points.iterrows():
        values = [point[column] / scale * point["time_s"] / time for time in point["times_s"]]
        axes.plot([point["workers"] * line.shift] * len(values), values, color=line.color, marker=".", markersize=3,
                  alpha=0.35, linestyle="none", zorder=2)


def _with_intervals(lines: list[Line], column: str) -> list[float]:
    """The column's values and the ends of their intervals, where they are known."""
    return [v for line in lines for name in columns_of(column) for v in line.points[name].dropna()]


def speedup_panel(axes, table: pd.DataFrame, baseline: str = "serial") -> list[Line]:
    """Speedup over workers beside the ideal line; returns the lines for a legend."""
    lines = lines_of(table)
    workers = [w for line in lines for w in line.points["workers"]]
    top = max([2, *workers])
    axes.plot([1, top], [1, top], **style.IDEAL)
    for line in lines:
        draw_line(axes, line, f"{baseline}_speedup")
    style.workers_axis(axes, workers)
    style.speedup_axis(axes, top, _with_intervals(lines, f"{baseline}_speedup"))
    axes.set_ylabel("speedup")
    return lines


def efficiency_panel(axes, table: pd.DataFrame, baseline: str = "serial") -> list[Line]:
    """Efficiency in percent beside the ideal 100."""
    lines = lines_of(table)
    axes.axhline(100, **style.IDEAL)
    for line in lines:
        draw_launches(axes, line, f"{baseline}_efficiency", 0.01)
        draw_line(axes, line, f"{baseline}_efficiency", 0.01)
    style.workers_axis(axes, [w for line in lines for w in line.points["workers"]])
    values = _with_intervals(lines, f"{baseline}_efficiency")
    axes.set_ylim(50 if min(values, default=0) > 0.55 else 0, max([112, *(104 * v for v in values)]))
    axes.set_ylabel("efficiency (%)")
    return lines


def throughput_panel(axes, table: pd.DataFrame) -> list[Line]:
    """Throughput in the kernel's own unit, and what the memory of this machine could deliver, measured in the same
    campaign at each point's own placement and working set."""
    lines = lines_of(table)
    values = [v for line in lines for v in line.points["rate_per_s"].dropna()]
    if not values:
        axes.set_axis_off()
        return lines
    unit = table["unit"][table["unit"] != ""].iloc[0]
    scale, name = style.quantity(unit, max(values))
    best = _ceilings(lines)
    if unit == "bytes" and not best.empty:
        rates = best["ceiling_bytes_per_s"] / scale
        axes.plot(best["workers"], rates, color="black", linewidth=1.2, linestyle="-", marker="_", markersize=12,
                  label="memory read ceiling", zorder=2)
        draw_marks(axes, best.assign(marks=best["ceiling_marks"], oversubscribed=True), best["workers"], rates)
        axes.legend(loc="upper left")
    for line in lines:
        draw_line(axes, line, "rate", scale)
    style.workers_axis(axes, [w for line in lines for w in line.points["workers"]])
    axes.set_ylim(0, axes.get_ylim()[1] * 1.08)
    axes.set_ylabel(f"throughput ({name})")
    return lines


def _ceilings(lines: list[Line]) -> pd.DataFrame:
    """For each count of workers, the point whose own ceiling is the fastest."""
    points = pd.concat([line.points for line in lines])
    points = points[points["ceiling_point"] >= 0].sort_values("ceiling_bytes_per_s")
    return points.drop_duplicates("workers", keep="last").sort_values("workers")


def handles(lines: list[Line], marked: list[Line], tables=()):
    """Legend entries for `lines`, for the ideal, and for the marks that points of `marked` and of `tables` have."""
    from matplotlib.lines import Line2D

    entries = [
        Line2D([], [], color=line.color, marker=line.marker, linestyle=line.dashes, label=line.label)
        for line in lines
    ]
    entries.append(Line2D([], [], label="ideal", **style.IDEAL))
    return entries + mark_handles([*(line.points for line in marked), *tables])


def mark_handles(tables: list[pd.DataFrame]):
    """Legend entries for the marks that these points have."""
    from matplotlib.lines import Line2D

    found = {mark for table in tables for _, point in table.iterrows() for mark in marks_in(point)}
    entries = []
    for mark in style.MARKS:
        if mark not in found:
            continue
        symbol, label = style.MARKS[mark]
        face = {"busy": "none", "oversubscribed": "white"}.get(mark)
        color = "#B00000" if mark in ("pretended", "simulated") else "#444444"
        entries.append(Line2D([], [], color=color, marker=symbol or "o", markerfacecolor=face or color,
                              linestyle="none", markersize=9 if mark == "busy" else 5.5, label=label))
    return entries

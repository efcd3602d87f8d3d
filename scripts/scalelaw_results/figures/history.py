"""One point through the campaigns of a history: its times, the steps and the trend that the program found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from . import layers, looks, words
from .figure import Figure, Sheet, calculated, kept, layered, specification, unit

#: What is said of a step in words: so many changes, each value so long.
MOST_CHANGES, MOST_LETTERS = 3, 40
MEDIAN, LEVEL, ABSENT = "median of a campaign", "without its noise", "no time: failed or not measured"
#: Heights at which the labels of neighbouring steps stand, in lines of text.
LABEL_ROWS = 3


def history(answer: dict[str, Any]) -> list[Figure]:
    """A figure for each line of `scalelaw history --format json` that has a time; the number of its line is at the end
    of its name."""
    return [_of_line(answer, number) for number, line in enumerate(answer["lines"]) if line["times"]]


def percent(ratio: float) -> str:
    """A ratio of seconds as a change, e.g. "+5.0 %"."""
    return f"{100 * (ratio - 1):+.1f} %"


def change(ratio: dict[str, Any]) -> str:
    """The same of a ratio of the program's, with its interval where it has one."""
    if ratio["low"] is None or ratio["high"] is None:
        return percent(ratio["value"])
    return f"{percent(ratio['value'])} [{100 * (ratio['low'] - 1):+.1f}, {100 * (ratio['high'] - 1):+.1f}]"


def changes(step: dict[str, Any], most: int | None = None) -> str:
    """What changed at a step, e.g. "build.revision a1 → b2; 3 more"."""
    listed = [f"{one['name']} {_cut(one['before'])} → {_cut(one['after'])}" for one in step["changed"][:most]]
    more = len(step["changed"]) - len(listed)
    return "; ".join([*listed, *([f"{more} more"] if more else [])]) or "nothing that is recorded"


def campaign_label(answer: dict[str, Any], number: int) -> str:
    """ "campaign 16 (2026-02-01T03:04:05Z, new.h5)": campaigns are counted from 1."""
    campaign = answer["campaigns"][number]
    return f"campaign {number + 1} ({campaign['started'] or 'start unknown'}, {Path(campaign['file']).name})"


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS - 1] + "…"


def _of_line(answer: dict[str, Any], number: int) -> Figure:
    line = answer["lines"][number]
    sheet = Sheet()
    clocks = [line["clock"]] if line["clock"] in ("pretended", "simulated") else []
    heading = words.point_name(line)
    return Figure(
        name=f"history-{number}", kind="history", title=f"{line['kernel']}: {heading}", heading=heading,
        caption=_caption(answer, line), rows=_table(answer, line),
        spec=specification(_groups(sheet, answer, line, clocks), {"start": "near", "model": "all"}, sheet, clocks))


def _groups(sheet: Sheet, answer: dict[str, Any], line: dict[str, Any], clocks: list[str]) -> list[Any]:
    scale, second = words.seconds_unit(max(time["median_s"] for time in line["times"]))
    times = _rows(answer, line, scale)
    x, y = _campaign_axis(len(answer["campaigns"])), _time_axis(times, second)
    entries = [(MEDIAN, "#0072B2", "circle", [1, 0]), (LEVEL, looks.INK, "stroke", [6, 3])]
    if line["left_out"]:
        entries.append((ABSENT, looks.ALARM, "cross", [1, 0]))
    scales = layers.line_scales([], entries)
    place = calculated(px="datum.x", py="datum.value")
    source = sheet.add(times)
    color, shape = scales["color"], scales["shape"]
    levels = sheet.add([{"line": LEVEL, "dashes": LEVEL, "part": row["part"], "x": row["x"], "value": row["level"]}
                        for row in times])
    medians = [
        unit(source, [*place, *layers.interval_ends("datum.low", "datum.high")], "rule",
             {"x": x, "y": y, "y2": alt.Y2(field=layers.UPPER), "color": color}),
        unit(source, place, "line", {"x": x, "y": y, "color": color}, strokeWidth=0.8, opacity=0.5),
        unit(levels, place, "line", {"x": x, "y": y, "color": color, "strokeDash": scales["dashes"],
                                     "detail": alt.Detail(field="part", type="nominal")}),
        unit(source, place, "point", {"x": x, "y": y, "color": color, "shape": shape, "tooltip": _tooltip("time", "marks")},
             filled=True, opacity=1, aria=True),
    ]
    return [
        layered(*medians, _absent(sheet, answer, line, x, scales)),
        _steps(sheet, line, len(answer["campaigns"]), x),
        layers.mark_layers(sheet, times, {"x": "datum.x", "value": "datum.value"}, x, y),
        layers.watermark(clocks),
    ]


def _rows(answer: dict[str, Any], line: dict[str, Any], scale: float) -> list[dict[str, Any]]:
    """A row a time: `part` is the stretch between two steps that it belongs to."""
    def scaled(value: float | None) -> float:
        return float("nan") if value is None else value / scale

    rows = []
    for time in line["times"]:
        campaign = answer["campaigns"][time["campaign"]]
        rows.append({
            "line": MEDIAN, "model": line["model"], "x": time["campaign"] + 1, "value": scaled(time["median_s"]),
            "low": scaled(time["low_s"]), "high": scaled(time["high_s"]), "level": scaled(time["level_s"]),
            "part": sum(step["campaign"] <= time["campaign"] for step in line["steps"]),
            "time": words.seconds(time["median_s"]), "marks": ", ".join(time["marks"]), "crowded": False,
            "started": campaign["started"], "file": campaign["file"],
        })
    return rows


def _tooltip(*further: str) -> list[Any]:
    fields = (("x", "campaign"), ("started", "started"), ("file", "file"), *((name, name) for name in further))
    return [alt.Tooltip(field=field, type="nominal", title=title) for field, title in fields]


def _absent(sheet: Sheet, answer: dict[str, Any], line: dict[str, Any], x: alt.X,
            scales: dict[str, Any]) -> dict[str, Any] | None:
    """A cross at the foot of the panel for each campaign in which the point has no time."""
    rows = [{"line": ABSENT, "x": left["campaign"] + 1, "state": left["state"], "reason": left["reason"],
             "started": answer["campaigns"][left["campaign"]]["started"],
             "file": answer["campaigns"][left["campaign"]]["file"]} for left in line["left_out"]]
    if not rows:
        return None
    return unit(sheet.add(rows), calculated(px="datum.x"), "point",
                {"x": x, "y": alt.YValue(alt.ExprRef("height - 6")), "color": scales["color"], "shape": scales["shape"],
                 "tooltip": _tooltip("state", "reason")}, filled=True, opacity=1, aria=True)


def _steps(sheet: Sheet, line: dict[str, Any], count: int, x: alt.X) -> dict[str, Any] | None:
    """A rule between the campaigns on both sides of each step, with its size."""
    rows = [{"x": (step["campaign_before"] + step["campaign"]) / 2 + 1, "says": percent(step["ratio"]["value"]),
             "change": change(step["ratio"]), "changed": changes(step), "row": place % LABEL_ROWS,
             "late": step["campaign"] > 0.7 * count, "campaign": step["campaign"] + 1}
            for place, step in enumerate(line["steps"])]
    if not rows:
        return None
    source = sheet.add(rows)
    tooltip = [alt.Tooltip(field=field, type="nominal", title=title) for field, title in
               (("campaign", "step at campaign"), ("change", "time"), ("changed", "changed there"))]
    place = calculated(px="datum.x")
    parts = [unit(source, place, "rule", {"x": x, "tooltip": tooltip}, color=looks.ALARM, strokeDash=[4, 2])]
    for row, late in sorted({(one["row"], one["late"]) for one in rows}):
        here = kept(f"datum.row == {row} && datum.late == {str(late).lower()}")
        parts.append(unit(source, [*place, here], "text",
                          {"x": x, "y": alt.YValue(2 + 13 * row), "text": alt.Text(field="says", type="nominal")},
                          align="right" if late else "left", dx=-3 if late else 3, baseline="top", color=looks.ALARM,
                          aria=True))
    return layered(*parts)


def _campaign_axis(count: int) -> alt.X:
    step = max(1, -(-count // 15))
    ticks = list(range(step, count + 1, step))
    return alt.X(field="px", type="quantitative", scale=alt.Scale(domain=[0.5, count + 0.5], nice=False, zero=False),
                 axis=alt.Axis(title="campaign, in the order of time", values=ticks, format="d", grid=False,
                               labelOverlap="parity"))


def _time_axis(times: list[dict[str, Any]], second: str) -> alt.Y:
    """The axis of seconds, in field `py`: from just below the values, or from 0 (parameter `start`)."""
    held = [row[end] for row in times for end in ("value", "low", "high", "level") if row[end] == row[end]]
    least, most = min(held), max(held)
    room = max(0.12 * (most - least), 0.02 * most)
    low = alt.ExprRef(f"start == 'zero' ? 0 : {max(0.0, least - room):.6g}")
    return alt.Y(field="py", type="quantitative", scale=alt.Scale(domain=[low, most + 2 * room], nice=False, zero=False),
                 axis=alt.Axis(title=f"time ({second})", labelOverlap="parity", tickCount=6))


def _caption(answer: dict[str, Any], line: dict[str, Any]) -> str:
    count = len(line["times"])
    sentences = [f"Median time in {count} of {len(answer['campaigns'])} campaigns, with 95 % intervals where there are "
                 "enough launches."]
    for step in line["steps"]:
        sentences.append(f"Step at {campaign_label(answer, step['campaign'])}: {change(step['ratio'])} of the time. "
                         f"Changed there: {changes(step, MOST_CHANGES)}.")
    if line["trend"]:
        month = line["trend"]["per_month"]
        sentences.append(f"Trend: {change(line['trend']['per_campaign'])} of the time per campaign"
                         + (f", {change(month)} per month." if month else "."))
    if not line["steps"] and not line["trend"]:
        sentences.append("No step and no trend was found.")
    marks = words.marked(", ".join(time["marks"]) for time in line["times"])
    return " ".join([*sentences, *([marks] if marks else [])])


def _table(answer: dict[str, Any], line: dict[str, Any]) -> pd.DataFrame:
    """The numbers of the figure, a row a campaign that has the point."""
    steps = {step["campaign"]: step for step in line["steps"]}
    rows = []
    for time in line["times"]:
        number = time["campaign"]
        step = steps.get(number)
        rows.append({
            "campaign": number + 1, "started": answer["campaigns"][number]["started"],
            "file": answer["campaigns"][number]["file"], "time (s)": time["median_s"], "low": time["low_s"],
            "high": time["high_s"], "without noise (s)": time["level_s"],
            "step": change(step["ratio"]) if step else "", "changed there": changes(step) if step else "",
            "marks": ", ".join(time["marks"]),
        })
    for left in line["left_out"]:
        number = left["campaign"]
        rows.append({"campaign": number + 1, "started": answer["campaigns"][number]["started"],
                     "file": answer["campaigns"][number]["file"], "time (s)": None, "low": None, "high": None,
                     "without noise (s)": None, "step": "", "changed there": "",
                     "marks": ", ".join(part for part in (left["state"], left["reason"]) if part)})
    table = pd.DataFrame(sorted(rows, key=lambda row: row["campaign"]))
    numbers = ["time (s)", "low", "high", "without noise (s)"]
    return table.astype(dict.fromkeys(numbers, "float64"))

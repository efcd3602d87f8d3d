"""The page of a history: `scalelaw history FILES|FOLDER --html OUT.html`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import program
from ..figures import history as figures
from ..figures.looks import file_part
from ..figures.words import placement, point_name, runner, settings
from ..marks import MARKS, clock_warning
from . import tables
from .charts import Chart, Charts
from .render import rendered
from .tables import Cell, Column, Number, Table, chip

#: What names a point within its kernel.
LINE_COLUMNS = ("model", "N×R×T", "scaling", "size", "options")


@dataclass
class Section:
    """The points of one kernel."""

    name: str
    title: str
    heading: str
    shown: list[Chart]
    folded: list[Chart]
    points: Table


def history_page(paths: list[Any], filters: list[str], false_alarms: str) -> str:
    """The page of the history of these files and folders.  Raises ResultsError with the program's words."""
    options = [word for one in filters for word in ("--filter", one)]
    answer = program.ask("history", *paths, *options, "--false-alarms", false_alarms)
    drawn = Charts(figures.history(answer))
    for chart in drawn.charts:
        line = answer["lines"][_line_number(chart)]
        chart.about = {"model": line["model"], "changed": "yes" if _is_changed(line) else "no"}
    lines = answer["lines"]
    kernels = list(dict.fromkeys(line["kernel"] for line in lines))
    said = dict(
        title=f"History of {_counted(len(lines), 'point')} in {_counted(len(answer['campaigns']), 'campaign')}",
        made_by="scalelaw", span=_span(answer), machine=_machines(answer),
        warning=clock_warning(pd.DataFrame({"clock": [line["clock"] for line in lines]})), answer=answer,
        sections=[_section(kernel, number, answer, drawn) for number, kernel in enumerate(kernels)],
        models=list(dict.fromkeys(line["model"] for line in lines)), steps=steps_table(answer),
        trends=trends_table(answer), campaigns=campaigns_table(answer), omitted=omitted_table(answer),
        rate=f"{100 * answer['false_alarms']:g} %", marks=[(chip(name), says) for name, says in MARKS.items()],
    )
    return rendered("history.html", ("history.js",), drawn, {}, said)


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _span(answer: dict[str, Any]) -> str:
    first, last = (answer["campaigns"][end]["started"] for end in (0, -1))
    return f"from {first} to {last}" if first != last else f"of {first}"


def _machines(answer: dict[str, Any]) -> str:
    """The processors of the campaigns, or where they are not known the hosts."""
    known = [one["cpu_model"] if one["cpu_model"] not in ("", "unknown") else one["host"] for one in answer["campaigns"]]
    named = list(dict.fromkeys(name for name in known if name not in ("", "unknown")))
    return ", ".join(named) if len(named) <= 3 else f"{len(named)} machines"


def _line_number(chart: Chart) -> int:
    return int(chart.figure.name.rpartition("-")[2])


def _is_changed(line: dict[str, Any]) -> bool:
    return bool(line["steps"] or line["trend"])


def _section(kernel: str, number: int, answer: dict[str, Any], drawn: Charts) -> Section:
    """Points that changed come first, and those that did not are folded away beside them."""
    charts = [chart for chart in drawn.charts if answer["lines"][_line_number(chart)]["kernel"] == kernel]
    changed = [chart for chart in charts if chart.about["changed"] == "yes"]
    unchanged = [chart for chart in charts if chart.about["changed"] == "no"]
    return Section(f"{file_part(kernel)}-{number}", kernel.replace("_", " "),
                   "where something changed" if changed else "nothing changed",
                   changed or unchanged, unchanged if changed else [], points_table(answer, kernel))


def _named(line: dict[str, Any]) -> list[Cell]:
    """The cells that name a line, as of LINE_COLUMNS."""
    return [tables.word(runner(line)), tables.word(placement(line)), tables.word(line["scaling"]),
            tables.word(settings(line["params"])), tables.word(settings(line["options"]))]


def _about(line: dict[str, Any]) -> dict[str, str]:
    return {"model": line["model"], "changed": "yes" if _is_changed(line) else "no"}


def _change(ratio: dict[str, Any] | None) -> Cell:
    if not ratio:
        return Cell("")
    text, _, interval = figures.change(ratio).partition(" [")
    return Cell(text, ratio["value"], f"[{interval}" if interval else "")


def _significance(value: Number) -> Cell:
    return Cell(f"{value:.2g}", value) if tables.known(value) else Cell("")


def steps_table(answer: dict[str, Any]) -> Table:
    """Every step, with what changed there."""
    out = Table("Steps", [Column("kernel"), Column("point"), Column("from campaign", True), Column("time", True),
                          Column("p", True), Column("changed there")], name="steps")
    for line in answer["lines"]:
        for step in line["steps"]:
            out.rows.append((_about(line), [
                tables.word(line["kernel"]), tables.word(point_name(line)), tables.count(step["campaign"] + 1),
                _change(step["ratio"]), _significance(step["p_value"]), tables.word(figures.changes(step))]))
    out.note = "p: how often a history without changes would show anything as clear. In brackets: the 95 % interval."
    return out.only_filled()


def trends_table(answer: dict[str, Any]) -> Table:
    """Every trend."""
    out = Table("Trends", [Column("kernel"), Column("point"), Column("time per campaign", True),
                           Column("time per month", True), Column("p", True)], name="trends")
    for line in answer["lines"]:
        if line["trend"]:
            trend = line["trend"]
            out.rows.append((_about(line), [
                tables.word(line["kernel"]), tables.word(point_name(line)), _change(trend["per_campaign"]),
                _change(trend["per_month"]), _significance(trend["p_value"])]))
    return out.only_filled()


def points_table(answer: dict[str, Any], kernel: str) -> Table:
    """Every point of a kernel: its first and last time, and what was found."""
    out = Table("Points", [*(Column(name) for name in LINE_COLUMNS), Column("campaigns", True), Column("first", True),
                           Column("last", True), Column("noise", True), Column("steps", True),
                           Column("trend per campaign", True), Column("left out", True), Column("marks")], name="points")
    for number, line in enumerate(answer["lines"]):
        if line["kernel"] != kernel:
            continue
        times, trend = line["times"], line["trend"]
        marks = list(dict.fromkeys(mark for time in times for mark in time["marks"]))
        noise = line["noise"]
        out.rows.append((_about(line) | {"line": str(number)}, [
            *_named(line), tables.count(len(times)), *(_time(times, end) for end in (0, -1)),
            Cell(f"{100 * noise:.1f} %", noise) if tables.known(noise) else Cell(""),
            tables.count(len(line["steps"])), _change(trend["per_campaign"] if trend else None),
            tables.count(len(line["left_out"])),
            Cell("", ", ".join(marks), chips=tuple(tables.chip(mark) for mark in marks))]))
    out.note = "Noise: the standard deviation between campaigns, beside steps and trend."
    return out.only_filled()


def _time(times: list[dict[str, Any]], end: int) -> Cell:
    return tables.seconds(*(times[end][key] for key in ("median_s", "low_s", "high_s"))) if times else Cell("")


def campaigns_table(answer: dict[str, Any]) -> Table:
    out = Table("Campaigns", [Column("campaign", True), Column("started"), Column("file"), Column("name"), Column("host"),
                              Column("revision of the driver")], name="campaigns")
    for number, one in enumerate(answer["campaigns"], 1):
        out.rows.append(({}, [tables.count(number), *(tables.word(one[key]) for key in
                                                      ("started", "file", "campaign", "host", "driver_revision"))]))
    return out.only_filled()


def omitted_table(answer: dict[str, Any]) -> Table:
    out = Table("Omitted files", [Column("file"), Column("why")], name="omitted")
    for one in answer["omitted"]:
        out.rows.append(({}, [tables.word(one["file"]), tables.word(one["reason"])]))
    return out

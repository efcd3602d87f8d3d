"""Gathers everything that a page of results files says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..figures import Data, Selection, catalog, scaling
from ..figures.words import best_serial, machine, readable
from ..marks import MARKS, clock_warning
from . import appendix, sections
from .charts import Chart, Charts
from .forecast import BASELINES, LEVELS
from .render import rendered
from .source import Source, read
from .tables import Table, chip

#: Kinds of figures that are folded: the controls show the same in others.
FOLDED = ("laws",)


@dataclass
class Section:
    """One group of points in the page."""

    name: str
    title: str
    baseline_title: str
    baselines: list[str]
    figures: list[tuple[str, list[Chart], list[Chart]]]  # under a heading each: those shown, those folded
    points: Table
    laws: Table
    predictions: Table
    efficient: Table


def page(paths: list[Path], efficiency: str) -> str:
    """The page of these results files; the first is drawn in full, the others over it.

    Raises FileNotFoundError, ResultsError, or ValueError where no point was measured.
    """
    sources = read(paths, efficiency)
    data = Data([source.campaign for source in sources])
    data.kept("outlook", dict)  # source.py put what laws say beyond the data into the predictions, and farther
    groups = sections.Groups(data, sources)
    drawn = Charts(catalog(data))
    level = sections.nearest_level(_share(efficiency))
    workers = _first_choice(sources[0])
    shown = [_section(name, groups, sources, data, drawn.charts, workers, level) for name in groups.names]
    told = {
        "workers": sorted(set().union(*(source.workers for source in sources))), "workers_first": workers,
        "levels": LEVELS, "level_first": level,
        "largest": max((series["largest_measured"] or 0 for source in sources if source.forecast
                        for series in source.forecast["series"]), default=0),
        "laws_drawn": _laws_drawn(data),
        "forecasts": {name: sections.forecasts(name, groups, sources, data.labels) for name in groups.names},
    }
    made_by = sources[0].campaign.attributes.get("derived_by") or "scalelaw"
    said = dict(
        title=f"Scaling of {sources[0].report['campaign']}", made_by=made_by, sources=sources, labels=data.labels,
        first=sources[0], machine=machine(sources[0].campaign.environment), counts=_counts(sources[0]),
        warning=_warning(sources), sections=shown,
        overall=[chart for chart in drawn.charts if chart.figure.selection is None],
        comparisons=[appendix.comparison_table(source, label, data.labels[0])
                     for source, label in zip(sources[1:], data.labels[1:])],
        tables=_campaign_tables(sources[0]), folded=_folded(sources, data.labels), configs=_configs(sources, data.labels),
        marks=[(chip(name), says) for name, says in MARKS.items()],
        serial=best_serial(data.points.loc[data.points["serial_point"] >= 0, "serial_name"]),
        baselines=drawn.baselines or ["own"], models=_models(data), laws=_laws(sources), workers=workers, level=level,
    )
    return rendered("page.html", ("predictions.js", "choices.js"), drawn, told, said)


def _section(name: str, groups: sections.Groups, sources: list[Source], data: Data, drawn: list[Chart],
             workers: int, level: int) -> Section:
    foreseen = sections.forecasts(name, groups, sources, data.labels)
    of_group: dict[str, tuple[list[Any], list[Any]]] = {}
    for chart in drawn:
        selection = chart.figure.selection
        if selection is not None and selection.group == name:
            shown, folded = of_group.setdefault(_heading(selection, data.parameters[name]), ([], []))
            (folded if chart.figure.kind in FOLDED else shown).append(chart)
    serial = sections.serial_words(name, groups)
    return Section(name, name.replace("_", " "), "Serial baseline" if serial == "serial" else "Baseline",
                   sections.baselines(name, groups, data.labels),
                   [(heading, *both) for heading, both in of_group.items()],
                   sections.points_table(name, groups, data.labels),
                   sections.laws_table(name, groups, sources, data.labels),
                   sections.prediction_table(foreseen, workers), sections.efficiency_table(foreseen, level))


def _heading(selection: Selection, parameter: str | None) -> str:
    """Which part of its group a selection is, e.g. "length 1e6, strong scaling"."""
    size = [f"{parameter} {readable(selection.size)}"] if selection.size is not None else []
    return ", ".join([*size, *([f"{selection.scaling} scaling"] if selection.scaling else [])]) or "all sizes"


def _share(efficiency: str) -> float:
    return float(efficiency[:-1]) / 100 if efficiency.endswith("%") else float(efficiency)


def _first_choice(source: Source) -> int:
    """The worker count at which the slider starts: the first that lies beyond all that was measured."""
    measured = [point["workers"] for series in source.report["series"] for point in series["points"]
                if point["median_s"] is not None]
    beyond = [count for count in source.workers if count >= 2 * max(measured)]
    return beyond[0] if beyond else 0


def _counts(source: Source) -> str:
    campaign = source.campaign
    measured = int(campaign.scaling["timed"].sum())
    launches, samples = campaign.counted_launches(), campaign.counted_samples()
    good = launches.index[launches["state"] == "ok"]
    timed = samples[samples["launch"].isin(good) & ~samples["diagnostic"].astype(bool)]
    failed = f", {len(launches) - len(good)} more failed" if len(good) < len(launches) else ""
    return (f"{measured} of {len(campaign.points)} points measured, {len(good)} launches with times{failed}, "
            f"{len(timed)} timed samples")


def _warning(sources: list[Source]) -> str:
    words = [clock_warning(source.campaign.points) for source in sources]
    return "; ".join(dict.fromkeys(text for text in words if text))


def _campaign_tables(source: Source) -> list[Table]:
    report, campaign = source.report, source.campaign
    made = [appendix.peers_table(report, campaign), appendix.variants_table(report, campaign),
            appendix.stages_table(report, campaign), appendix.ceilings_table(report),
            appendix.core_rates_table(report), appendix.failures_table(source), appendix.busy_table(report), appendix.allocations_table(report),
            appendix.observed_table(report, campaign)]
    return [table for table in made if table.rows]


def _folded(sources: list[Source], labels: list[str]) -> list[Table]:
    return [appendix.rules_table(sources[0].report), appendix.environment_table(sources, labels),
            appendix.commands_table(sources[0])]


def _configs(sources: list[Source], labels: list[str]) -> list[tuple[str, str]]:
    return [(label, source.campaign.config) for source, label in zip(sources, labels)]


def _laws_drawn(data: Data) -> dict[str, dict[str, list[str]]]:
    """The laws that figures have curves of, by group and model."""
    found: dict[str, dict[str, list[str]]] = {}
    for selection in data.selections():
        for row in scaling.curves_of(data, selection):
            of_model = found.setdefault(selection.group, {}).setdefault(row["model"], [])
            if row["law"] not in of_model:
                of_model.append(row["law"])
    return found


def _models(data: Data) -> dict[str, str]:
    points = data.points.drop_duplicates("model")
    return {model: title or model for model, title in zip(points["model"], points["model_title"])}


def _laws(sources: list[Source]) -> dict[str, str]:
    """The laws of any series, the combined prediction first."""
    names = [law["law"] for source in sources if source.forecast for series in source.forecast["series"]
             for law in series["laws"]]
    names += [law for source in sources for law in source.campaign.predictions["law"]]
    names = sorted(dict.fromkeys(names), key=lambda name: name != "combined")
    return {name: sections.LAW_TITLES.get(name, name) for name in names if name not in BASELINES}

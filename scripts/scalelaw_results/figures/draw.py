"""Which figures a campaign gets, and how panels are put together in each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib import pyplot as plt

from ..campaign import Campaign
from ..marks import clock_warning
from ..scaling import ESTIMATES, columns_of, is_ceiling, scaling
from . import style
from .laws import has_bands, law_panel
from .lines import efficiency_panel, handles, lines_of, mark_handles, speedup_panel, throughput_panel
from .phases import handles as phase_handles
from .phases import mean_phases, phase_panel
from .sizes import by_size, readable, size_parameter, sizes_panels


def draw(campaign: Campaign, folder: Path, formats=("png", "pdf")) -> list[Path]:
    """Draws `scaling` (the overview) and, for each kernel, `KERNEL` and `KERNEL-laws` into `folder`;
    for one whose size is swept those for each size, and `KERNEL-sizes`.

    Returns the paths written.  Raises ValueError when nothing was measured.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = scaling(campaign)
    measured = table[table["timed"]]
    if measured.empty:
        raise ValueError("no point of this campaign was measured, so there is nothing to draw")
    groups = _groups(measured)
    paths = []

    def save(figure, name: str) -> None:
        for clock in ("pretended", "simulated"):
            if (campaign.points["clock"] == clock).any():
                style.watermark(figure, clock)
        paths.extend(style.save(figure, folder, name, formats))

    with plt.rc_context(style.SETTINGS):
        save(overview(campaign, groups), "scaling")
        phases = mean_phases(campaign)
        for name, group in groups.items():
            for part, rows in _parts(name, group).items():
                save(kernel_figure(campaign, part, rows, phases), part)
                figure = laws_figure(campaign, part, rows)
                if figure is not None:
                    save(figure, f"{part}-laws")
            parameter = size_parameter(group)
            if parameter:
                save(sizes_figure(campaign, name, group, parameter), f"{name}-sizes")
    return paths


def _groups(measured: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows by kernel, after the experiment where that has a name of its own; the machine's ceilings apart."""
    own = measured[~is_ceiling(measured)]
    groups = {}
    for (kernel, experiment), rows in (measured if own.empty else own).groupby(["kernel", "experiment"], sort=False):
        alone = own[own["kernel"] == kernel]["experiment"].nunique() <= 1
        name = kernel if alone or experiment == kernel else f"{kernel}-{experiment}"
        name = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
        while name in groups:  # "a b" and "a_b" are two experiments
            name += "_"
        groups[name] = rows
    return groups


def _parts(name: str, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows; where their size is swept, the rows of each size under their own name."""
    parameter = size_parameter(rows)
    if not parameter:
        return {name: rows}
    return {f"{name}-{parameter}-{readable(size)}": part for size, part in by_size(rows, parameter).items()}


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the largest size, where the size is swept: it scales best, and is usually meant."""
    return list(_parts("", rows).values())[-1]


def _baseline(rows: pd.DataFrame) -> str:
    """'serial' when there is a serial time to compare with, else 'own'."""
    return "serial" if rows["serial_speedup"].notna().any() else "own"


def _baseline_words(campaign: Campaign, rows: pd.DataFrame) -> str:
    """The baseline of the speedups of `rows`: its seconds, and its experiment or scaling if that is another."""
    if _baseline(rows) == "own":
        fitted = ((rows["own_point"] < 0) & (rows["own_name"] != "")).any()
        return "over one worker of the same model" + (", from a fitted law where not measured" if fitted else "")
    over = rows[rows["serial_point"] >= 0]
    least, most = (style.seconds(over["serial_s"].agg(which)) for which in ("min", "max"))
    words = f"over serial: {least}" + (f" to {most}" if most != least else "")
    marks = ", ".join(dict.fromkeys(mark for marks in over["serial_marks"] for mark in marks.split(", ") if mark))
    words += f", {marks}" if marks else ""
    points = campaign.points.loc[over["serial_point"].unique()]
    experiments = set(points["experiment"]) - set(rows["experiment"])
    kinds = set(points["scaling"]) - set(rows["scaling"])
    elsewhere = ", ".join(sorted(experiments) + sorted(kinds))
    return f"{words} ({elsewhere})" if elsewhere else words


def _intervals(rows: pd.DataFrame) -> str:
    known = rows[[columns_of(name)[1] for name in ESTIMATES]].notna().any(axis=None)
    return "medians and 95 % intervals" if known else "medians (too few launches for intervals)"


def _size_words(rows: pd.DataFrame) -> str:
    """The size that is shown, where the size is swept, e.g. 'length 1e6, '."""
    parameter = size_parameter(rows)
    return f"{parameter} {readable(max(by_size(rows, parameter)))}, " if parameter else ""


def _title(campaign: Campaign, words: str) -> str:
    machine = campaign.environment.get("cpu.model") or campaign.environment.get("cpu") or ""
    title = f"{words}\n{campaign.name}" + (f" · {machine}" if machine not in ("", "unknown") else "")
    warning = clock_warning(campaign.points)
    return f"{warning}\n{title}" if warning else title


def _named(name: str, rows: pd.DataFrame) -> str:
    """The figure's name after that of its experiment, unless the name contains it."""
    experiment = rows["experiment"].iloc[0]
    return name if experiment in name or experiment == rows["kernel"].iloc[0] else f"{experiment}: {name}"


def overview(campaign: Campaign, groups: dict[str, pd.DataFrame]):
    """A column per kernel (of its largest size, where the size is swept): strong speedup above, strong and
    weak efficiency below."""
    has_weak = any((rows["scaling"] == "weak").any() for rows in groups.values())
    rows_of_panels = 3 if has_weak else 2
    columns = len(groups)
    figure, axes = plt.subplots(
        rows_of_panels, columns, squeeze=False,
        figsize=(max(6.5, 3.1 * columns), 2.6 * rows_of_panels + 0.9),
    )
    lines, everything = {}, []
    for column, (name, rows) in enumerate(groups.items()):
        size = _size_words(rows)
        rows = _largest(rows)
        strong, weak = rows[rows["scaling"] == "strong"], rows[rows["scaling"] == "weak"]
        drawn = []
        if strong.empty:
            axes[0, column].set_axis_off()
            axes[1, column].set_axis_off()
        else:
            drawn += speedup_panel(axes[0, column], strong, _baseline(strong))
            drawn += efficiency_panel(axes[1, column], strong, _baseline(strong))
        axes[0, column].set_title(f"{name}\n", loc="left")
        over = _baseline_words(campaign, strong) if not strong.empty else "weak scaling only"
        _caption(axes[0, column], size + over)
        if has_weak:
            if weak.empty:
                axes[2, column].set_axis_off()
            else:
                drawn += efficiency_panel(axes[2, column], weak, _baseline(weak))
                axes[2, column].set_ylabel("weak efficiency (%)")
                _caption(axes[2, column], _baseline_words(campaign, weak))
        everything += drawn
        for line in drawn:
            lines.setdefault(line.label, line)
    _label_outer(axes)
    figure.suptitle(_title(campaign, f"Scaling: {_intervals(pd.concat(groups.values()))}"), x=0.01, ha="left",
                    fontsize=10)
    style.legend_below(figure, handles(list(lines.values()), everything))
    return figure


def _caption(axes, words: str) -> None:
    axes.annotate(words, (0, 1.02), xycoords="axes fraction", fontsize=8, va="bottom")


def _label_outer(axes) -> None:
    """Keeps the y label of the first panel shown in each row only, and the x label of the last in each column."""
    for row in axes:
        for place in [place for place in row if place.axison][1:]:
            place.set_ylabel("")
    for column in axes.T:
        for place in [place for place in column if place.axison][:-1]:
            place.set_xlabel("")


def kernel_figure(campaign: Campaign, name: str, rows: pd.DataFrame, phases):
    """Strong and weak: speedup, efficiency, throughput; below them where the time goes."""
    kinds = [kind for kind in ("strong", "weak") if (rows["scaling"] == kind).any()]
    figure = plt.figure(figsize=(11, 3.1 * (len(kinds) + 1) + 0.8))
    parts = figure.subfigures(len(kinds) + 1, 1)
    lines, everything = {}, []
    for part, kind in zip(parts, kinds):
        of_kind = rows[rows["scaling"] == kind]
        axes = part.subplots(1, 3)
        baseline = _baseline(of_kind)
        drawn = speedup_panel(axes[0], of_kind, baseline)
        everything += drawn
        for line in drawn:
            lines.setdefault(line.label, line)
        if kind == "weak":
            axes[0].set_ylabel("scaled speedup")
        efficiency_panel(axes[1], of_kind, baseline)
        throughput_panel(axes[2], of_kind)
        part.suptitle(f"{kind} scaling, {_baseline_words(campaign, of_kind)}", x=0.01, ha="left", fontsize=9)
    axes = parts[-1].subplots(1, 1)
    looks = style.phase_looks(campaign.phases)
    phase_panel(axes, lines_of(rows[rows["scaling"] == kinds[0]]), phases, looks)
    parts[-1].suptitle(f"where the workers' time goes ({kinds[0]} scaling)", x=0.01, ha="left", fontsize=9)
    axes.legend(handles=phase_handles(phases.loc[phases.index.intersection(rows.index)], looks),
                loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.suptitle(_title(campaign, f"{_named(name, rows)}: {_intervals(rows)}"), x=0.01, ha="left",
                    fontsize=10, fontweight="bold")
    ceilings = rows.assign(marks=rows["ceiling_marks"])
    style.legend_below(figure, handles(list(lines.values()), everything, [ceilings]))
    return figure


def sizes_figure(campaign: Campaign, name: str, rows: pd.DataFrame, parameter: str):
    """Time and speedup over the kernel's size, each model with all its workers."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4))
    entries = sizes_panels(axes, rows, parameter)
    figure.suptitle(_title(campaign, f"{_named(name, rows)}: which model wins at which size"), x=0.01, ha="left",
                    fontsize=10, fontweight="bold")
    style.legend_below(figure, entries)
    return figure


def laws_figure(campaign: Campaign, name: str, rows: pd.DataFrame):
    """A panel per series that a law was fitted to or predicted for; None when there is none."""
    panels = []
    for kind in ("strong", "weak"):
        for line in lines_of(rows[rows["scaling"] == kind]):
            series = line.points["series"].iloc[0]
            predictions = campaign.predictions[campaign.predictions["series"] == series]
            if not predictions.empty and line.points["workers"].nunique() > 1:
                panels.append((kind, line, predictions, campaign.fits[campaign.fits["series"] == series]))
    if not panels:
        return None
    columns = min(3, len(panels))
    depth = -(-len(panels) // columns)
    figure, axes = plt.subplots(depth, columns, squeeze=False, figsize=(4.3 * columns + 0.4, 3.7 * depth + 0.6))
    for position, (kind, line, predictions, fits) in enumerate(panels):
        place = axes[position // columns, position % columns]
        law_panel(place, line, predictions, fits)
        place.set_title(f"{style.short_title(line.label)}, {kind}")
    for position in range(len(panels), depth * columns):
        axes[position // columns, position % columns].set_axis_off()
    banded = any(has_bands(predictions) for _, _, predictions, _ in panels)
    bands = "95 % bands" if banded else "too few launches for bands"
    figure.suptitle(_title(campaign, f"{_named(name, rows)}: the laws beside the measurements\n{bands}"), x=0.01,
                    ha="left", fontsize=10, fontweight="bold")
    marks = mark_handles([line.points for _, line, _, _ in panels])
    if marks:
        style.legend_below(figure, marks)
    return figure

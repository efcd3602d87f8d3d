"""Where the workers' time goes: stacked phases, in worker-seconds relative to one worker's time."""

from __future__ import annotations

import pandas as pd

from ..campaign import Campaign
from . import style
from .lines import Line, marks_in


def mean_phases(campaign: Campaign) -> pd.DataFrame:
    """Per point whose driver names its phases, the seconds of each part (the program's table /account), by the keys
    of style.phase_looks(); they add up to the point's time."""
    account = campaign.account
    account = account.assign(part=[style.part_key(*names) for names in zip(account["role"], account["part"])])
    table = account.pivot_table(index="point", columns="part", values="seconds", aggfunc="sum")
    return table.reindex(columns=list(style.phase_looks(campaign.phases))).fillna(0.0)


def phase_panel(axes, lines: list[Line], phases: pd.DataFrame, looks) -> None:
    """A bar per placement: workers times seconds of each phase, in percent of the series' one worker.
    The part above 100 is the cost of scaling.  A bar is as high as its point's workers times its time:
    it counts no second twice.  (A hybrid series has one baseline, and a line for each number of threads.)
    `looks`: style.phase_looks() of the campaign."""
    position, ticks, names, centres = 0.0, [], [], []
    everything = pd.concat([line.points for line in lines])
    for line in lines:
        points = line.points
        whole = _one_worker_s(everything[everything["series"] == points["series"].iloc[0]])
        start = position
        for row, point in points.iterrows():
            if row not in phases.index:
                continue
            scale = 100 * point["workers"] / point["relative_work"] / whole
            bottom = 0.0
            for phase, (color, _) in looks.items():
                height = scale * phases.at[row, phase]
                axes.bar(position, height, bottom=bottom, color=color, width=0.8, linewidth=0)
                bottom += height
            for mark in marks_in(point):
                style.draw_mark(axes, position, bottom / 2, mark)
            ticks.append(position)
            names.append(f"{point['workers']}")
            position += 1
        if position > start:
            centres.append(((start + position - 1) / 2, line))
            position += 0.7
    if not ticks:
        axes.annotate("the drivers did not report their phases", (0.5, 0.5), xycoords="axes fraction", ha="center")
    _label(axes, ticks, names, centres)


def _one_worker_s(series: pd.DataFrame) -> float:
    """What the efficiencies of a series divide; without a baseline, the worker-seconds of its least placement."""
    own = series["own_s"].dropna()
    if not own.empty:
        return own.iloc[0]
    least = series.loc[series["workers"].idxmin()]
    return least["workers"] * least["time_s"] / least["relative_work"]


def _label(axes, ticks, names, centres) -> None:
    axes.axhline(100, **style.IDEAL)
    axes.set_xticks(ticks, names)
    axes.grid(axis="x", visible=False)
    axes.set_ylim(0, max(115, axes.get_ylim()[1]))
    axes.set_ylabel("worker-seconds per unit of work\n(% of one worker's)")
    axes.set_xlabel("workers")
    for centre, line in centres:
        axes.annotate(style.short_title(line.label), (centre, 1.0), xycoords=("data", "axes fraction"), ha="center",
                      va="bottom", fontsize=8, color=line.color)


def handles(phases: pd.DataFrame, looks):
    """Legend entries for the phases that can be seen."""
    from matplotlib.patches import Patch

    return [
        Patch(color=color, label=label)
        for phase, (color, label) in looks.items()
        if (phases[phase] / phases.sum(axis=1)).max() > 0.001
    ]

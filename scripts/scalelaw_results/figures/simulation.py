"""Speedup over workers: what was measured, what was predicted from it, and what was simulated."""

from __future__ import annotations

from typing import Any

import pandas as pd

from . import laws, looks, words
from .data import Data, Selection, records
from .figure import Figure, Sheet, specification
from .lines import lines_of
from .quantities import SPEEDUP
from .scaling import panel, parameters, table

#: What the harness appends to the identity of a simulated point (harness/commands/simulation.cpp).
APART = " simulated"
PREDICTION = "combined"


def simulations(data: Data) -> list[Figure]:
    """A figure for each simulated series that was measured, too: its speedup over one worker."""
    simulated = data.points[data.points["clock"] == "simulated"]
    figures = [figure for _, rows in simulated.groupby(["file", "series"], sort=False)
               if (figure := _of_series(data, rows)) is not None]
    names = [figure.name for figure in figures]
    return [figure if names.count(figure.name) == 1 else figure.renamed(f"{figure.name}-{number}")
            for number, figure in enumerate(figures, 1)]


def _of_series(data: Data, simulated: pd.DataFrame) -> Figure | None:
    measured = _measured(data, simulated)
    if measured.empty or simulated["workers"].nunique() < 2:
        return None
    first = simulated.iloc[0]
    lines = lines_of(data, measured) + lines_of(data, simulated)
    for line in lines:
        of_clock = line.points["clock"].iloc[0]
        line.label = f"{line.label.split(',')[0]}, {'simulated' if of_clock == 'simulated' else 'measured'}"
        if of_clock == "simulated":
            line.dashes, line.shape = looks.DASHES[1], looks.OTHER_SHAPES[0]
    curves = [curve for curve in laws.curves(data, lines_of(data, measured), far=True)
              if curve["law"] == PREDICTION and curve["kind"] == "fitted"]
    selection = Selection(first["group"], None if first["size"] != first["size"] else first["size"], first["scaling"])
    title = "scaled speedup" if first["scaling"] == "weak" else "speedup"
    sheet = Sheet()
    groups = panel(sheet, data, lines, curves, SPEEDUP, f"{title} over one worker")
    model = looks.short_title(data.model_title(first["model"]))
    rows = pd.concat([measured, simulated])
    what = f"The {title} of {data.titled(selection)}, {model}: measured, predicted and simulated"
    return Figure(
        name=f"{data.named(selection)}-simulation-{looks.file_part(first['model'])}", kind="simulation",
        selection=selection, title=f"{data.titled(selection)}: measured, predicted and simulated, {model}",
        caption=words.caption(data, rows, what, "own"),
        spec=specification(groups, parameters(curves, "own", model=first["model"]), sheet, data.clocks()),
        rows=pd.concat([table(lines, SPEEDUP), _predicted(curves)], ignore_index=True),
    )


def _measured(data: Data, simulated: pd.DataFrame) -> pd.DataFrame:
    """The measured series with one of these points."""
    known = {(row["file"], row["id"].removesuffix(APART)) for row in records(simulated)}
    same = [(row["file"], row["id"]) in known for row in records(data.points)]
    found = data.points[pd.Series(same, index=data.points.index) & (data.points["clock"] != "simulated")]
    if found.empty:
        return found
    first = found.iloc[0]
    return data.points[(data.points["file"] == first["file"]) & (data.points["series"] == first["series"])]


def _predicted(curves: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([{"line": f"{PREDICTION} prediction", "workers": int(curve["p"]),
                          "speedup over one worker": curve["speedup"]} for curve in curves])

"""Which points are joined to a line, what the line is called, and how it looks."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .data import Data, Selection, records
from .looks import DASHES, OTHER_SHAPES, model_looks
from .words import Row


@dataclass
class Line:
    """Points that are joined in a panel: one series.  In a series with ranks and threads, only the points with the
    same number of threads per rank."""

    label: str
    model: str
    file: int
    series: int
    color: str
    shape: str
    dashes: list[Any]
    shift: float  # a factor on the workers, so that lines at the same count do not hide each other
    points: pd.DataFrame  # rows of Data.points, by workers

    @functools.cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The points, as dictionaries."""
        return records(self.points)


def lines_for(data: Data, selection: Selection) -> list[Line]:
    """The lines of a selection of one kind of scaling."""
    return data.kept(("lines", selection), lambda: lines_of(data, data.rows(selection)))


def lines_of(data: Data, rows: pd.DataFrame) -> list[Line]:
    """The lines for rows of Data.points that share group and kind of scaling.

    What differs between series of the same model (options, sizes, implementation) is in the label, and the file where
    there are several.  Colour is by model; dashes are by file, or where there is one file, by series of the model.
    """
    looks = model_looks(rows)
    both = rows["ranked"].astype(bool) & rows["threaded"].astype(bool)
    rows = rows.assign(threads_line=rows["threads"].where(both, 0))
    order = list(looks)
    groups = []
    for (file, model, series, threads), points in rows.groupby(["file", "model", "series", "threads_line"]):
        groups.append((order.index(model), int(threads), int(file), int(series), points.sort_values("workers")))
    groups.sort(key=lambda group: group[:4])
    varying = _varying([group[-1] for group in groups])
    lines: list[Line] = []
    seen: dict[tuple[int, str], int] = {}
    labels: dict[str, int] = {}
    for model_number, threads, file, series, points in groups:
        model = order[model_number]
        color, shape, title = looks[model]
        repeated = seen[file, model] = seen.get((file, model), -1) + 1
        if repeated:
            shape = OTHER_SHAPES[(repeated - 1) % len(OTHER_SHAPES)]
        details = [f"{threads} threads per rank" if threads > 1 else "1 thread per rank"] if threads else []
        details += _details(points.iloc[0], varying)
        details += [data.labels[file]] if len(data.campaigns) > 1 else []
        label = title + (f", {', '.join(details)}" if details else "")
        labels[label] = labels.get(label, 0) + 1
        label += f" #{labels[label]}" if labels[label] > 1 else ""
        style = file if len(data.campaigns) > 1 else repeated + repeated // len(OTHER_SHAPES)
        shift = 2 ** (min(0.05, 0.5 / len(groups)) * (len(lines) - (len(groups) - 1) / 2))
        lines.append(Line(label, model, file, series, color, shape, DASHES[style % len(DASHES)], shift, points))
    return lines


def _facts(point: Row) -> dict[str, str]:
    facts = {"implementation": point["implementation"]}
    for column in ("params", "options"):
        facts |= {k: json.dumps(v) for k, v in (point[column] or {}).items()}
    return facts


def _varying(series: list[pd.DataFrame]) -> list[str]:
    """What differs between series, but not inside one.  (Sizes differ inside a weak series.)  Where implementations
    differ, an option that only some of them have, with one value, tells nothing that their names do not."""
    facts_of = [[_facts(point) for point in records(points[["implementation", "params", "options"]])] for points in series]
    names = sorted({name for facts in facts_of for name in facts[0]})
    inside = {name for facts in facts_of for name in names if len({f.get(name) for f in facts}) > 1}
    values = {name: {facts[0].get(name) for facts in facts_of} for name in names if name not in inside}
    known = [name for name, held in values.items() if len(held) > 1]
    if "implementation" in known:
        known = [name for name in known if len(values[name] - {None}) > 1]
    return known


def _details(point: Row, varying: list[str]) -> list[str]:
    facts = _facts(point)
    said = {name: facts[name].strip(chr(34)) for name in varying if name in facts}
    return [value if name == "implementation" else f"{name} {value}" for name, value in said.items()]

"""A figure: what it is called, what it says, and its Vega-Lite specification."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

from .data import Selection


@dataclass(frozen=True)
class Figure:
    """One figure, defined once for page and paper.

    name     of its files, and unique among the figures of the same data, e.g. dot_product-strong-speedup
    kind     what it shows, e.g. speedup; figures of one kind have the same parameters
    title    a short heading, for where one is wanted: the specification has none
    caption  sentences for under it: what is drawn, over which baseline, from how many launches
    spec     Vega-Lite, with a size, without a look: theme.py gives it one
    rows     the table beside it, with units in its column names
    selection  what it shows of the data; None: all
    heading  the title under a heading that says of what; empty: the title's end
    captions  of a figure of speedups: the caption over each baseline that it has, by the name of the baseline
    """

    name: str
    kind: str
    title: str
    caption: str
    spec: dict[str, Any]
    rows: pd.DataFrame = field(repr=False)
    selection: Selection | None = None
    heading: str = ""
    captions: dict[str, str] = field(default_factory=dict)

    def renamed(self, name: str) -> Figure:
        return dataclasses.replace(self, name=name)

    @property
    def marks_count(self) -> int:
        """How many rows its layers draw: above 5000, a canvas is faster than SVG."""
        return _drawn(self.spec, self.spec.get("datasets", {}), 0)


def _drawn(spec: dict[str, Any], datasets: dict[str, Any], inherited: int) -> int:
    data = spec.get("data")
    if data is not None:
        inherited = len(datasets.get(data["name"], ())) if "name" in data else len(data.get("values", ()))
    parts = [part for key in ("layer", "concat", "hconcat", "vconcat") for part in spec.get(key, ())]
    return sum(_drawn(part, datasets, inherited) for part in parts) if parts else inherited


class Sheet:
    """The datasets of one figure.  Charts name them, because Altair copies a chart at every step, with all its data.
    A name comes from the contents, so that figures which draw the same rows name the same dataset."""

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}

    def add(self, rows: list[dict[str, Any]]) -> alt.NamedData:
        """The rows as a dataset: rounded to what can be seen.  What is NaN or None is absent: in Vega's expressions,
        what is computed from an absent field is NaN, and from null it is 0."""
        rows = [{key: plain for key, value in row.items() if (plain := _plain(value)) is not None} for row in rows]
        name = "rows_" + hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:12]
        self.datasets[name] = rows
        return alt.NamedData(name)


def one_row(**values: Any) -> alt.Data:
    """Data of a layer that draws one thing."""
    return alt.Data(values=[values])


def unit(source: alt.Data, transform: list[dict[str, Any]], mark: str, encoding: dict[str, Any],
         **options: Any) -> dict[str, Any]:
    """One layer.  A layer draws nothing that a screen reader must read out, unless `aria` says so.  (Altair's own charts
    copy all of this at every step, which takes a third of a page's time.)"""
    spec: dict[str, Any] = {"data": source.to_dict(validate=False)}
    if transform:
        spec["transform"] = [dict(step) for step in transform]  # figures share steps, and must not change them
    spec["mark"] = alt.MarkDef(type=mark, **{"aria": False} | options).to_dict(validate=False)
    spec["encoding"] = {name: [part.to_dict(validate=False) for part in channel] if isinstance(channel, list)
                        else channel.to_dict(validate=False) for name, channel in encoding.items()}
    return spec


def layered(*layers: dict[str, Any] | None) -> dict[str, Any]:
    """Layers over each other, which share their scales."""
    return {"layer": [layer for layer in layers if layer is not None]}


def calculated(**values: str) -> list[dict[str, Any]]:
    """A field for each expression, which is null where it has no number."""
    return [{"calculate": f"isFinite({value}) ? ({value}) : null", "as": name} for name, value in values.items()]


def kept(condition: str) -> dict[str, Any]:
    """Only the rows of which an expression is true."""
    return {"filter": condition}


#: Groups of layers have colours and shapes of their own, each with its own legend.
APART = ("color", "shape", "strokeDash", "stroke", "size", "fill")


def specification(groups: list[dict[str, Any] | None], parameters: dict[str, Any], sheet: Sheet,
                  clocks: Iterable[str] = (), apart: Iterable[str] = APART) -> dict[str, Any]:
    """The specification of a figure of these groups of layers.  `parameters`: what a reader may choose, with its value
    on paper; of one that follows from others, {"expr": ...}.  `clocks`: those of the data that are not the real one."""
    spec = {"$schema": alt.SCHEMA_URL}
    if clocks:
        spec["usermeta"] = {"clocks": list(clocks)}
    spec["params"] = [{"name": name, **(value if isinstance(value, dict) else {"value": value})}
                      for name, value in parameters.items()]
    return spec | layered(*groups) | {"resolve": {"scale": {channel: "independent" for channel in apart}},
                                      "datasets": sheet.datasets}


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None or isinstance(value, (list, bool)):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value

"""The roofline: how fast each kernel computes beside what memory, caches and cores allow at its intensity.

Williams, Waterman, Patterson: Roofline, CACM 52(4), 2009.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from ..scaling import scaling
from . import layers, looks, words
from .data import Data, records
from .figure import Figure, Sheet, calculated, kept, layered, specification, unit
from .scales import LABEL_COUNT, placed, round_values, switched_axis

#: Floating-point operations in one of what a rate of core_rate counts.
FLOPS = {"add": 1, "multiply_add": 2}
PLACE = ["model", "nodes", "ranks_per_node", "threads"]
#: Names of roofs that are nearer than this factor would lie over each other.
APART = 1.25


def rooflines(data: Data) -> list[Figure]:
    """One figure for the fewest workers and one for the most, each at the placement of the most points whose bytes and
    flops are known and where the campaign measured a read bandwidth.  An empty list where there is none."""
    table = _computing(data)
    if table.empty:
        return []
    found = []
    for workers in sorted({table["workers"].min(), table["workers"].max()}):
        rows = table[table["workers"] == workers]
        place = rows.groupby(PLACE, sort=False).size().idxmax()
        found.append(_figure(data, _at(rows, place), _at(_machine(data), place)))
    return found


def _at(table: pd.DataFrame, place: tuple[Any, ...]) -> pd.DataFrame:
    return table[(table[PLACE] == list(place)).all(axis=1)]


def _machine(data: Data) -> pd.DataFrame:
    """What the first campaign measured of the machine, ceilings included."""
    table = scaling(data.campaigns[0])
    return table[table["timed"].astype(bool) & table["kernel"].isin(("memory_read", "core_rate"))]


def _computing(data: Data) -> pd.DataFrame:
    """The points of the first campaign that compute with floating point, and have a read bandwidth beside them."""
    table = data.points[(data.points["file"] == 0) & ~data.points["kernel"].isin(("memory_read", "core_rate"))]
    machine = _machine(data)
    read = set(machine.loc[machine["kernel"] == "memory_read", PLACE].itertuples(index=False, name=None))
    flops, moved = _number(table, "flops"), _number(table, "compulsory_bytes")
    table = table.assign(intensity=flops / moved, gflops=flops / table["time_s"] / 1e9)
    beside = pd.Series([place in read for place in table[PLACE].itertuples(index=False, name=None)], index=table.index,
                       dtype=bool)
    return table[(flops > 0) & (moved > 0) & beside]


def _number(table: pd.DataFrame, key: str) -> pd.Series:
    return pd.Series([float((work or {}).get(key) or 0) for work in table["work"]], index=table.index, dtype=float)


def _bytes(amount: float) -> str:
    for scale, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if amount >= scale:
            return f"{amount / scale:.3g} {name}"
    return f"{amount:.0f} B"


def _reads(machine: pd.DataFrame) -> list[dict[str, Any]]:
    """The bandwidths, by working set: each is a line through the origin."""
    rows = machine[machine["kernel"] == "memory_read"]
    held = _number(rows, "resident_bytes")
    named = ((f"read {_bytes(amount)}", rate) for amount, rate in sorted(zip(held, rows["rate_per_s"])))
    return [{"roof": name, "per_byte": rate / 1e9} for name, rate in _fastest(named)]


def _rates(machine: pd.DataFrame) -> list[dict[str, Any]]:
    """The rates of floating-point operations, in Gflop/s."""
    rows = machine[machine["kernel"] == "core_rate"]
    # A config need not say which rate: then the driver chose it, and no name is known.
    named = sorted((params.get("rate", ""), rate) for params, rate in zip(rows["params"], rows["rate_per_s"]))
    return [{"roof": name, "flat": FLOPS[name] * rate / 1e9} for name, rate in _fastest(named) if name in FLOPS]


def _fastest(named: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """The roofs by name, in the order of their first: of several of one name, the fastest bounds all."""
    fastest: dict[str, float] = {}
    for name, rate in named:
        fastest[name] = max(rate, fastest.get(name, rate))
    return list(fastest.items())


def _roof_rows(machine: pd.DataFrame, left: float, right: float) -> list[dict[str, Any]]:
    """The ends of each roof: bandwidths go up to the highest rate, and rates are as wide as the figure."""
    reads, rates = _reads(machine), _rates(machine)
    top = max((one["flat"] for one in rates), default=None)
    rows = []
    for one in reads:
        end = right if top is None else min(right, max(left, top / one["per_byte"]))
        rows += [{"roof": one["roof"], "x": x, "value": x * one["per_byte"]} for x in (left, end)]
    for one in rates:
        rows += [{"roof": one["roof"], "x": x, "value": one["flat"]} for x in (left, right)]
    return rows


def _labels(roofs: list[dict[str, Any]], left: float, right: float) -> list[dict[str, Any]]:
    """The names of the roofs, at their ends; of roofs that lie together, the first one's."""
    labels: list[dict[str, Any]] = []
    taken: list[tuple[bool, float]] = []
    for row in roofs:
        sloped = row["roof"].startswith("read")
        at = (sloped, row["value"])
        if row["x"] != (left if sloped else right) or any(kind == sloped and max(value, at[1]) < APART * min(value, at[1])
                                                         for kind, value in taken):
            continue
        taken.append(at)
        labels.append({"says": row["roof"], "x": row["x"], "value": row["value"], "sloped": sloped})
    return labels


def _figure(data: Data, rows: pd.DataFrame, machine: pd.DataFrame) -> Figure:
    left, right = rows["intensity"].min() / 4, rows["intensity"].max() * 16
    roofs = _roof_rows(machine, left, right)
    groups = list(dict.fromkeys(rows["group"]))
    points = [{"line": row["group"], "x": row["intensity"], "value": row["gflops"], "marks": row["marks"],
               "model": row["model"], "size": words.settings(row["params"]), "limit": row["limit"],
               "share": row["limit_share"]} for row in records(rows)]
    labels = _labels(roofs, left, right)
    held = [row["value"] for row in [*points, *roofs]]
    x = alt.X.from_dict(switched_axis("flops per byte", LABEL_COUNT, {"true": (left, right)}, round_values).to_dict()
                        | {"field": "px"}, validate=False)
    y = switched_axis("Gflop/s", LABEL_COUNT, {"true": (min(held), max(held))}, round_values)
    sheet = Sheet()
    position = {"x": placed("datum.x"), "value": placed("datum.value")}
    first = rows.iloc[0]
    place = f"{first['model']}, {words.placement(first)}"
    return Figure(
        name=f"roofline-{first['model']}-{words.placement(first)}", kind="roofline",
        title=f"Roofline of {place}",
        caption=words.caption(data, rows, f"Floating-point operations per second over those per byte, {place}", "")
        + " Lines are what the same campaign measured: reading working sets of the sizes that stand there, and adding"
          " and multiply-adding in registers. A program can be no faster than the lines above it.",
        spec=specification([_roof_layers(sheet, roofs, labels, x, y), _point_layers(sheet, points, groups, x, y),
                            layers.mark_layers(sheet, points, position, x, y), layers.watermark(data.clocks())],
                           {"scale": "log", "model": "all"}, sheet, data.clocks()),
        rows=pd.DataFrame([{"what": point["line"], "parameters": point["size"], "flops per byte": point["x"],
                            "Gflop/s": point["value"], "lowest limit": point["limit"],
                            "share of it": point["share"], "marks": point["marks"]} for point in points]),
    )


def _roof_layers(sheet: Sheet, roofs: list[dict[str, Any]], labels: list[dict[str, Any]], x: alt.X,
                 y: alt.Y) -> dict[str, Any]:
    place = calculated(px=placed("datum.x"), py=placed("datum.value"))
    names, said = sheet.add(roofs), sheet.add(labels)
    text = alt.Text(field="says", type="nominal")
    def named(sloped: bool, **look: Any) -> dict[str, Any]:
        shown = [*place, kept(f"datum.sloped == {str(sloped).lower()}")]
        return unit(said, shown, "text", {"x": x, "y": y, "text": text}, color=looks.INK, **look)
    return layered(
        unit(names, place, "line", {"x": x, "y": y, "detail": alt.Detail(field="roof", type="nominal")},
             color=looks.INK, strokeWidth=1, clip=True),
        named(True, align="left", baseline="top", dx=8), named(False, align="right", baseline="bottom", dy=-1))


def _point_layers(sheet: Sheet, points: list[dict[str, Any]], groups: list[str], x: alt.X, y: alt.Y) -> dict[str, Any]:
    color = layers.nominal(alt.Color, "line", groups, [looks.GROUPS[i % len(looks.GROUPS)] for i in range(len(groups))])
    tooltip = [alt.Tooltip(field=field, type="nominal", title=title) for field, title in
               (("line", "kernel"), ("size", "parameters"), ("limit", "lowest limit"), ("marks", "marks"))]
    place = calculated(px=placed("datum.x"), py=placed("datum.value"))
    return layered(unit(sheet.add(points), place, "point", {"x": x, "y": y, "color": color, "tooltip": tooltip},
                        filled=True, opacity=1, size=50, aria=True))

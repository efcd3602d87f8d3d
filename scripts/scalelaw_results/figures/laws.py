"""What the laws say of each series: curves with their bands, points that were held out, predictions from one worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from . import looks
from .data import Data
from .figure import Sheet, calculated, kept, layered, unit
from .layers import UPPER, interval_ends, legend, nominal
from .lines import Line
from .quantities import Quantity
from .scales import placed
from .words import with_interval

#: How far right of the measured point a prediction of a point that was held out of the fit stands, and the next law's
#: of that one; its shape, which no model and no mark has, and what the legend says.
HELD_RIGHT, HELD_APART = 9, 7
HELD, HELD_SAYS = "M-1,-1L1,-1L-1,1L1,1Z", "hourglass: predicted for a point held out of the fit"
#: So many times the most workers that were measured is as far as ordinary figures show what laws say.
FARTHEST = 4
SHOWN = "laws_shown && (model == 'all' || datum.model == model) && (law == 'all' || datum.law == law)"


def curves(data: Data, lines: list[Line], detailed: bool = False, far: bool = False) -> list[dict[str, Any]]:
    """A row for each prediction of each series that the lines are of: the law (`law`, and `curve` in the legend), its
    `kind`, workers `p`, `speedup`, `low` and `high` over one worker; `over_serial`: what makes that a speedup over the
    serial baseline; `one_s`: the seconds that it divides at this p.  `detailed`: the legend has the laws' parameters.
    `far`: also beyond FARTHEST times the most workers, which only a simulation asks for.
    """
    rows = []
    laws = data.kept("laws", lambda: [*dict.fromkeys(data.table("predictions")["law"]), "combined"])
    law_looks = looks.law_looks(laws)
    for key, points in _series(lines).items():
        predicted, fits = data.by_series("predictions").get(key, []), data.by_series("fits").get(key, [])
        known = {"combined", *(row["law"] for row in predicted)}
        predicted = predicted + [row for row in data.outlook().get(key, []) if row["law"] in known]
        if not far:
            most = FARTHEST * max(point["workers"] for point in points)
            predicted = [row for row in predicted if row["kind"] != "extrapolated" or row["workers"] <= most]
        strong = points[0]["scaling"] == "strong"
        one_s = {point["workers"]: point["own_speedup"] * point["time_s"] for point in points}
        least = next((value for value in one_s.values() if value == value), None)
        over = [point["serial_speedup"] / point["own_speedup"] for point in points
                if point["own_speedup"] == point["own_speedup"] and point["serial_speedup"] == point["serial_speedup"]]
        simplest = fits[0]["law"] if fits else None  # the first of a series
        for law in dict.fromkeys(row["law"] for row in predicted):
            of_law = [row for row in predicted if row["law"] == law]
            if untested(fits, law) and law != simplest:  # meets every point, as the simpler law does
                of_law = [row for row in of_law if row["kind"] not in ("fitted", "extrapolated")]
            fit = parameters(fits, law) if detailed else ""
            for kind, ending, of_kind in _kinds(of_law, fit):
                rows += [
                    {"model": points[0]["model"], "series": "{}/{}".format(*key), "law": law, "kind": kind, "p": p,
                     "curve": law_looks[law][2] + ending, "speedup": row["speedup"], "low": row["low"],
                     "high": row["high"], "over_serial": over[0] if over else None,
                     "one_s": least if strong else one_s.get(p)}
                    for p, row in sorted(of_kind.items())
                ]
    return rows


def _series(lines: list[Line]) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """The points of each series, by workers: a series with ranks and threads has several lines."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault((line.file, line.series), []).extend(line.rows)
    return {key: sorted(points, key=lambda point: point["workers"]) for key, points in found.items()}


def _kinds(of_law: list[dict[str, Any]], fit: str) -> Iterator[tuple[str, str, dict[int, dict[str, Any]]]]:
    """The predictions of a law by what they are, with the end of their name in the legend, by workers."""
    def by_workers(*kinds: str) -> dict[int, dict[str, Any]]:
        return {row["workers"]: row for row in reversed(of_law) if row["kind"] in kinds}

    yield "fitted", fit, by_workers("fitted", "extrapolated")
    prior = by_workers("a_priori")
    if prior:
        # Every law says 1 at one worker; on two cores that point makes the line.
        nothing = float("nan")
        yield "prior", ", a priori", {1: {"speedup": 1.0, "low": nothing, "high": nothing}} | prior
    yield "held", fit, by_workers("held_out")


def untested(fits: list[dict[str, Any]], law: str) -> bool:
    """Whether the law has as many parameters as worker counts, so that it could not fail."""
    return any(fit["law"] == law and fit["identifiable"] and "untested" in fit["reason"] for fit in fits)


def parameters(fits: list[dict[str, Any]], law: str) -> str:
    """The parameters of a fitted law that have no unit of time, by their symbols in its formula."""
    parts = [
        f"{fit['symbol'] or fit['parameter']} = {with_interval(fit['value'], fit['low'], fit['high'])}"
        for fit in fits if fit["law"] == law and fit["identifiable"] and not fit["parameter"].endswith("_s")
    ]
    untested_words = " (untested)" if untested(fits, law) else ""
    return f": {', '.join(parts)}{untested_words}" if parts else ""


def values(rows: list[dict[str, Any]], kind: str, baseline: str) -> list[float]:
    """What is drawn of the curves, as the quantity `kind` over `baseline`, without bands."""
    out = []
    for row in rows:
        over = row["over_serial"] if baseline == "serial" else 1
        if kind == "time":
            out += [row["one_s"] / row["speedup"]] if row["one_s"] else []
        elif over is not None:
            value = row["speedup"] * over
            out.append(100 * value / row["p"] if kind == "efficiency" else value)
    return out


def layers_of(sheet: Sheet, rows: list[dict[str, Any]], quantity: Quantity, x: alt.X,
              y: alt.Y) -> dict[str, Any] | None:
    """Bands, curves, predictions before anything was scaled (thin), and points that were held out of the fit; nothing
    where there is no law."""
    if not rows:
        return None
    known = looks.law_looks([row["law"] for row in rows])
    curve_looks = {row["curve"]: (looks.before_measuring(known[row["law"]][0]), looks.DOTTED)
                   if row["kind"] == "prior" else known[row["law"]][:2] for row in rows}
    names = list(curve_looks)
    of_law = {law: list(dict.fromkeys(row["curve"] for row in rows if row["law"] == law)) for law in known}
    # A legend without an entry would have no size at all, so that of hidden laws has an empty one.
    shown = "".join(f"law == {json.dumps(law)} ? {json.dumps(names)} : " for law, names in of_law.items())
    key = legend(symbolType="stroke", symbolSize=200,
                 values=alt.ExprRef(f"!laws_shown ? [''] : {shown}{json.dumps(names)}"))
    color = nominal(alt.Color, "curve", names, [color for color, _ in curve_looks.values()], legend=key)
    dashes = nominal(alt.StrokeDash, "curve", names, [dashes for _, dashes in curve_looks.values()], legend=key)
    low, high = (
        quantity.place(f"(isValid(datum.{end}) ? {quantity.law.replace('datum.speedup', f'datum.{end}')} : NaN)")
        for end in ("low", "high"))
    all_rows = [kept(SHOWN), *calculated(px=placed("datum.p"), py=quantity.place(quantity.law)),
                kept("isValid(datum.py)")]
    banded = interval_ends(low, high)
    fitted, prior, held = ([*all_rows, kept(f"datum.kind == '{kind}'")] for kind in ("fitted", "prior", "held"))
    source = sheet.add(rows)
    place_of = {"x": x, "y": y, "color": color, "detail": alt.Detail(field="series", type="nominal")}
    end = {"y2": alt.Y2(field=UPPER)}
    return {"name": "laws"} | layered(
        unit(source, [*fitted, *banded], "area", place_of | end, opacity=0.2, clip=True),
        unit(source, fitted, "line", place_of | {"strokeDash": dashes}, clip=True),
        unit(source, prior, "line", place_of | {"strokeDash": dashes}, strokeWidth=0.8, clip=True),
        *_held_out(source, held, place_of, end, banded,
                   list(dict.fromkeys(row["law"] for row in rows if row["kind"] == "held"))),
    )


def _held_out(source: alt.Data, held: list[dict[str, Any]], place_of: dict[str, Any], end: dict[str, Any],
              banded: list[dict[str, Any]], of_laws: list[str]) -> Iterator[dict[str, Any]]:
    """Predictions of points that were held out of the fit with their bands, those of each law beside the others."""
    key = legend(symbolStrokeColor=looks.INK, symbolFillColor="transparent",
                 symbolOpacity=alt.ExprRef("laws_shown ? 1 : 0"),
                 values=alt.ExprRef(f"laws_shown ? ['{HELD_SAYS}'] : ['']"))
    shape = nominal(alt.Shape, "says", [HELD_SAYS], [HELD], legend=key)
    for number, law in enumerate(of_laws):
        chosen = [*held, kept(f"datum.law == {json.dumps(law)}"), {"calculate": f"'{HELD_SAYS}'", "as": "says"}]
        look = {"xOffset": HELD_RIGHT + HELD_APART * number, "clip": True}
        yield unit(source, [*chosen, *banded], "rule", place_of | end, **look)
        yield unit(source, chosen, "point", place_of | {"shape": shape}, filled=False, opacity=1, **look)


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The numbers of the curves."""
    kinds = {"fitted": "fitted", "prior": "a priori", "held": "held out"}
    return pd.DataFrame([
        {"law": row["law"], "kind": kinds[row["kind"]], "workers": int(row["p"]),
         "speedup over one worker": row["speedup"], "low": row["low"], "high": row["high"]} for row in rows
    ])

"""From which size on each implementation beats one of them: for experiments that sweep a size with peers."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from . import layers, looks, words
from .data import Data, records
from .figure import Figure, Sheet, calculated, kept, layered, specification, unit
from .scales import LABEL_COUNT, placed, round_values, switched_axis

#: What a symbol says, by the verdict: shape, and words of the legend.
SYMBOLS = {"from": ("circle", "faster from here on"), "until": ("diamond", "faster up to here"),
           "bound from": ("triangle-left", "faster from here on, or earlier"),
           "bound until": ("triangle-right", "faster up to here, or further"),
           "always": ("square", "faster at every size measured"), "never": ("cross", "faster at none for certain"),
           "mixed": ("stroke", "not certain")}
OWN = "scalelaw"


def turns(data: Data) -> Figure | None:
    """A row for each implementation, with the size from which on it is faster than the first of the campaign, and the
    interval of that size; a colour for each workload.  None where no peer was measured over several sizes."""
    if not _has_peers(data):
        return None
    found = data.turns()
    if found.empty:
        return None
    found = found[found["file"] == 0]
    size_name = found["size_name"].iloc[0]
    found = found[found["size_name"] == size_name]
    rows = [_row(row) for row in records(found)]
    works = list(dict.fromkeys(row["work"] for row in rows))
    entrants = list(dict.fromkeys(row["entrant"] for row in rows))
    sheet = Sheet()
    source = sheet.add(rows)
    ends = {"true": (float(found["least"].min()), float(found["most"].max()))}
    axis = switched_axis(size_name, LABEL_COUNT, ends, round_values).to_dict()
    x = alt.X.from_dict(axis | {"field": "px"}, validate=False)
    y = alt.Y(field="entrant", type="nominal", sort=entrants, axis=alt.Axis(title=None, grid=True))
    offset = alt.YOffset(field="work", type="nominal", sort=works)
    color = layers.nominal(alt.Color, "work", works, [looks.GROUPS[i % len(looks.GROUPS)] for i in range(len(works))])
    said = [verdict for verdict in SYMBOLS if any(row["verdict"] == verdict for row in rows)]
    shape = layers.nominal(alt.Shape, "says", [SYMBOLS[one][1] for one in said], [SYMBOLS[one][0] for one in said])
    tooltip = [alt.Tooltip(field=field, type="nominal", title=title) for field, title in
               (("entrant", "implementation"), ("work", "workload"), ("says", "verdict"), ("at", size_name))]
    interval = [*calculated(px=placed("datum.low"), end=placed("datum.high")), kept("isValid(datum.px)")]
    place = {"x": x, "x2": alt.X2(field="end"), "y": y, "yOffset": offset, "color": color}
    position = {"x": placed("datum.x"), "value": "0"}
    bars = unit(source, [*interval, kept("datum.of_launches")], "rule", place, strokeWidth=2)
    gaps = unit(source, [*interval, kept("!datum.of_launches")], "rule", place, strokeWidth=1, strokeDash=[2, 3])
    dots = unit(source, calculated(px=placed("datum.x")), "point",
                {"x": x, "y": y, "yOffset": offset, "color": color, "shape": shape, "tooltip": tooltip},
                filled=True, opacity=1, size=60, aria=True)
    reference = _name(found["reference"].iloc[0], found["reference_model"].iloc[0])
    workers = int(found["workers"].max())
    table = pd.DataFrame(rows)[["work", "entrant", "says", "x", "low", "high"]]
    return Figure(
        name="turns", kind="turns", title=_title(size_name, found["unit"].iloc[0], reference),
        caption=f"The {size_name} from which on each implementation is faster than {reference}, each with "
                f"{workers} workers; bars are 95 % intervals over launches of where the times meet"
                f"{_about_gaps(rows)}. {words.readable(ends['true'][0])} to {words.readable(ends['true'][1])} were measured."
                f"{_about_times(found)}",
        spec=specification([layered(bars, gaps, dots), _times(sheet, found, x), _marks(sheet, rows, position, x, y, offset),
                            layers.watermark(data.clocks())], {"scale": "log", "model": "all"},
                           sheet, data.clocks()),
        rows=table.rename(columns={"x": size_name, "says": "verdict"}),
    )


def _title(size_name: str, unit: str, reference: str) -> str:
    if unit:
        return f"How heavy must a {unit} be until it is faster than {reference}?"
    return f"How large must {size_name} be until it is faster than {reference}?"


def _about_gaps(rows: list[dict[str, Any]]) -> str:
    some = any(row["low"] is not None and not row["of_launches"] for row in rows)
    return "; dotted bars are a gap within which the launches do not tell" if some else ""


def _unit_times(found: pd.DataFrame) -> dict[float, float]:
    """How long one unit of work takes, by the sizes of all workloads; of several, the first that knows it."""
    times: dict[float, float] = {}
    for unit_s in found["unit_s"]:
        times = unit_s | times
    return dict(sorted(times.items()))


def _about_times(found: pd.DataFrame) -> str:
    return f" Above: how long a {found['unit'].iloc[0]} of that weight takes." if _unit_times(found) else ""


def _times(sheet: Sheet, found: pd.DataFrame, x: alt.X) -> dict[str, Any] | None:
    """The time of one unit of work above each size that was measured."""
    rows = [{"x": float(size), "says": words.seconds(each_s)} for size, each_s in _unit_times(found).items()]
    if not rows:
        return None
    return unit(sheet.add(rows), [*calculated(px=placed("datum.x")), kept("isValid(datum.px)")], "text",
                {"x": x, "y": alt.YValue(-3), "text": alt.Text(field="says", type="nominal")}, baseline="bottom", aria=True)


def _marks(sheet: Sheet, rows: list[dict[str, Any]], position: dict[str, str], x: alt.X, y: alt.Y,
           offset: alt.YOffset) -> dict[str, Any] | None:
    """The doubts about a turn's times around its symbol, as other figures show them."""
    marks = layers.mark_layers(sheet, rows, position, x, y)
    for layer in (marks or {}).get("layer", []):
        layer["encoding"]["yOffset"] = offset.to_dict()
    return marks


def _has_peers(data: Data) -> bool:
    swept = data.points[data.points["size"].notna()]
    return bool((swept["implementation"] != OWN).any())


def _name(implementation: str, model: str) -> str:
    return model if implementation == OWN else implementation


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Where nothing turns, the symbol stands at the end of the sizes on whose side the other one would win."""
    verdict = f"bound {row['verdict']}" if row["bound"] else row["verdict"]
    known = row["verdict"] in ("from", "until")
    x = row["size"] if known else row["least"] if verdict == "always" else row["most"]
    work = " ".join(row["work"].split(" ")[1:]) or row["work"]
    return {"entrant": _name(row["implementation"], row["model"]), "work": work, "verdict": verdict, "model": "all",
            "says": SYMBOLS[verdict][1], "x": float(x), "low": row["low"] if known else None,
            "high": row["high"] if known else None, "of_launches": bool(row["of_launches"]), "marks": row["marks"],
            "at": words.readable(x) if known else "-"}

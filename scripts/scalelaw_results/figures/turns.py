"""From which size on each implementation beats one of them: for experiments that sweep a size with peers."""

from __future__ import annotations

import altair as alt
import pandas as pd

from . import layers, looks, words
from .data import Data
from .figure import Figure, Sheet, calculated, kept, layered, specification, unit
from .scales import LABEL_COUNT, placed, round_values, switched_axis

#: What a symbol says, by the verdict: shape, and words of the legend.
SYMBOLS = {"from": ("circle", "faster from here on"), "until": ("diamond", "faster up to here"),
           "always": ("triangle-left", "faster at every size"), "never": ("cross", "faster at none"),
           "mixed": ("stroke", "no clear difference")}
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
    rows = [_row(row) for row in found.to_dict("records")]
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
    bars = unit(source, [*interval, kept("datum.of_launches")], "rule", place, strokeWidth=2)
    gaps = unit(source, [*interval, kept("!datum.of_launches")], "rule", place, strokeWidth=1, strokeDash=[2, 3])
    dots = unit(source, calculated(px=placed("datum.x")), "point",
                {"x": x, "y": y, "yOffset": offset, "color": color, "shape": shape, "tooltip": tooltip},
                filled=True, opacity=1, size=60, aria=True)
    reference = _name(found["reference"].iloc[0], found["reference_model"].iloc[0])
    workers = int(found["workers"].max())
    table = pd.DataFrame(rows)[["work", "entrant", "says", "x", "low", "high"]]
    return Figure(
        name="turns", kind="turns", title=f"From which {size_name} on is it faster than {reference}?",
        caption=f"The {size_name} from which on each implementation is faster than {reference}, each with "
                f"{workers} workers; bars are 95 % intervals over launches of where the times meet"
                f"{_about_gaps(rows)}. {words.readable(ends['true'][0])} to {words.readable(ends['true'][1])} were measured.",
        spec=specification([layered(bars, gaps, dots), layers.watermark(data.clocks())], {"scale": "log", "model": "all"},
                           sheet, data.clocks()),
        rows=table.rename(columns={"x": size_name, "says": "verdict"}),
    )


def _about_gaps(rows: list[dict]) -> str:
    some = any(row["low"] is not None and not row["of_launches"] for row in rows)
    return "; dotted bars are the gap between two measured sizes, where launches are too few" if some else ""


def _has_peers(data: Data) -> bool:
    swept = data.points[data.points["size"].notna()]
    return bool((swept["implementation"] != OWN).any())


def _name(implementation: str, model: str) -> str:
    return model if implementation == OWN else implementation


def _row(row: dict) -> dict:
    """Where nothing turns, the symbol stands at the end of the axis on whose side the other one would win."""
    verdict = row["verdict"]
    x = row["size"] if verdict in ("from", "until") else row["least"] if verdict == "always" else row["most"]
    work = " ".join(row["work"].split(" ")[1:]) or row["work"]
    known = verdict in ("from", "until")
    return {"entrant": _name(row["implementation"], row["model"]), "work": work, "verdict": verdict,
            "says": SYMBOLS[verdict][1], "x": float(x), "low": row["low"] if known else None,
            "high": row["high"] if known else None, "of_launches": bool(row["of_launches"]),
            "at": words.readable(x) if known else "-"}

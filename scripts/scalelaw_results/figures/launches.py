"""What happened while a campaign ran: its launches over time, and the ranks of a point sample by sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd

from . import layers, looks, words
from .data import Data, Selection, records
from .figure import Figure, Sheet, calculated, kept, layered, one_row, specification, unit
from .layers import Channel
from .lines import lines_for
from .scales import placed, switched_axis

#: More cells than this are not drawn: a picture has no room for them.
MOST_CELLS = 20_000


def launches(data: Data) -> Figure | None:
    """The time of every launch that counts, relative to the median of its point, over the time of the campaign: where
    the machine drifted, all kernels drift together.  Those of busy blocks are marked.  None where no start is known."""
    rows = _launch_rows(data)
    if not rows:
        return None
    sheet = Sheet()
    groups = list(dict.fromkeys(row["group"] for row in rows))
    longest = max(row["minute"] for row in rows)
    unit_name, length = ("hours", 60.0) if longest > 180 else ("minutes", 1.0) if longest > 3 else ("seconds", 1 / 60)
    far = max(longest / length, 1e-3)
    x = alt.X(field="px", type="quantitative",
              scale=alt.Scale(domain=[-0.02 * far, 1.02 * far], nice=False),
              axis=alt.Axis(title=f"{unit_name} since the first launch", grid=False, labelOverlap="parity",
                            tickCount=8))
    ratios = [row["ratio"] for row in rows]
    label = "format(scale == 'log' ? pow(2, datum.value) : datum.value, '.3~g')"
    y = switched_axis("time / median of its point", label, {"true": (min(0.9, *ratios), max(1.1, *ratios))}, _ratios)
    color, shape = (layers.nominal(channel, "group", groups, [look[i % len(look)] for i in range(len(groups))])
                    for channel, look in ((alt.Color, looks.GROUPS), (alt.Shape, looks.SHAPES)))
    tooltip = [alt.Tooltip(field=name, type="nominal", title=title) for name, title in
               (("point", "point"), ("time", "time"), ("started", "started"), ("state", "machine"))]
    place = calculated(px=f"datum.minute / {length:g}", py=placed("datum.ratio"))
    source = sheet.add(rows)
    dots = unit(source, place, "point", {"x": x, "y": y, "color": color, "shape": shape, "tooltip": tooltip},
                filled=True, opacity=0.75)
    one = unit(one_row(), calculated(py=placed("1")), "rule", {"y": y}, color=looks.GREY, strokeDash=looks.DOTTED)
    busy = [row | {"model": "all", "marks": "busy"} for row in rows if row["busy"]]
    marks = layers.mark_layers(sheet, busy, {"x": f"datum.minute / {length:g}", "value": placed("datum.ratio")}, x, y)
    table = pd.DataFrame(rows)[["started", "point", "time_s", "ratio", "busy"]]
    said = f"{len(busy)} of {len(rows)} were" if busy else "none was"
    return Figure(
        name="launches", kind="launches", title="Launches over the time of the campaign",
        caption=f"Median time of each launch that counts, over the median of its point, by when it started; "
                f"{said} measured beside other work.",
        spec=specification([layered(one, dots), marks, layers.watermark(data.clocks())],
                           {"scale": "log", "model": "all"}, sheet, data.clocks()),
        rows=table.rename(columns={"time_s": "time (s)", "ratio": "time / median of its point"}),
    )


def _launch_rows(data: Data) -> list[dict[str, Any]]:
    rows = []
    for file, campaign in enumerate(data.campaigns):
        counted = campaign.counted_launches()
        counted = counted[counted["state"] == "ok"]
        started = pd.to_datetime(counted["started"], format="ISO8601", utc=True, errors="coerce")
        counted = counted.assign(minute=(started - started.min()).dt.total_seconds() / 60)
        of_point = {point: rows_ for point, rows_ in counted.groupby("point")}
        for point in records(data.points[data.points["file"] == file]):
            mine = of_point.get(point["point"])
            if mine is None or len(mine) != len(point["times_s"]):
                continue
            for launch, time in zip(records(mine), point["times_s"]):
                if launch["minute"] == launch["minute"]:
                    rows.append({
                        "group": point["group"] + (f", {data.labels[file]}" if len(data.campaigns) > 1 else ""),
                        "minute": launch["minute"], "ratio": time / point["time_s"], "time_s": time,
                        "time": words.seconds(time), "busy": bool(launch["busy"]), "started": launch["started"],
                        "state": "busy" if launch["busy"] else "free", "point": point["id"],
                    })
    return rows


def _ratios(low: float, high: float) -> list[float]:
    """Ticks of ratios around 1."""
    near = [0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25] if high / low < 2 else [0.5, 0.6, 0.8, 1, 1.25, 1.5]
    far = [2.0**i for i in range(-8, 14) if i] if high / low >= 2 else []
    return sorted({value for value in [*near, *far] if low <= value <= high})


def ranks(data: Data, selection: Selection) -> list[Figure]:
    """What every rank did in every timed sample of the point with the most ranks: seconds of its items, and seconds
    that it waited for others; an empty list where no point has several ranks that reported."""
    rows = [point for line in lines_for(data, selection) for point in line.rows if line.file == 0 and point["ranked"]]
    rows = [point for point in rows if point["workers"] > point["threads"]]
    if not rows:
        return []
    point = max(rows, key=lambda row: row["workers"] / row["threads"])
    cells = _cells(data, point)
    maps = (_heat_map(data, selection, point, cells, what) for what in HEAT)
    return [figure for figure in maps if figure is not None]


#: What a heat map shows, by its column: heading, and colours from little to much.
HEAT = {"computing": ("computing", "viridis"), "waiting": ("waiting", "magma")}


def _cells(data: Data, point: dict[str, Any]) -> pd.DataFrame:
    """A row for each rank of each timed sample of a point: sample (from 1, in the order of time), rank, computing,
    waiting."""
    campaign = data.campaigns[0]
    samples = campaign.timed_samples()
    counted = campaign.counted_samples()
    launches_of_point = set(samples.loc[samples["point"] == point["point"], "launch"])
    chosen = counted[counted["launch"].isin(launches_of_point) & ~counted["diagnostic"].astype(bool)]
    order = {sample: number + 1 for number, sample in enumerate(chosen.index)}
    cells = campaign.ranks[campaign.ranks["sample"].isin(order)][["sample", "rank", "wait_s"]]
    parallel = campaign.phases.index[campaign.phases["role"] == "parallel"]
    times = campaign.phase_times
    times = times[times["sample"].isin(order) & times["phase"].isin(parallel)]
    computing = times.groupby(["sample", "rank"])["seconds"].sum().rename("computing").reset_index()
    cells = cells.merge(computing, on=["sample", "rank"], how="left").rename(columns={"wait_s": "waiting"})
    return cells.assign(sample=cells["sample"].map(order)).sort_values(["sample", "rank"], ignore_index=True)


def _heat_map(data: Data, selection: Selection, point: dict[str, Any], cells: pd.DataFrame, what: str) -> Figure | None:
    known = cells[cells[what].notna()]
    if known.empty:
        return None
    several = MOST_CELLS // known["rank"].nunique()
    shown = known[known["sample"] <= several]
    heading, colors = HEAT[what]
    scale, second = words.seconds_unit(shown[what].max())
    sheet = Sheet()
    edges = [{"calculate": f"datum.{field} {end}", "as": f"{field}_{name}"}
             for field in ("sample", "rank") for name, end in (("start", "- 0.5"), ("end", "+ 0.5"))]
    edges.append({"calculate": f"datum.{what} / {scale:g}", "as": "shown"})
    most = float(shown[what].max()) / scale or 1
    color = alt.Color(field="shown", type="quantitative", scale=alt.Scale(scheme=colors, domain=[0, most]),
                      legend=alt.Legend(title=f"{second} {heading}", orient="bottom", gradientThickness=8, tickCount=4,
                                        gradientLength=alt.ExprRef("min(width, 160)")))
    tooltip = [alt.Tooltip(field=field, type="quantitative", title=title) for field, title in
               (("sample", "sample"), ("rank", "rank"), ("shown", f"{second} {heading}"))]
    counts = (1, int(shown["sample"].max())), (0, int(shown["rank"].max()))
    cell = unit(sheet.add(records(shown[["sample", "rank", what]])), [*edges, kept("isValid(datum.shown)")],
                "rect", {"x": _cell_axis(alt.X, "sample", *counts[0]), "x2": alt.X2(field="sample_end"),
                         "y": _cell_axis(alt.Y, "rank", *counts[1]), "y2": alt.Y2(field="rank_end"), "color": color,
                         "tooltip": tooltip})
    placement = f"{point['nodes']} × {point['ranks_per_node']} × {point['threads']}"
    title = f"{data.titled(selection)}: ranks {what}, {looks.short_title(data.model_title(point['model']))} {placement}"
    cut = f"; the first {several} samples of {known['sample'].max()}" if len(shown) < len(known) else ""
    where = f"{data.model_title(point['model'])}, {placement} (nodes × ranks × threads)"
    marks = words.marked([point["marks"]])
    return Figure(
        name=f"{data.named(selection)}-ranks-{what}", kind=f"ranks-{what}", selection=selection, title=title,
        caption=f"Seconds {heading} of every rank in every timed sample of {data.titled(selection)}, {where}{cut}."
                + (f" {marks}" if marks else ""),
        spec=specification([cell, layers.watermark(data.clocks())], {}, sheet, data.clocks(), apart=()),
        rows=shown[["sample", "rank", what]].rename(columns={what: f"{what} (s)"}),
    )


def _cell_axis(channel: Callable[..., Channel], field: str, first: int, last: int) -> Channel:
    """An axis of cells with whole numbers, each from its field's start to its end."""
    step = max(1, -(-(last - first) // 8))
    return channel(field=f"{field}_start", type="quantitative",
                   axis=alt.Axis(title=field, grid=False, labelOverlap="parity",
                                 values=list(range(first, last + 1, step))),
                   scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False, zero=False))

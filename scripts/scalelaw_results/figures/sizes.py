"""Which model wins at which size: for experiments that sweep the kernel's size."""

from __future__ import annotations

import pandas as pd

from ..scaling import estimates
from . import style
from .lines import draw_marks, mark_handles


def size_parameter(rows: pd.DataFrame) -> str | None:
    """The one numeric parameter in which the strong series of a model differ; None unless there is exactly
    one."""
    strong = rows[rows["scaling"] == "strong"]
    differing = set()
    for _, of_model in strong.groupby("model"):
        for name in of_model["params"].iloc[0] or {}:
            values = {params.get(name) for params in of_model["params"]}
            if len(values) > 1 and all(isinstance(value, (int, float)) for value in values):
                differing.add(name)
    return differing.pop() if len(differing) == 1 else None


def by_size(rows: pd.DataFrame, parameter: str) -> dict[float, pd.DataFrame]:
    """The rows for each size; a weak series belongs to the size that it starts from."""
    first = rows.sort_values("workers").drop_duplicates("series").set_index("series")["params"]
    sizes = rows["series"].map(lambda series: first[series][parameter])
    return {size: rows[sizes == size] for size in sorted(sizes.unique())}


def readable(size: float) -> str:
    """A size as people write it: 1e6, 2.5e7, 4096."""
    mantissa, _, exponent = f"{size:e}".partition("e")
    short = f"{float(mantissa):g}e{int(exponent)}"
    return short if size >= 10_000 and float(short) == size and len(short) <= 6 else f"{size:.12g}"


def sizes_panels(axes, rows: pd.DataFrame, parameter: str) -> list:
    """Left: seconds over size.  Right: speedup over serial; a model pays off from where its line crosses 1.
    Every model is shown with its most workers.  Returns legend entries."""
    from matplotlib.lines import Line2D

    strong = rows[rows["scaling"] == "strong"]
    strong = strong[strong["timed"]]
    strong = strong.assign(size=[params[parameter] for params in strong["params"]])
    entries, shown = [], []
    for model, (color, marker, title) in style.model_looks(rows).items():
        of_model = strong[strong["model"] == model]
        if of_model.empty:
            continue
        of_model = of_model[of_model["workers"] == of_model["workers"].max()]
        best = of_model.loc[of_model.groupby("size")["time_s"].idxmin()].sort_values("size")
        look = {"color": color, "marker": marker}
        shown.append(best)
        axes[0].errorbar(best["size"], best["time_s"], yerr=style.error_bars(estimates(best, "time")), **look)
        draw_marks(axes[0], best, best["size"], best["time_s"])
        speedups = best[best["serial_speedup"].notna()]
        if not speedups.empty:
            axes[1].errorbar(speedups["size"], speedups["serial_speedup"],
                             yerr=style.error_bars(estimates(speedups, "serial_speedup")), **look)
            draw_marks(axes[1], speedups, speedups["size"], speedups["serial_speedup"])
        entries.append(Line2D([], [], label=f"{title}, {_workers(best)}", **look))
    axes[1].axhline(1, **style.IDEAL)
    for place in axes:
        place.set_xscale("log")
        place.set_xlabel(parameter)
    axes[0].set_yscale("log")
    axes[0].set_ylabel("time (s)")
    axes[1].set_ylabel("speedup over serial")
    axes[1].set_ylim(bottom=0)
    return entries + mark_handles(shown)


def _workers(points: pd.DataFrame) -> str:
    count = int(points["workers"].max())
    return "1 worker" if count == 1 else f"{count} workers"

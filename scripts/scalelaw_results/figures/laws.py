"""Measured speedups beside the predictions of the laws: one panel per series."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import MultipleLocator

from . import style
from .lines import Line, draw_line


def has_bands(predictions: pd.DataFrame) -> bool:
    """Whether any band is drawn: with too few launches, a law has none."""
    drawn = predictions[predictions["kind"].isin(["fitted", "extrapolated", "held_out"])]
    return bool((drawn["low"].notna() & drawn["high"].notna()).any())


def law_panel(axes, line: Line, predictions: pd.DataFrame, fits: pd.DataFrame) -> None:
    """One series as efficiency (speedup / workers), which separates laws that look alike as speedups.
    It shows the measurements, each law's fitted curve with its band, what was predicted before anything
    was scaled (thin, from the phases at one worker), and what was held out of the fit."""
    predictions = predictions.assign(
        **{name: 100 * predictions[name] / predictions["workers"] for name in ("speedup", "low", "high")}
    )
    axes.axhline(100, **style.IDEAL)
    simplest = next(iter(fits["law"]), None)  # the first of a series
    for law, (color, dashes, name) in style.law_looks(predictions["law"]).items():
        of_law = predictions[predictions["law"] == law]
        fitted = of_law[of_law["kind"].isin(["fitted", "extrapolated"])].sort_values("workers")
        fitted = fitted.drop_duplicates("workers")
        if _untested(fits, law) and law != simplest:
            fitted = fitted.iloc[:0]  # meets every point, as the simpler law does
        if not fitted.empty:
            axes.fill_between(fitted["workers"], fitted["low"], fitted["high"], color=color, alpha=0.2,
                              linewidth=0, zorder=1)
            axes.plot(fitted["workers"], fitted["speedup"], color=color, linestyle=dashes,
                      label=f"{name}{_parameters(fits, law)}", zorder=2)
        prior = of_law[of_law["kind"] == "a_priori"].sort_values("workers")
        if not prior.empty:
            # Every law says 100 % at one worker; on two cores that point makes the line.
            axes.plot([1, *prior["workers"]], [100, *prior["speedup"]], color=color, linewidth=0.8,
                      linestyle="-", label=f"{name}, a priori", zorder=2)
        held = of_law[of_law["kind"] == "held_out"]
        if not held.empty:
            errors = [(held["speedup"] - held["low"]).clip(lower=0), (held["high"] - held["speedup"]).clip(lower=0)]
            axes.errorbar(held["workers"] * 2**0.08, held["speedup"], yerr=errors, color=color, marker="x",
                          linestyle="none", label=f"{name}, held out", zorder=3)
    draw_line(axes, line, "own_efficiency", 0.01, joined=False)
    style.workers_axis(axes, [*line.points["workers"], *predictions["workers"]])
    values = list(100 * line.points["own_efficiency"].dropna())
    lowest = min([*values, *predictions["speedup"].dropna()], default=0)
    low = max(0, lowest - 10)
    # Room below the curves for the legend, where it hides nothing.
    axes.set_ylim(max(-60, low - 0.55 * (115 - low)), max([112, *(1.05 * v for v in values)]))
    axes.yaxis.set_major_locator(MultipleLocator(10 if low > 50 else 20))
    axes.set_yticks([tick for tick in axes.get_yticks() if tick >= low - 5])
    axes.set_ylabel("efficiency over one worker (%)")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", fontsize=7)


def _parameters(fits: pd.DataFrame, law: str) -> str:
    """The parameters of a fitted law that have no unit of time, by their symbols in its formula."""
    of_law = fits[(fits["law"] == law) & fits["identifiable"].astype(bool) & ~fits["parameter"].str.endswith("_s")]
    words = [
        f"{fit['symbol'] or fit['parameter']} = {fit['value']:.3g}"
        + (f" [{fit['low']:.2g}, {fit['high']:.2g}]" if fit["low"] == fit["low"] else "")
        for _, fit in of_law.iterrows()
    ]
    untested = " (untested)" if _untested(fits, law) else ""
    return f": {', '.join(words)}{untested}" if words else ""


def _untested(fits: pd.DataFrame, law: str) -> bool:
    """Whether the law has as many parameters as worker counts, so that it could not fail."""
    of_law = fits[(fits["law"] == law) & fits["identifiable"].astype(bool)]
    return bool(of_law["reason"].astype(str).str.contains("untested").any())

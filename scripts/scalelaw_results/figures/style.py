"""How every figure looks: colours that colour-blind readers tell apart, axes, and numbers."""

from __future__ import annotations

import math
import re

import matplotlib

matplotlib.use("Agg")  # no display is needed

from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator  # noqa: E402
from matplotlib.transforms import offset_copy  # noqa: E402

# Okabe & Ito's palette, and a marker each, so that print in grey stays readable: for a model by whether it has
# ranks, threads and a device.
MODELS = {
    (False, False, False): ("#444444", "o"),
    (False, True, False): ("#0072B2", "s"),
    (True, False, False): ("#D55E00", "^"),
    (True, True, False): ("#009E73", "D"),
    (False, False, True): ("#CC79A7", "P"),
    (False, True, True): ("#56B4E9", "X"),
    (True, False, True): ("#E69F00", "v"),
    (True, True, True): ("#F0E442", "*"),
}
LAWS = {
    "amdahl": ("#CC79A7", "--", "Amdahl"),
    "gustafson": ("#56B4E9", "--", "Gustafson"),
    "usl": ("#E69F00", "-.", "USL"),
    "latency_bandwidth": ("#009E73", ":", "latency/bandwidth"),
    "combine_tree": ("#666666", (0, (3, 1, 1, 1)), "tree of steps"),
}
OTHER_LAWS = (("#D55E00", (0, (5, 1))), ("#0072B2", (0, (1, 1))), ("#444444", (0, (5, 1, 1, 1))))
# The phases of each role, in the order in which a campaign's drivers name them; after the last colour the first
# comes again.
ROLES = {
    "parallel": ("#0072B2", "#4C9ACB", "#004C78"),
    "serial": ("#56B4E9", "#CC79A7", "#9AD1F3", "#8F4E73"),
    "transfer": ("#E69F00", "#D55E00", "#F5C56B", "#8F3F00"),
}
WAIT = ("#F0E442", "wait for the slowest")
IDLE = ("#DDDDDD", "done before the slowest")
# What marks a point: a pretended or simulated time is said in the title and across the figure as well.
MARKS = {
    "pending": ("P", "plus sign: interrupted"),
    "not_converged": (".", "dot in the marker: interval wider than the target"),
    "unstable": ("x", "times with two centres"),
    "oversubscribed": ("", "more workers than cores"),  # hollow
    "busy": ("o", "measured beside other work"),
    "pretended": ("*", "pretended time"),
    "simulated": ("*", "simulated time"),
}

IDEAL = {"color": "#999999", "linestyle": (0, (1, 1.5)), "linewidth": 1.2, "zorder": 1}

SETTINGS = {
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "errorbar.capsize": 3,
    "lines.markersize": 5.5,
    "lines.linewidth": 1.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
}


def model_looks(points) -> dict[str, tuple[str, str, str]]:
    """Colour, marker and title of each model that points have, the simplest first: fewer features, then the name."""
    features = ["ranked", "threaded", "device"]
    models = points.drop_duplicates("model").sort_values([*features, "model"])
    return {model["model"]: (*MODELS[tuple(bool(model[f]) for f in features)], model["model_title"] or model["model"])
            for _, model in models.iterrows()}


def law_looks(laws) -> dict[str, tuple]:
    """Colour, dashes and name of each of these laws; one that is not known here has its own name."""
    looks = {law: look for law, look in LAWS.items() if law in set(laws)}
    for law in dict.fromkeys(laws):
        looks.setdefault(law, (*OTHER_LAWS[len(looks) % len(OTHER_LAWS)], law))
    return looks


def part_key(role: str, name: str) -> str:
    """The key of a part of a pass: a phase, the wait or what is idle."""
    return f"{role}: {name}"


def phase_looks(phases) -> dict[str, tuple[str, str]]:
    """Colour and name of each part of a pass, from the bottom of a bar to its top: the items, then what is lost, in
    the order of time."""
    looks = {}
    for role, colors in ROLES.items():
        for place, name in enumerate(phases["name"][phases["role"] == role]):
            looks[part_key(role, name)] = (colors[place % len(colors)], name)
    parallel = {key: look for key, look in looks.items() if key.startswith("parallel: ")}
    in_time = [part_key(role, name) for role, name in zip(phases["role"], phases["name"])]
    others = {key: looks[key] for key in in_time if key in looks and key not in parallel}
    return parallel | {part_key("wait", "wait"): WAIT} | others | {part_key("idle", "idle"): IDLE}


def short_title(title: str) -> str:
    """A model's title without what it explains in brackets."""
    return re.sub(r" \([^)]*\)", "", title)


def workers_axis(axes, workers) -> None:
    """A log2 axis whose ticks are powers of two; where only other counts were measured, those."""
    counts = sorted({int(w) for w in workers} | {1})
    top = counts[-1]
    ticks = [2**i for i in range(math.ceil(math.log2(top)) + 1 if top > 1 else 1) if 2**i <= top]
    if len(counts) <= 6:
        ticks = counts
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    margin = 2**0.25
    axes.set_xlim(1 / margin, max(top, 2) * margin)
    axes.set_xlabel("workers (ranks × threads)")


def speedup_axis(axes, top: float, values) -> None:
    """Log2 both ways, so that ideal speedup is the diagonal; holds 1 to `top`, and all values."""
    axes.set_yscale("log", base=2)
    values = [v for v in values if v == v and v > 0]
    low, high = min([1, *values]), max([2, top, *values])
    axes.yaxis.set_major_locator(
        FixedLocator([2.0**i for i in range(math.floor(math.log2(low)), math.ceil(math.log2(high)) + 1)])
    )
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}" if y >= 1 else f"1/{1 / y:g}"))
    axes.set_ylim(low / 2**0.25, high * 2**0.25)


def quantity(unit: str, largest: float) -> tuple[float, str]:
    """The factor and the name for throughputs of `unit`: bytes become GB/s, pixels Mpixel/s."""
    prefixes = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")]
    names = {"bytes": "B", "pixels": "pixel", "numbers": "numbers"}
    name = names.get(unit, unit)
    for scale, prefix in prefixes:
        if largest >= scale or scale == 1:
            if unit == "numbers" and prefix:
                words = {"T": "10¹²", "G": "10⁹", "M": "10⁶", "k": "10³"}
                return scale, f"{words[prefix]} numbers/s"
            return scale, f"{prefix}{name}/s"
    raise AssertionError("unreachable")


def seconds(value: float) -> str:
    """A duration as people read it."""
    if not value == value:
        return "–"
    for scale, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def error_bars(estimates) -> list[list[float]]:
    """What matplotlib wants for yerr; nothing to see where there is no interval."""
    low = [e.value - e.low if e.low == e.low else 0.0 for e in estimates]
    high = [e.high - e.value if e.high == e.high else 0.0 for e in estimates]
    return [low, high]


def draw_mark(axes, x, y, mark: str, hollow: bool = False) -> None:
    """One mark on a point: a dot or a plus sign in it, a cross over it, a ring around it, a star beside it."""
    look = {"color": "black" if hollow else "white", "markersize": 4.5, "markeredgewidth": 0}
    if mark == "oversubscribed":  # where there is no marker that could be hollow
        look = {"color": "#444444", "markersize": 6, "markeredgewidth": 1, "markerfacecolor": "white"}
    if mark == "unstable":
        look = {"color": "black", "markersize": 8, "markeredgewidth": 1}
    if mark == "busy":
        look = {"color": "#444444", "markersize": 11, "markeredgewidth": 0.8, "markerfacecolor": "none"}
    if mark in ("pretended", "simulated"):
        beside = offset_copy(axes.transData, axes.figure, x=5, y=5, units="points")
        look = {"color": "#B00000", "markersize": 4, "markeredgewidth": 0, "transform": beside}
    axes.plot([x], [y], marker=MARKS[mark][0] or "o", linestyle="none", zorder=5, label="_", **look)


def watermark(figure, clock: str) -> None:
    """Says across the whole figure that nothing in it was measured."""
    figure.text(0.5, 0.5, clock.upper(), rotation=30, fontsize=60, color="#B00000", alpha=0.12,
                ha="center", va="center", zorder=10, fontweight="bold")


def legend_below(figure, entries) -> None:
    """A legend under all panels, in as many columns as the figure's width holds."""
    for count in range(len(entries), 0, -1):
        legend = figure.legend(handles=entries, loc="outside lower center", ncols=count)
        if count == 1 or legend.get_window_extent(figure.canvas.get_renderer()).width <= figure.bbox.width:
            return
        legend.remove()


def save(figure, folder, name: str, formats) -> list:
    """Writes the figure in every format; returns the paths."""
    paths = []
    for extension in formats:
        path = folder / f"{name}.{extension}"
        # No date inside: the same results give the same file.
        metadata = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(extension)
        figure.savefig(path, metadata=metadata)
        figure.set_layout_engine("none")  # the layout is found; finding it again takes the longest
        paths.append(path)
    plt.close(figure)
    return paths

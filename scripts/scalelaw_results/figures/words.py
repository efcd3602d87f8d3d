"""Numbers and sentences as people read them: durations, sizes, rates, baselines, where results come from."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..marks import MARKS, clock_warning

if TYPE_CHECKING:
    from .data import Data


def seconds(value: float) -> str:
    """A duration as people read it."""
    if not value == value:
        return "–"
    for scale, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def seconds_unit(largest: float) -> tuple[float, str]:
    """The unit in which durations up to `largest` are read, and its seconds."""
    return next(((scale, name) for scale, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")) if largest >= scale),
                (1e-9, "ns"))


def with_interval(value: float, low: float, high: float) -> str:
    """A value with its interval, all to the same decimal place, e.g. "0.0499 [0.0496, 0.0502]": that of the first digit
    of the half-width, or of its second where the first is below 3, and no more than three digits of the largest number.
    Without an interval, three digits."""
    if not low == low:
        return f"{value:.3g}"
    if not all(map(math.isfinite, (value, low, high))):  # an end that nothing bounds warrants no decimal place
        return f"{value:.3g} [{low:.3g}, {high:.3g}]"
    largest, half = max(abs(value), abs(low), abs(high)), (high - low) / 2
    place = math.floor(math.log10(half / 3)) if half > 0 else -math.inf
    if largest > 0:
        place = max(place, math.floor(math.log10(largest)) - 2)
    decimals = int(max(0, -place)) if math.isfinite(place) else 0
    return "{} [{}, {}]".format(*(f"{number:.{decimals}f}" for number in (value, low, high)))


def readable(size: float) -> str:
    """A size as people write it: 1e6, 2.5e7, 4096."""
    mantissa, _, exponent = f"{size:e}".partition("e")
    short = f"{float(mantissa):g}e{int(exponent)}"
    return short if size >= 10_000 and float(short) == size and len(short) <= 6 else f"{size:.12g}"


#: A row of a table, by column: a dict, or a pandas Series.
Row = Mapping[str, Any]


def placement(point: Row) -> str:
    return f"{point['nodes']}x{point['ranks_per_node']}x{point['threads']}"


def settings(values: dict[str, Any]) -> str:
    """Parameters or options in words, e.g. length = 1000."""
    return ", ".join(f"{name} = {_value(value)}" for name, value in (values or {}).items())


def _value(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return readable(value)
    return value if isinstance(value, str) else json.dumps(value)


def runner(point: Row) -> str:
    """The model, after its implementation where that is known and not ours, e.g. "openblas openmp"."""
    return point["model"] if point["implementation"] in ("scalelaw", "unknown") else f"{point['implementation']} {point['model']}"


def point_name(point: Row) -> str:
    """What tells a point from the others of its kernel, e.g. "openmp 1x1x4, strong, length = 1e6"."""
    return ", ".join(part for part in (f"{runner(point)} {placement(point)}", point["scaling"],
                                       settings(point["params"]), settings(point["options"])) if part)


def quantity(unit: str, largest: float) -> tuple[float, str]:
    """The factor and the name for throughputs of `unit`: bytes become GB/s, pixels Mpixel/s, and points million
    points/s.  (The font of the pictures has no raised digits beyond ³.)"""
    name = {"bytes": "B", "pixels": "pixel"}.get(unit)
    for scale, prefix, word in ((1e12, "T", "trillion "), (1e9, "G", "billion "), (1e6, "M", "million "),
                                (1e3, "k", "thousand ")):
        if largest >= scale:
            return scale, f"{prefix}{name}/s" if name else f"{word}{unit}/s"
    return 1, f"{name or unit}/s"


def span(values: Collection[float], words: Callable[[float], str] = str) -> str:
    """One value, or the least and the largest: '6', '6 to 8'."""
    least, most = (words(end) for end in (min(values), max(values)))
    return least if least == most else f"{least} to {most}"


def listed(words: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def marks_of(texts: Iterable[str]) -> str:
    """The marks that any of these texts has, each once."""
    return ", ".join(dict.fromkeys(mark for text in texts for mark in text.split(", ") if mark))


def best_serial(names: Iterable[str]) -> str:
    """What the best serial times of these names (column `serial_name` of /scaling) are called: one worker of a program
    that is not known to have a serial version is not called serial."""
    return "the best of one worker" if any(name.endswith("one worker") for name in names) else "serial"


def baseline(points: pd.DataFrame, rows: pd.DataFrame, kind: str) -> str:
    """What the speedups of `rows` are over: its seconds, and its experiment or scaling if that is another.
    `points`: all points of the campaign."""
    if kind == "serial":
        over = rows[rows["serial_point"] >= 0]
        if over.empty:
            return "no serial baseline was measured"
        words = f"over {best_serial(over['serial_name'])}: {span(over['serial_s'], seconds)}"
        marks = marks_of(over["serial_marks"])
        words += f", {marks}" if marks else ""
        bases = points.loc[over["serial_point"].unique()]
        elsewhere = sorted(set(bases["experiment"]) - set(rows["experiment"]))
        elsewhere += sorted(set(bases["scaling"]) - set(rows["scaling"]))
        return f"{words} ({', '.join(elsewhere)})" if elsewhere else words
    over = rows[rows["own_name"] != ""].drop_duplicates("series")
    if over.empty:
        return "no baseline of one worker was measured"
    fitted = (over["own_point"] < 0).any()
    marks = marks_of(over["own_marks"])
    return (f"over one worker of the same model: {span(over['own_s'], seconds)}" + (f", {marks}" if marks else "")
            + (" (from a fitted law where not measured)" if fitted else ""))


def repetition(rows: pd.DataFrame) -> str:
    """How often a point was launched and what the intervals are, e.g. 'medians of n = 8 launches ...'."""
    count = f"{span(rows['launches'])} launches"
    counted = "launches"
    if "allocations" in rows and (rows["allocations"] > 1).any():
        count += f" in {span(rows['allocations'])} allocations"
        counted = "allocations"
    known = rows["time_low_s"].notna()
    if not known.any():
        return f"medians of n = {count}, too few for intervals"
    some = "" if known.all() else f", where there are enough {counted}"
    return f"medians of n = {count} with 95 % rank intervals{some}"


def machine(environment: dict[str, str]) -> str:
    """The processor, and the cores that were allowed, as far as they are known; or the machine that was pretended, since
    the times say nothing of the one that wrote them."""
    if cores := environment.get("pretended.cores"):
        nodes = environment.get("pretended.nodes", "1")
        return f"pretended, {nodes} node{'' if nodes == '1' else 's'} with {cores} cores each"
    model = environment.get("cpu.model") or environment.get("cpu") or ""
    parts = [model if model != "unknown" else "", environment.get("cores.allowed", "")]
    return ", ".join(part for part in parts if part and part != "unknown") or "unknown"


def digest(config: str) -> str:
    """The start of the config's SHA-256, as `sha256sum` of the file shows it."""
    return hashlib.sha256(config.encode()).hexdigest()[:12]


def caption(data: Data, rows: pd.DataFrame, what: str, over: str) -> str:
    """The sentences under a figure: what it shows, over which baseline, how often it was measured, and what its marks
    mean.  `over`: the baseline; empty: it shows no speedup."""
    parts = []
    for file, label in enumerate(data.labels):
        of_file = rows[rows["file"] == file]
        if of_file.empty:
            continue
        facts = ([baseline(data.campaigns[file].points, of_file, over)] if over else []) + [repetition(of_file)]
        parts.append((f"{label}: " if len(data.labels) > 1 else "") + "; ".join(facts))
    sentences = [what[0].upper() + what[1:], *parts]
    said = " ".join(f"{sentence[0].upper() + sentence[1:]}." for sentence in sentences)
    return " ".join(part for part in (said, without(rows, over), marked(rows["marks"])) if part)


def without(rows: pd.DataFrame, over: str) -> str:
    """A sentence about the points that have no speedup over a baseline while others have one; empty where there are
    none."""
    if not over:
        return ""
    lacking = int(rows[f"{over}_speedup"].isna().sum())
    if lacking in (0, len(rows)):
        return ""
    return f"{lacking} of {len(rows)} points {'has' if lacking == 1 else 'have'} no such baseline, and are not shown."


def marked(texts: Iterable[str]) -> str:
    """Sentences about what the marks of points mean: of those that all points have, and of the others; empty where
    there are none.  `texts`: the marks of each point."""
    texts = list(texts)
    marks = [mark for mark in marks_of(texts).split(", ") if mark]
    common = [mark for mark in marks if all(mark in text.split(", ") for text in texts)]
    others = [mark for mark in marks if mark not in common]
    every = "All points are" if len(texts) > 1 else "The point is"
    return " ".join(f"{which} marked: {'; '.join(f'{mark} ({MARKS[mark]})' for mark in some)}."
                    for which, some in ((every, common), ("Some points are", others)) if some)


def heading(data: Data) -> list[str]:
    """What stands under the title of a picture for a screen: the campaign and its machine; first of all, that times
    were not measured."""
    warnings = [warning for campaign in data.campaigns if (warning := clock_warning(campaign.points))]
    names = [f"{campaign.name} · {machine(campaign.environment)}" for campaign in data.campaigns]
    return [*dict.fromkeys(warnings), *dict.fromkeys(names)]


def full_caption(data: Data, caption: str) -> str:
    """A caption with where the numbers come from, for a picture that stands alone."""
    several = len(data.campaigns) > 1
    origins = [
        (f"{label}: " if several else "")
        + f"Campaign '{campaign.name}', started {campaign.attributes.get('started', 'at an unknown time')}. "
        f"Machine: {machine(campaign.environment)}. Config: SHA-256 {digest(campaign.config)}."
        for label, campaign in zip(data.labels, data.campaigns)
    ]
    warnings = [f"{warning}." for campaign in data.campaigns if (warning := clock_warning(campaign.points))]
    return " ".join([*dict.fromkeys(warnings), caption, *origins])

"""Axes whose scale a reader may switch between linear and logarithmic.

Vega cannot change the type of a scale while it runs.  So every position is calculated first, as its log2 where the
parameter `scale` is "log"; the scale is linear, and ticks and labels undo the logarithm.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence

import altair as alt

#: What an axis label shows, before it is worded.
SHOWN = "(scale == 'log' ? pow(2, datum.value) : datum.value)"
LABEL_SECONDS = (
    f"{SHOWN} <= 0 ? '0' : {SHOWN} >= 0.9995 ? format({SHOWN}, '.3~g') + ' s' : {SHOWN} >= 0.0009995 ? "
    f"format(1e3 * {SHOWN}, '.3~g') + ' ms' : {SHOWN} >= 9.995e-7 ? format(1e6 * {SHOWN}, '.3~g') + ' µs' : "
    f"format(1e9 * {SHOWN}, '.3~g') + ' ns'"
)
LABEL_SPEEDUP = (f"{SHOWN} > 0 && {SHOWN} < 0.99 && scale == 'log' ? '1/' + format(1 / {SHOWN}, '~g') : "
                 f"format({SHOWN}, '~g')")
LABEL_COUNT = f"format({SHOWN}, '.6~g')"
MARGIN = 0.25  # of a doubling, at the ends of a logarithmic axis


def placed(value: str) -> str:
    """The position of a value, given as an expression."""
    return f"(scale == 'log' ? log({value}) / LN2 : ({value}))"


#: The ticks between two values.
Steps = Callable[[float, float], Sequence[float]]


def workers_axis(measured: Iterable[float], predicted: Iterable[float]) -> alt.X:
    """The axis of workers, in field `px`.  `measured`: counts of points; `predicted`: those that laws predict, for
    which there is room while laws are shown."""
    counts = sorted({int(count) for count in measured} | {1})
    far = sorted({int(count) for count in predicted} | set(counts))
    near_top, far_top = max(2, counts[-1]), max(2, far[-1])
    top = f"max(laws_shown ? {far_top} : {near_top}, workers || 0)"
    # Powers of two; where only a few other counts were measured, those.
    if len(counts) <= 6 and any(count & (count - 1) for count in counts):
        beyond = [count for count in far if count > counts[-1]]
        known, more = ([math.log2(count) for count in some] for some in (counts, beyond))
        ticks = f"laws_shown ? {json.dumps(known + more)} : {json.dumps(known)}"
    else:
        ticks = f"sequence(0, floor(log({top}) / LN2 + 1e-9) + 1)"
    axis = alt.Axis(
        title="workers (ranks × threads)", values=alt.ExprRef(f"scale == 'log' ? ({ticks}) : null"),
        labelExpr=LABEL_COUNT, labelOverlap="parity", tickMinStep=1, grid=False,
    )
    domain = [alt.ExprRef(f"scale == 'log' ? -{MARGIN} : 0"),
              alt.ExprRef(f"scale == 'log' ? log({top}) / LN2 + {MARGIN} : 1.06 * ({top})")]
    return alt.X(field="px", type="quantitative", axis=axis, scale=alt.Scale(domain=domain, nice=False, zero=False))


def switched_axis(title: str, label: str, ends: dict[str, tuple[float, float]], steps: Steps) -> alt.Y:
    """An axis of values, in field `py`, linear or logarithmic.  `ends`: an expression with the least and the largest
    value that it must hold where the expression is true; the last expression is not asked.  `steps`: the ticks between
    two values on a logarithmic axis."""
    low, high, ticks = [], [], []
    for condition, (least, most) in ends.items():
        low.append((condition, f"scale == 'log' ? {math.log2(least) - MARGIN:.6g} : 0"))
        high.append((condition, f"scale == 'log' ? {math.log2(most) + MARGIN:.6g} : {1.05 * most:.6g}"))
        values = [round(math.log2(value), 9) for value in steps(least / 2**MARGIN, most * 2**MARGIN)]
        ticks.append((condition, json.dumps(values)))
    axis = alt.Axis(title=title, labelExpr=label, labelOverlap="parity",
                    values=alt.ExprRef(f"scale == 'log' ? ({chosen(ticks)}) : null"))
    domain = [alt.ExprRef(chosen(low)), alt.ExprRef(chosen(high))]
    return alt.Y(field="py", type="quantitative", axis=axis, scale=alt.Scale(domain=domain, nice=False, zero=False))


def percent_axis(title: str, ends: dict[str, tuple[float, float]]) -> alt.Y:
    """A linear axis in percent, in field `py`, which holds these values and 100; it begins at 0 unless all are above
    half of the ideal.  `ends` as for switched_axis()."""
    low, high = [], []
    for condition, (least, most) in ends.items():
        low.append((condition, "50" if least > 55 else "0"))
        high.append((condition, f"{max(112, 1.04 * most):.6g}"))
    domain = [alt.ExprRef(chosen(low)), alt.ExprRef(chosen(high))]
    return alt.Y(field="py", type="quantitative", axis=alt.Axis(title=title, labelOverlap="parity", tickCount=6),
                 scale=alt.Scale(domain=domain, nice=False, zero=False))


def linear_axis(title: str, ends: dict[str, tuple[float, float]]) -> alt.Y:
    """A linear axis from 0, in field `py`.  `ends` as for switched_axis()."""
    top = chosen([(condition, f"{1.08 * most:.6g}") for condition, (_, most) in ends.items()])
    return alt.Y(field="py", type="quantitative", axis=alt.Axis(title=title, labelOverlap="parity", tickCount=6),
                 scale=alt.Scale(domain=[0, alt.ExprRef(top)], nice=False, zero=False))


def chosen(cases: list[tuple[str, str]]) -> str:
    """An expression for the value of the first case whose condition is true; the last is for everything else."""
    *others, (_, last) = cases
    if all(value == last for _, value in others):
        return f"({last})"
    return "".join(f"{condition} ? ({value}) : " for condition, value in others) + f"({last})"


def doublings(low: float, high: float) -> list[float]:
    """The powers of two from `low` to `high`."""
    return [2.0**i for i in range(math.ceil(math.log2(low) - 1e-9), math.floor(math.log2(high) + 1e-9) + 1)]


#: The steps of ticks in a decade, in the order in which they are tried until there are three ticks.
STEPS = ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8), (*(1 + i / 5 for i in range(5)), *(2 + i / 2 for i in range(16))),
         [1 + i / 10 for i in range(90)])


def round_values(low: float, high: float) -> list[float]:
    """Values that people count in, from `low` to `high`: 1, 2, 5, 10, ... ; powers of ten where these would be many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in STEPS if math.log10(high / low) < 2.5 else ((1,),):
        values = [float(f"{step}e{i}") for i in decades for step in steps]
        values = [value for value in values if low <= value <= high]
        if len(values) >= 3:
            break
    return values

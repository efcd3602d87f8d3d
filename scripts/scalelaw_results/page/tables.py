"""Tables as data, and how numbers are shown in them.  template/table.html writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

from ..figures.words import quantity
from ..marks import MARKS

#: How serious a state, a verdict or a standing is; style.css has a colour for each.
TONES = {
    "converged": "good", "kept": "good", "faster": "good", "same": "good",
    "not_converged": "fair", "too_noisy": "fair", "unstable": "fair", "pending": "fair", "partly": "fair",
    "undecided": "fair",
    "wrong_result": "bad", "invalid": "bad", "timeout": "bad", "crashed": "bad", "broken": "bad", "slower": "bad",
    "pretended": "bad", "simulated": "bad",
}


#: None and NaN: not known.
Number = float | None


@dataclass(frozen=True)
class Chip:
    """A word in a small box, such as a state; `tone`: good, fair, bad or plain; `meaning` explains it."""

    text: str
    tone: str = "plain"
    meaning: str = ""


@dataclass(frozen=True)
class Cell:
    """`text` is shown, with `small` behind it; rows are sorted by `value`, which has a number's every digit."""

    text: str
    value: float | str | None = None
    small: str = ""
    chips: tuple[Chip, ...] = ()
    code: bool = False


@dataclass(frozen=True)
class Column:
    title: str
    number: bool = False


@dataclass
class Table:
    """`rows` are pairs: what the controls choose rows by, e.g. {"model": "openmp"}, and the cells."""

    caption: str
    columns: list[Column]
    rows: list[tuple[dict[str, str], list[Cell]]] = field(default_factory=list)
    name: str = ""  # of its place in the page, where scripts look for it
    note: str = ""

    def only_filled(self) -> Table:
        """The table without columns in which no row has anything, nor several that all say the same without a number."""
        keep = [i for i in range(len(self.columns)) if any(cells[i].text or cells[i].chips for _, cells in self.rows)]
        return Table(self.caption, [self.columns[i] for i in keep],
                     [(about, [cells[i] for i in keep]) for about, cells in self.rows], self.name, self.note)


def known(value: Number) -> TypeGuard[float]:
    return value is not None and not math.isnan(value)


def word(value: object) -> Cell:
    text = "" if value is None else str(value)
    return Cell(text, text)


def count(value: Number) -> Cell:
    return Cell(f"{int(value)}", int(value)) if known(value) else Cell("")


def number(value: Number, low: Number = None, high: Number = None, digits: int = 2) -> Cell:
    """A plain number with its interval, e.g. a speedup."""
    if value is None or not known(value):
        return Cell("")
    interval = f"[{low:.{digits}f}, {high:.{digits}f}]" if known(low) and known(high) else ""
    return Cell(f"{value:.{digits}f}", float(value), interval)


def significant(value: Number, low: Number = None, high: Number = None) -> Cell:
    """A number of any size, in three digits."""
    if value is None or not known(value):
        return Cell("")
    interval = f"[{low:.3g}, {high:.3g}]" if known(low) and known(high) else ""
    return Cell(f"{value:.3g}", float(value), interval)


def per_cent(value: Number, low: Number = None, high: Number = None) -> Cell:
    if value is None or not known(value):
        return Cell("")
    interval = f"[{100 * low:.0f}, {100 * high:.0f}]" if known(low) and known(high) else ""
    return Cell(f"{100 * value:.0f} %", float(value), interval)


def seconds(value: Number, low: Number = None, high: Number = None) -> Cell:
    """A duration with its interval in the same unit."""
    if value is None or not known(value):
        return Cell("")
    scale, unit = next(((scale, unit) for scale, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")) if value >= scale),
                       (1e-9, "ns"))
    digits = max(0, 3 - math.floor(math.log10(value / scale))) if value > 0 else 0
    interval = (f"[{low / scale:.{digits}f}, {high / scale:.{digits}f}]" if known(low) and known(high) else "")
    return Cell(f"{value / scale:.{digits}f} {unit}", float(value), interval)


def rate(value: Number, unit: str) -> Cell:
    """An amount per second, as the figures show it, e.g. 17.4 GB/s."""
    if value is None or not known(value):
        return Cell("")
    scale, name = quantity(unit, value)
    return Cell(f"{value / scale:.3g} {name}", float(value))


def chips(state: str, marks: Iterable[str] = ()) -> Cell:
    """A state, and what else a reader must know."""
    names = [state, *(mark for mark in marks if mark and mark != state)]
    return Cell("", " ".join(names), chips=tuple(chip(name) for name in names if name))


def chip(name: str) -> Chip:
    return Chip(name.replace("_", " "), TONES.get(name, "plain"), MARKS.get(name, ""))

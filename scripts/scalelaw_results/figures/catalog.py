"""All figures that results give."""

from __future__ import annotations

from . import scaling
from .data import Data
from .figure import Figure


def catalog(data: Data) -> list[Figure]:
    """Every figure that this data gives, in the order in which a reader wants them: for each selection (group, size,
    kind of scaling) what is drawn over workers, then where the time goes; then what concerns the whole campaign."""
    figures = []
    for selection in data.selections():
        figures += [make(data, selection) for make in (scaling.speedup, scaling.efficiency, scaling.time)]
    return figures

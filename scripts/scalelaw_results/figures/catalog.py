"""All figures that results give."""

from __future__ import annotations

from . import account, launches, scaling, sizes
from .data import Data
from .figure import Figure


def catalog(data: Data) -> list[Figure]:
    """Every figure that this data gives, in the order in which a reader wants them: for each selection (group, size,
    kind of scaling) what is drawn over workers, then where the time goes; then what concerns the whole campaign."""
    figures = []
    for selection in data.selections():
        for make in (scaling.speedup, scaling.efficiency, scaling.time, scaling.throughput, scaling.ceiling,
                     account.phases, account.waterfall):
            figures.append(make(data, selection))
        figures += scaling.laws_of_series(data, selection) + launches.ranks(data, selection)
    for group in data.parameters:
        figures += sizes.sizes(data, group)
    figures.append(launches.launches(data))
    return [figure for figure in figures if figure is not None]

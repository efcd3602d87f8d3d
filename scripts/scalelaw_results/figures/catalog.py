"""All figures that results give."""

from __future__ import annotations

from altair.utils import schemapi

from . import account, launches, roofline, scaling, simulation, sizes, turns
from .data import Data
from .figure import Figure

#: What is drawn of each selection, in the order in which a reader wants it.
OF_SELECTION = (scaling.speedup, scaling.efficiency, scaling.time, scaling.throughput, scaling.ceiling, account.phases,
                account.waterfall)


def catalog(data: Data) -> list[Figure]:
    """Every figure that this data gives, in the order in which a reader wants them: for each selection (group, size,
    kind of scaling) what is drawn over workers, where the time goes, the laws and the ranks; then the sizes of groups
    that sweep them, and from which size on peers are faster; then what concerns the whole campaign."""
    figures = []
    with schemapi.debug_mode(False):  # checking each part against Vega-Lite's schema takes longer than making it
        for selection in data.selections():
            figures += [make(data, selection) for make in OF_SELECTION]
            figures += scaling.laws_of_series(data, selection) + launches.ranks(data, selection)
        for group in data.parameters:
            figures += sizes.sizes(data, group)
        figures += simulation.simulations(data)
        figures += roofline.rooflines(data)
        figures += [turns.turns(data), launches.launches(data)]
    return [figure for figure in figures if figure is not None]

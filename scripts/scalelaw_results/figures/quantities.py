"""What is drawn over workers, and from which columns of /scaling."""

from __future__ import annotations

from dataclasses import dataclass

from ..scaling import columns_of
from .scales import placed

#: The baselines of speedups, as the parameter `baseline` names them.
BASELINES = {"serial": "over serial", "own": "over one worker"}


@dataclass(frozen=True)
class Quantity:
    """A quantity, with the expressions (of Vega) that give it.

    column   in /scaling, without its baseline, unit and end
    factor   what the column is multiplied by
    compared whether it is over a baseline, so that there is a column for each
    doubled  whether its axis may be logarithmic
    launch   of one launch, from layers.launches(); empty: launches are not shown
    law      of a law's speedup, from laws.curves(); empty: laws are not shown
    """

    kind: str
    title: str
    column: str
    factor: float = 1
    compared: bool = False
    doubled: bool = False
    launch: str = ""
    law: str = ""

    def columns(self, baseline: str) -> list[str]:
        """The columns of the value and of the ends of its interval, if it has one."""
        if self.column == "ceiling_share":
            return [self.column]
        return columns_of(f"{baseline}_{self.column}" if self.compared else self.column)

    def position(self, end: str) -> str:
        """The position of the value, or of an end of its interval ("low", "high"), from the fields of fields()."""
        name = f"datum[baseline + '_{end}']" if self.compared else f"datum.{end}"
        # A number that is not known is null, and a multiple of null would be 0.
        return self.place(f"(isValid({name}) ? {self.factor:g} * {name} : NaN)" if self.factor != 1 else name)

    def place(self, value: str) -> str:
        """The position of an expression in the unit of the axis."""
        return placed(value) if self.doubled else f"({value})"

    def fields(self) -> dict[str, str]:
        """The columns that position() needs, by the names that it gives them."""
        ends = ("value", "low", "high")
        if not self.compared:
            return dict(zip(ends, self.columns("")))
        return {f"{base}_{end}": column for base in BASELINES for end, column in zip(ends, self.columns(base))}


OVER = "(baseline == 'serial' ? datum.over_serial : 1)"
SPEEDUP = Quantity("speedup", "speedup", "speedup", compared=True, doubled=True,
                   launch="datum[baseline] / datum.launch_s", law=f"datum.speedup * {OVER}")
EFFICIENCY = Quantity("efficiency", "efficiency (%)", "efficiency", factor=100, compared=True,
                      launch="100 * datum[baseline] / datum.launch_s / datum.p",
                      law=f"100 * datum.speedup * {OVER} / datum.p")
TIME = Quantity("time", "time", "time", doubled=True, launch="datum.launch_s", law="datum.one_s / datum.speedup")
CEILING = Quantity("ceiling", "share of the memory read ceiling (%)", "ceiling_share", factor=100)


def throughput(unit: str, scale: float) -> Quantity:
    """The throughput in a unit of `scale` per second."""
    return Quantity("throughput", f"throughput ({unit})", "rate", factor=1 / scale,
                    launch=f"datum.amount / datum.launch_s / {scale:g}")

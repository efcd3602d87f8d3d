"""What figures are drawn of: the timed points of one or several results files, in groups that are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from .. import program
from ..campaign import Campaign, ResultsError
from ..scaling import is_ceiling, scaling
from .looks import file_part
from .words import readable

T = TypeVar("T")


@dataclass(frozen=True)
class Selection:
    """Which points a figure shows: those of one group (a kernel, after its experiment where that has a name of its
    own), of one size where the group sweeps it (else None), and of one kind of scaling (None: both)."""

    group: str
    size: float | None = None
    scaling: str | None = None



    def both(self) -> Selection:
        """Strong and weak scaling together."""
        return Selection(self.group, self.size)


class Data:
    """The timed points of one or several campaigns.  The first is drawn in full, the others over it.

    `points`: scaling() of every campaign, one below the other, without the machine's ceilings (unless nothing else was
    measured), and with these columns beside it: `file` (which campaign, from 0), `point` (the row in its /points),
    `group` and `size` (of Selection).

    `omitted`: sentences about what the program was asked for and could not say, e.g. because it is not there.
    """

    def __init__(self, campaigns: list[Campaign]):
        if not campaigns:
            raise ValueError("no results file was given")
        self.campaigns = tuple(campaigns)
        self.labels = _labels(campaigns)
        self.omitted: list[str] = []
        self._kept: dict[Hashable, Any] = {}
        self.points = self._grouped()
        self.parameters = {group: size_parameter(rows) for group, rows in self.points.groupby("group", sort=False)}
        self.points["size"] = self._sizes()

    def _grouped(self) -> pd.DataFrame:
        tables = [scaling(campaign).rename_axis("point").reset_index().assign(file=number)
                  for number, campaign in enumerate(self.campaigns)]
        table = pd.concat(tables, ignore_index=True)
        table = table[table["timed"].astype(bool)]
        if table.empty:
            raise ValueError("no point was measured, so there is nothing to draw")
        own = table[~is_ceiling(table)]
        table = (table if own.empty else own).copy()
        names: dict[tuple[str, str], str] = {}
        for kernel, experiment in zip(table["kernel"], table["experiment"]):
            if (kernel, experiment) not in names:
                alone = table[table["kernel"] == kernel]["experiment"].nunique() <= 1
                name = kernel if alone or experiment == kernel else f"{kernel}-{experiment}"
                name = file_part(name)
                while name in names.values():  # "a b" and "a_b" are two experiments
                    name += "_"
                names[(kernel, experiment)] = name
        return table.assign(group=[names[pair] for pair in zip(table["kernel"], table["experiment"])])

    def _sizes(self) -> pd.Series:
        """The size of each point, where its group sweeps it; a weak series belongs to the size that it starts from."""
        sizes = pd.Series(float("nan"), index=self.points.index)
        for group, parameter in self.parameters.items():
            rows = self.points[self.points["group"] == group]
            if parameter:
                first = rows.sort_values("workers", kind="stable").groupby(["file", "series"])["params"].first()
                sizes[rows.index] = [float(first[key][parameter]) for key in zip(rows["file"], rows["series"])]
        return sizes

    def selections(self) -> list[Selection]:
        """The selections that have points, in the order of the campaign: groups, their sizes, strong before weak."""
        found = []
        for group, rows in self.points.groupby("group", sort=False):
            sizes = sorted(rows["size"].dropna().unique()) or [None]
            found += [Selection(group, size, kind) for size in sizes for kind in ("strong", "weak")
                      if not self.rows(Selection(group, size, kind)).empty]
        return found

    def overview(self) -> list[Selection]:
        """Of each group the selections of its largest size: it scales best, and is usually meant."""
        largest = {selection.group: selection.size for selection in self.selections()}
        return [selection for selection in self.selections() if selection.size == largest[selection.group]]

    def rows(self, selection: Selection) -> pd.DataFrame:
        """The points of a selection.  Whoever asks must not change them: they are kept while `points` are the same."""
        of_points, rows = self._kept.get(("rows", selection), (None, None))
        if of_points is not self.points or rows is None:
            rows = self._rows(selection)
            self._kept["rows", selection] = self.points, rows
        return rows

    def _rows(self, selection: Selection) -> pd.DataFrame:
        rows = self.points[self.points["group"] == selection.group]
        if selection.size is not None:
            rows = rows[rows["size"] == selection.size]
        return rows if selection.scaling is None else rows[rows["scaling"] == selection.scaling]

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave when it was first asked for by this key."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def table(self, name: str) -> pd.DataFrame:
        """A table of every campaign, e.g. `predictions`, one below the other, with the column `file`."""
        return self.kept(name, lambda: pd.concat(
            [getattr(campaign, name).assign(file=number) for number, campaign in enumerate(self.campaigns)],
            ignore_index=True))

    def by_series(self, name: str) -> dict[tuple[int, int], list[dict[str, Any]]]:
        """The rows of such a table with the column `series`, in their order, by file and series."""
        def make() -> dict[tuple[int, int], list[dict[str, Any]]]:
            rows: dict[tuple[int, int], list[dict[str, Any]]] = {}
            for row in records(self.table(name)):
                rows.setdefault((row["file"], row["series"]), []).append(row)
            return rows
        return self.kept(("by series", name), make)

    def waterfalls(self) -> pd.DataFrame:
        """The lost efficiency of points by its causes: `file`, `point`, `loss` and a column a cause."""
        return self._answers("where the efficiency went", program.waterfalls)

    def crossovers(self) -> pd.DataFrame:
        """Where the advised model changes with the size: `file` and the columns of program.crossovers()."""
        return self._answers("at which size the winner changes", program.crossovers)

    def turns(self) -> pd.DataFrame:
        """From which size on each implementation is faster than another: `file` and the columns of program.turns()."""
        return self._answers("from which size on which implementation is faster", program.turns)

    def outlook(self) -> dict[tuple[int, int], list[dict[str, Any]]]:
        """What the laws say of 2 and 4 times the workers that were measured, by file and series: rows as of
        /predictions."""
        def ask(path: Path) -> pd.DataFrame:
            most = self.points.groupby("series")["workers"].max()
            return program.predict(path, sorted({int(count) * factor for count in most for factor in (2, 4)}),
                                   laws="all", far=True)
        def make() -> dict[tuple[int, int], list[dict[str, Any]]]:
            rows: dict[tuple[int, int], list[dict[str, Any]]] = {}
            most = self.points.groupby(["file", "series"])["workers"].max().to_dict()
            for row in records(self._answers("what laws say beyond the data", ask)):
                key = (row["file"], row["series"])
                if most.get(key, 0) < row["workers"] <= 4 * most.get(key, 0) and row["speedup"] == row["speedup"]:
                    rows.setdefault(key, []).append(row)
            return rows
        return self.kept("outlook", make)

    def _answers(self, what: str, ask: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
        """What the program says of each file; nothing where it cannot be asked."""
        def ask_all() -> pd.DataFrame:
            try:
                return pd.concat([ask(campaign.path).assign(file=number)
                                  for number, campaign in enumerate(self.campaigns)], ignore_index=True)
            except ResultsError as error:
                self.omitted.append(f"{what} is not shown: {error}")
                return pd.DataFrame()
        return self.kept(what, ask_all)

    def named(self, selection: Selection) -> str:
        """The start of the name of a figure of this selection, e.g. dot_product-length-1e6-strong."""
        parameter = self.parameters[selection.group] or ""
        size = [parameter, readable(selection.size)] if selection.size is not None else []
        return "-".join([selection.group, *size, *([selection.scaling] if selection.scaling else [])])

    def titled(self, selection: Selection) -> str:
        """What a selection is called in a heading, e.g. 'dot_product, length 1e6, strong scaling'."""
        parts = [selection.group]
        experiments = sorted(set(self.rows(selection)["experiment"]) - {selection.group})
        parts += [f"experiment {name}" for name in experiments if name not in selection.group]
        if selection.size is not None:
            parts.append(f"{self.parameters[selection.group]} {readable(selection.size)}")
        return ", ".join([*parts, *([f"{selection.scaling} scaling"] if selection.scaling else [])])

    def model_title(self, model: str) -> str:
        """How people write a model's name."""
        title = self.points.loc[self.points["model"] == model, "model_title"].iloc[0]
        return title or model

    def clocks(self) -> list[str]:
        """The clocks beside the real one that points of any campaign have."""
        return [clock for clock in ("pretended", "simulated")
                if any((campaign.points["clock"] == clock).any() for campaign in self.campaigns)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries: what to_dict("records") gives, in a tenth of its time."""
    columns = [table[name].tolist() for name in table.columns]
    return [dict(zip(table.columns, values)) for values in zip(*columns)]


def _labels(campaigns: list[Campaign]) -> list[str]:
    """What each campaign is called beside the others: its file's name, with as much of the path as tells them apart."""
    paths = [Path(campaign.path).resolve() for campaign in campaigns]
    for depth in range(1, max(len(path.parts) for path in paths) + 1):
        labels = ["/".join((*path.parts[-depth:-1], path.stem)) for path in paths]
        if len(set(labels)) == len(labels):
            return labels
    return [f"{label} #{number + 1}" for number, label in enumerate(labels)]


def size_parameter(rows: pd.DataFrame) -> str | None:
    """The one numeric parameter in which the strong series of a model differ; None unless there is exactly
    one."""
    strong = rows[rows["scaling"] == "strong"]
    differing = set()
    for _, of_model in strong.groupby(["file", "model"]):
        for name in of_model["params"].iloc[0] or {}:
            values = {params.get(name) for params in of_model["params"]}
            if len(values) > 1 and all(isinstance(value, (int, float)) for value in values):
                differing.add(name)
    return differing.pop() if len(differing) == 1 else None

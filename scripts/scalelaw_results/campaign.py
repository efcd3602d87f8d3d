"""Reads a results file of scalelaw into pandas tables.  See docs/results-file.md for the file."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from . import program, schema_1, seal
from .program import ResultsError as ResultsError

SCHEMA = 2
LAST_UNSEALED_SCHEMA = 1
#: What was measured.
TABLES = ("points", "launches", "samples", "phases", "ranks", "phase_times")
#: What the program derived from it.
DERIVED = ("scaling", "account", "fits", "predictions", "findings")
#: Tables that files of schema 1 lack; schema_1.py makes them.
ADDED_TABLES = ("phases", "phase_times")
#: Columns of /scaling that files of earlier programs lack, and what they hold where nothing is known.
ADDED_TO_SCALING = {"limit": "", "limit_point": -1, "limit_share": float("nan"), "limit_marks": ""}
JSON_COLUMNS = {
    "points": ("params", "options", "work"),
    "launches": ("header",),
    "samples": ("facts",),
    "scaling": ("times_s",),
}


@dataclass
class Campaign:
    """What one campaign left behind.

    points, launches, samples, phases, ranks, phase_times: one pandas table each.  Rows refer to rows of other tables by
    number: launches.point, samples.launch, ranks.sample, phase_times.phase.  Columns that hold JSON (points.params,
    .options, .work) are dictionaries.  units[table][column] is a column's unit.

    scaling, account, fits, predictions, findings: the derived tables, as they are in the file.  For a file without
    /scaling, which an older program wrote, the program derives them when the first is asked for.
    """

    path: Path
    name: str
    config: str
    seed: int
    attributes: dict[str, object]
    environment: dict[str, str]
    points: pd.DataFrame
    launches: pd.DataFrame
    samples: pd.DataFrame
    phases: pd.DataFrame
    ranks: pd.DataFrame
    phase_times: pd.DataFrame
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    #: The derived tables; None: not yet asked for.
    derived: dict[str, pd.DataFrame] | None = None

    def _derived(self, name: str) -> pd.DataFrame:
        if self.derived is None:
            self.derived, units = program.derived_tables(self.path)
            self.units |= units
        return self.derived[name]

    @property
    def scaling(self) -> pd.DataFrame:
        return self._derived("scaling")

    @property
    def account(self) -> pd.DataFrame:
        return self._derived("account")

    @property
    def fits(self) -> pd.DataFrame:
        return self._derived("fits")

    @property
    def predictions(self) -> pd.DataFrame:
        return self._derived("predictions")

    @property
    def findings(self) -> pd.DataFrame:
        return self._derived("findings")

    def counted_launches(self) -> pd.DataFrame:
        """The launches that count: not those of points that were measured again since (--retry)."""
        return self.launches[~self.launches["superseded"].astype(bool)]

    def counted_samples(self) -> pd.DataFrame:
        """The samples of the launches that count, diagnostic ones and those that went wrong too."""
        return self.samples[self.samples["launch"].isin(self.counted_launches().index)]

    def timed_samples(self) -> pd.DataFrame:
        """The samples that are timings (not diagnostic ones, whose extra barrier costs time) of
        launches that ended well and still count, with the columns of their launch and point beside
        them.  A sample has a row for each point that shares its launch; `launched` is the point that
        the launch is stored under."""
        launches = self.counted_launches().rename_axis("launch").reset_index()
        launches = launches.rename(
            columns={"point": "launched", "state": "launch_state", "reason": "launch_reason",
                     "nodes": "launch_nodes"})
        points = self.points.rename_axis("point").reset_index()
        points["launched"] = points["point"].where(points["shares"] < 0, points["shares"])
        samples = self.samples[~self.samples["diagnostic"].astype(bool)]
        joined = samples.merge(launches, on="launch").merge(points, on="launched")
        return joined[joined["launch_state"] == "ok"]


def text(value: object) -> str:
    """Text of an attribute or a cell, however HDF5 stored it."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def load(path: str | Path) -> Campaign:
    """Reads the results file at `path`.

    Raises FileNotFoundError, or ResultsError for a file that is not such a file, that is damaged or was changed
    after it was written, or that is newer than this program.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    if not path.is_file():
        raise ResultsError(f"{path} is not a regular file")
    try:
        sealed = seal.is_intact(path)
        # Files are complete when they appear: no lock is needed, and some file systems have none.
        file = h5py.File(path, "r", locking=False)
    except seal.SealError as error:
        raise ResultsError(str(error)) from error
    except OSError as error:
        raise ResultsError(f"{path} is not an HDF5 file, or is damaged: {error}") from error
    with file:
        try:
            return _read(path, file, sealed)
        except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ResultsError(f"{path} is damaged: {error}; restore it from a copy") from error


def _read(path: Path, file: h5py.File, sealed: bool) -> Campaign:
    attributes = {name: _plain(value) for name, value in file.attrs.items()}
    if "schema" not in attributes:
        raise ResultsError(f"{path} is an HDF5 file, but not one of scalelaw (no schema version)")
    schema = int(attributes["schema"])
    if schema > SCHEMA:
        raise ResultsError(
            f"{path} has schema {schema}, this program reads up to {SCHEMA}: "
            "take the plotting scripts of the version that wrote it"
        )
    if schema > LAST_UNSEALED_SCHEMA and not sealed:
        raise ResultsError(f"{path} has lost the checksum at its start: copy results files as they are")
    present = [name for name in TABLES if name in file]
    missing = set(TABLES) - set(present) - set(ADDED_TABLES)
    if missing:
        raise ResultsError(f"{path} lacks the tables: {', '.join(sorted(missing))}")
    tables = {name: _table(file[name], JSON_COLUMNS.get(name, ())) for name in present}
    units = {name: _units(file[name]) for name in present}
    schema_1.complete(tables, units)
    derived = None
    if all(name in file for name in DERIVED):
        derived = {name: _table(file[name], JSON_COLUMNS.get(name, ())) for name in DERIVED}
        for column, unknown in ADDED_TO_SCALING.items():
            if column not in derived["scaling"]:
                derived["scaling"][column] = unknown
        units |= {name: _units(file[name]) for name in DERIVED}
    campaign = {name: _plain(value) for name, value in file["campaign"].attrs.items()}
    campaign |= {name: _plain(item[()]) for name, item in file["campaign"].items()}
    return Campaign(
        path=path,
        name=text(campaign.get("name", path.stem)),
        config=text(campaign.get("config", "")),
        seed=int(campaign.get("seed", 0)),
        attributes=attributes | campaign,
        environment={k: text(_plain(v)) for k, v in file["environment"].attrs.items()},
        units=units,
        derived=derived,
        **tables,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return text(value)
    return value.item() if isinstance(value, np.generic) else value


def _table(dataset: h5py.Dataset, json_columns: Collection[str]) -> pd.DataFrame:
    frame = pd.DataFrame(dataset[:])
    for column in frame.columns:
        if frame[column].dtype == object:
            texts = [text(value) for value in frame[column]]
            frame[column] = [json.loads(value) for value in texts] if column in json_columns else texts
    return frame


def _units(dataset: h5py.Dataset) -> dict[str, str]:
    units = dataset.attrs.get("units", [])
    return dict(zip(dataset.dtype.names, (text(unit) for unit in units)))

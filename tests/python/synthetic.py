"""A results file with known contents, made by the harness itself: `scalelaw run --launcher fake` writes what drivers
would on a machine with T(p) = T1 (s + (1 - s)/p), by Gustafson's law for weak series, and a little noise."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scalelaw_results import load, seal
from scalelaw_results.campaign import DERIVED, JSON_COLUMNS, TABLES

PROGRAMS = Path(os.environ.get("SCALELAW_BIN", ""))
SERIAL_FRACTION = 0.05
LAUNCHES, SAMPLES = 8, 3
CONFIG = f"""
[campaign]
name = "synthetic"
[measuring]
samples = {SAMPLES}
launches_min = {LAUNCHES}
launches_max = {LAUNCHES}
[machine]
cores = 8
memory = "16Gi"
last_level_cache = "32Mi"
[[experiment]]
kernel = "dot_product"
scaling = ["strong", "weak"]
size = 1e6
ranks = [1, 2, 4, 8]
threads = [1, 2, 4, 8]
[[experiment]]
kernel = "matrix_mean"
models = ["serial", "openmp", "mpi"]
scaling = ["strong", "weak"]
size = 1000
ranks = [1, 2, 4]
threads = [1, 2, 4]
[[experiment]]
name = "sweep"
kernel = "calibration"
models = ["serial", "openmp", "mpi"]
size = [1e4, 1e6, 1e8]
ranks = [1, 2, 4]
threads = [1, 2, 4]
"""
#: The kernel and the parameter of the experiment that sweeps its size.
SWEPT, SIZE = "calibration", "operations"


@functools.cache
def _file() -> bytes:
    missing = [name for name in ("scalelaw", "scalelaw-serial", "scalelaw-openmp", "scalelaw-mpi", "scalelaw-hybrid")
               if not (PROGRAMS / name).is_file()]
    if missing:
        raise unittest.SkipTest(f"not built here: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        config, output = Path(folder) / "config.toml", Path(folder) / "synthetic.h5"
        config.write_text(CONFIG)
        done = subprocess.run([PROGRAMS / "scalelaw", "run", config, "--launcher", "fake", "--output", output],
                              capture_output=True, text=True, cwd=folder)
        if done.returncode:
            raise RuntimeError(f"scalelaw run ended with {done.returncode}: {done.stderr}")
        return output.read_bytes()


def write(path) -> None:
    """Writes the results file, as the harness left it.  Raises unittest.SkipTest where that is not built."""
    Path(path).write_bytes(_file())


class WithCampaign(unittest.TestCase):
    """A test case that has the results file and its campaign."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "synthetic.h5"
        write(cls.path)
        cls.campaign = campaign(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


def _replace(file: h5py.File, name: str, table) -> None:
    """Puts the rows of `table` in the place of those of a table of the file."""
    old = file[name]
    dtype, attributes = old.dtype, dict(old.attrs)
    rows = np.empty(len(table), dtype)
    for column in dtype.names:
        values = table[column]
        rows[column] = values.map(json.dumps) if column in JSON_COLUMNS.get(name, ()) else values
    del file[name]
    dataset = file.create_dataset(name, data=rows, dtype=dtype)
    for attribute, value in attributes.items():
        dataset.attrs[attribute] = value


def derived_anew(campaign, path=None):
    """The campaign with the tables that the program derives from what its tables now hold; in a file at `path`, which
    has none of them, or in one that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = path or Path(folder) / "changed.h5"
        shutil.copy(campaign.path, path)
        with h5py.File(path, "a") as file:
            for name in DERIVED:
                if name in file:
                    del file[name]
            for name in TABLES:
                _replace(file, name, getattr(campaign, name))
        seal.write(path)
        changed = load(path)
        assert changed.derived is None
        assert len(changed.scaling) == len(changed.points)  # asks the program while the file is there
    return changed


def give_own_launches(campaign, point) -> None:
    """Copies the launches that a point shares with another, so that a test can change its times alone."""
    owner = campaign.points["shares"][point]
    campaign.points.loc[point, "shares"] = -1
    launches = campaign.launches[campaign.launches["point"] == owner]
    number = {old: len(campaign.launches) + i for i, old in enumerate(launches.index)}
    samples = campaign.samples[campaign.samples["launch"].isin(launches.index)]
    campaign.launches = pd.concat([campaign.launches, launches.assign(point=point)], ignore_index=True)
    campaign.samples = pd.concat([campaign.samples, samples.assign(launch=samples["launch"].map(number))],
                                 ignore_index=True)


@functools.cache
def _measured():
    """The file as if its times had been measured, without derived tables; and what the program derives from it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.h5"
        write(path)
        pretended = load(path)
        pretended.points["clock"] = "measured"
        measured = derived_anew(pretended, Path(folder) / "measured.h5")
        return measured.path.read_bytes(), measured


def campaign(path):
    """The campaign in such a file, as if its times had been measured; `path` holds it afterwards."""
    contents, measured = _measured()
    Path(path).write_bytes(contents)
    read = load(path)
    read.derived = {name: table.copy() for name, table in measured.derived.items()}
    read.units |= measured.units
    return read


def rows(points, kernel="dot_product", scaling="strong", model=None, workers=None):
    """The rows of points, or of a table with their columns, that are described so."""
    found = (points["kernel"] == kernel) & (points["scaling"] == scaling)
    if model is not None:
        found &= points["model"] == model
    if workers is not None:
        found &= points["nodes"] * points["ranks_per_node"] * points["threads"] == workers
    return points.index[found]

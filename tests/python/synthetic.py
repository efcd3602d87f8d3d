"""A results file with known contents, made by the harness itself: `scalelaw run --launcher fake` writes what drivers
would on a machine with T(p) = T1 (s + (1 - s)/p), by Gustafson's law for weak series, and a little noise."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from scalelaw_results import load

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


def campaign(path):
    """The campaign in such a file, as if its times had been measured."""
    read = load(path)
    read.points["clock"] = "measured"
    return read


def rows(points, kernel="dot_product", scaling="strong", model=None, workers=None):
    """The rows of points, or of a table with their columns, that are described so."""
    found = (points["kernel"] == kernel) & (points["scaling"] == scaling)
    if model is not None:
        found &= points["model"] == model
    if workers is not None:
        found &= points["nodes"] * points["ranks_per_node"] * points["threads"] == workers
    return points.index[found]

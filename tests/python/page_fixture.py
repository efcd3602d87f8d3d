"""Pages for tests, of a small campaign that the fake launcher pretends to measure."""

import base64
import contextlib
import functools
import gzip
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from unittest import mock

import h5py
from scalelaw_results import seal
from scalelaw_results.page import charts, vega
from scalelaw_results.page.write import page

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "results" / "sample.h5"
SCALELAW = Path(os.environ.get("SCALELAW_BIN", "")) / "scalelaw"
#: What would run if a page did not keep the texts of a file apart from its own.
HOSTILE = """</script><script>window.hacked=1</script>"'><img src=x onerror="window.hacked=2">&amp;"""
CONFIG = """
[campaign]
name = "pages"
[measuring]
samples = 2
launches_min = 7
launches_max = 7
[machine]
cores = 8
memory = "16Gi"
last_level_cache = "32Mi"
[[experiment]]
kernel = "dot_product"
scaling = SCALING
size = 1e6
models = ["serial", "openmp", "mpi"]
ranks = [1, 2, 4, 8]
threads = [1, 2, 4, 8]
[[experiment]]
kernel = "prime_sieve"
size = 1e7
models = ["serial", "openmp"]
threads = [1, 2, 4]
"""


#: Times of two programs that were measured elsewhere: one without a serial program, one with.
TIMES = """kernel,model,workers,seconds
heat,openmp,2,10.1
heat,openmp,4,5.6
heat,openmp,8,3.3
wave,serial,1,9
wave,openmp,1,9.5
wave,openmp,2,5
wave,openmp,4,2.7
"""


def write_imported(path, times: str = TIMES) -> None:
    """A results file of these times."""
    path.with_suffix(".csv").write_text(times)
    subprocess.run([SCALELAW, "import", path.with_suffix(".csv"), "-o", path, "--overwrite"], check=True, capture_output=True)


@functools.cache
def _measured(weak: bool = True) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        config, output = Path(folder) / "config.toml", Path(folder) / "pages.h5"
        config.write_text(CONFIG.replace("SCALING", '["strong", "weak"]' if weak else '"strong"'))
        done = subprocess.run([SCALELAW, "run", config, "--launcher", "fake", "--output", output], capture_output=True,
                              text=True, cwd=folder)
        if done.returncode:
            raise RuntimeError(f"scalelaw run ended with {done.returncode}: {done.stderr}")
        return output.read_bytes()


def write_hostile(path, weak: bool = True) -> None:
    """The campaign, with HOSTILE wherever a file has a text that somebody chose, and one point that failed."""
    Path(path).write_bytes(_measured(weak))
    with h5py.File(path, "a") as file:
        file["campaign"].attrs["name"] = HOSTILE
        file["environment"].attrs["cpu.model"] = HOSTILE
        file["environment"].attrs[HOSTILE] = HOSTILE
        config = file["campaign/config"][()].decode()
        del file["campaign/config"]
        file["campaign"].create_dataset("config", data=f"# {HOSTILE}\n{config}")
        points = file["points"][:]
        points["model_title"][points["model"] == b"openmp"] = f"OpenMP {HOSTILE}".encode()
        points["state"][-1], points["reason"][-1] = b"crashed", HOSTILE.encode()
        file["points"][:] = points
        launches = file["launches"][:]
        launches["command"][0] = f"run {HOSTILE}".encode()
        launches["busy"][1], launches["lost_share"][1] = True, 0.25
        file["launches"][:] = launches
        ranks = file["ranks"][:]
        ranks["peak_bytes"], ranks["queued_s"] = 50_000_000 + ranks["rank"], 0.01 * ranks["total_s"]
        ranks["cycles"], ranks["counted_s"] = 3e9 * ranks["total_s"], ranks["total_s"]
        file["ranks"][:] = ranks
    seal.write(path)


def write_plain(path) -> None:
    """The campaign as it was measured."""
    Path(path).write_bytes(_measured(False))


def write_slower(path) -> None:
    """The campaign with every second of OpenMP's samples half as long again."""
    Path(path).write_bytes(_measured())
    with h5py.File(path, "a") as file:
        models = file["points"]["model"][file["launches"]["point"]]
        slower = models[file["samples"]["launch"]] == b"openmp"
        samples = file["samples"][:]
        samples["total_s"][slower] *= 1.5
        file["samples"][:] = samples
    seal.write(path)


def write_busy(path) -> dict[str, int]:
    """The campaign as if all its launches had been beside other work, but for one, which failed; returns how many
    launches are ok, and how many timed samples these have."""
    Path(path).write_bytes(_measured(False))
    with h5py.File(path, "a") as file:
        launches, samples = file["launches"][:], file["samples"][:]
        launches["busy"] = True
        launches["state"][0] = b"crashed"
        file["launches"][:] = launches
        timed = sum(samples["launch"][i] != 0 and not samples["diagnostic"][i] for i in range(len(samples)))
    seal.write(path)
    return {"ok": len(launches) - 1, "timed": timed}


def write_history(folder, campaigns: int = 10, step: int = 6) -> None:
    """The campaign on so many days; from number `step` on, counted from 0, OpenMP takes half as long again."""
    for number in range(campaigns):
        path = Path(folder) / f"r{number}.h5"
        path.write_bytes(_measured(False))
        with h5py.File(path, "a") as file:
            models = file["points"]["model"][file["launches"]["point"]]
            slower = models[file["samples"]["launch"]] == b"openmp"
            samples = file["samples"][:]
            samples["total_s"] *= 1 + 0.002 * ((7 * number) % 5)
            if number >= step:
                samples["total_s"][slower] *= 1.5
            file["samples"][:] = samples
            file["campaign"].attrs["started"] = f"2026-02-{number + 1:02}T03:04:05Z"
            file["campaign"].attrs["name"] = HOSTILE
            file["environment"].attrs["build.revision"] = "old" if number < step else HOSTILE
        seal.write(path)


def page_of(*arguments) -> str:
    """The page of `scalelaw report ARGUMENTS --html`."""
    done = subprocess.run([SCALELAW, "report", *arguments, "--html", "-"], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def quick_page_of(*paths, efficiency="75%") -> str:
    """The same without Vega and with empty still pictures, which take most of the time."""
    with quickly():
        return page([Path(path) for path in paths], efficiency)


@contextlib.contextmanager
def quickly():
    """Pages are made without Vega and with empty still pictures."""
    still = '<svg class="marks" width="1" height="1"></svg>'
    with mock.patch.object(vega, "script", lambda: ""), \
            mock.patch.object(charts.vl_convert, "vegalite_to_svg", lambda spec: still):
        yield


def json_of(*arguments) -> dict:
    """What a subcommand prints as JSON, whatever it ends with."""
    done = subprocess.run([SCALELAW, *arguments, "--format", "json"], capture_output=True, text=True)
    return json.loads(done.stdout)


def told_by(text: str) -> dict:
    """What a page carries for its scripts."""
    packed = re.search(r'id="told">([^<]*)<', text)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))

"""How the contract tests start programs: drivers, peers, the harness, alone or under mpirun.

Usage of every test that imports this: TEST.py BIN_FOLDER ...
"""

import os
import re
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.argv[1]).resolve()
MODELS = [m for m in ("serial", "openmp", "mpi", "hybrid") if (BIN / f"scalelaw-{m}").exists()]
PEERS = sorted(path.name.removeprefix("scalelaw-peer-") for path in BIN.glob("scalelaw-peer-*"))

# What a program prints when an exception that nobody thought of gets out of it.
RAW_EXCEPTION = re.compile(r"\[json\.exception|filesystem error|bad_alloc|terminate called|std::"
                           r"|basic_string|Traceback|Assertion .* failed")


def driver(model):
    return BIN / f"scalelaw-{model}"


def peer(name):
    return BIN / f"scalelaw-peer-{name}"


def small_kernel(name):
    """A small run of some kernel that the peer has; without a name, that every own driver has."""
    if name == "primesieve":
        return ["prime_sieve", "--limit", 1000, "--checksum", "none"]
    if name == "turbojpeg":
        return ["image_compression", "--width", 32, "--height", 32]
    if name and name.startswith("numpy"):
        return ["matrix_mean", "--rows", 10, "--cols", 10]
    return ["dot_product", "--length", 100]


def environment():
    env = dict(os.environ, OMP_NUM_THREADS="2")
    if os.geteuid() == 0:
        env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return env


def under_mpirun(command, ranks):
    return ["mpirun", "--oversubscribe", "--bind-to", "none", "-np", str(ranks), *command]


def run(*arguments, ranks=None, variables=None, timeout=60, **more):
    """The finished process.  Its stderr is UTF-8, and holds no raw exception, whatever happened."""
    command = [a if isinstance(a, bytes) else str(a) for a in arguments]
    if ranks is not None:
        command = under_mpirun(command, ranks)
    done = subprocess.run(command, env=environment() | (variables or {}), capture_output=True,
                          timeout=timeout, **more)
    done.stdout = done.stdout.decode(errors="backslashreplace")
    done.stderr = done.stderr.decode()
    raw = RAW_EXCEPTION.search(done.stderr)
    if raw:
        raise AssertionError(f"{command} printed {raw[0]!r}:\n{done.stderr}")
    return done

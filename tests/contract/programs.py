"""How the contract tests start programs: drivers, peers, the harness, alone or under mpirun.

Usage of every test that imports this: TEST.py BIN_FOLDER ...
"""

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from described import (ADAPTER as ADAPTER, Driver, all_kernels, driver_programs as driver_programs,  # noqa: E402, I001
                       environment, own_drivers, starts_workers, words)

BIN = Path(sys.argv[1]).resolve()
DRIVERS = {driver.name: driver for driver in own_drivers(BIN)}
KERNELS = all_kernels(DRIVERS.values())
MODELS = list(DRIVERS)
PEERS = sorted(path.name.removeprefix("scalelaw-peer-") for path in BIN.glob("scalelaw-peer-*")
               if not starts_workers(path))

EXHAUSTIVE = "SCALELAW_EXHAUSTIVE" in os.environ  # everything that is alike, in place of one of it

# What a program prints when an exception that nobody thought of gets out of it.
RAW_EXCEPTION = re.compile(r"\[json\.exception|filesystem error|bad_alloc|terminate called|std::"
                           r"|basic_string|Traceback|Assertion .* failed")


def driver(model):
    return DRIVERS[model].path


def peer(name):
    return BIN / f"scalelaw-peer-{name}"


def are_alike(one, other):
    """Whether two programs are one script with another name in it."""
    texts = [path.read_bytes() for path in (one, other)]
    if not all(text.startswith(b"#!") for text in texts):
        return False
    mine, others = (set(text.splitlines()) for text in texts)
    return len(mine ^ others) <= 6


def distinct(paths):
    """One of those programs that are alike; all, where everything is tried."""
    out = []
    for path in paths:
        if EXHAUSTIVE or not any(are_alike(path, other) for other in out):
            out.append(path)
    return out


def ranked(model, ranks=2):
    """So many ranks for a model that has any; else none, which is to start the program by itself."""
    return ranks if DRIVERS[model].ranked else None


@functools.cache
def small_kernel(name):
    """A small run of some kernel that the peer has; without a name, that every own driver has."""
    program = Driver(peer(name)) if name else next(iter(DRIVERS.values()))
    kernel = next(iter(program.kernels))
    own = KERNELS[kernel][0]
    # A peer refuses what its library cannot do.
    return next([kernel, *words(params)] for params in own.variants(kernel, 1) if program.describe(kernel, params))


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

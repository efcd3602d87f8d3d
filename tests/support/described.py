"""What drivers say of their kernels (--describe), and small runs made of it: for tests that go through
every driver, kernel and option there is, without naming any."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

WORK, ITEMS = 3e5, 4  # of a small run: milliseconds, and something for every worker


found_small = {}


def environment():
    """Of every program that a test starts.  Its python3 is the one that runs the test: that of a version manager is a
    script, which takes longer to start than most drivers."""
    own_python = os.path.dirname(os.path.realpath(sys.executable))
    env = dict(os.environ, OMP_NUM_THREADS="2", OMP_WAIT_POLICY="passive",
               PATH=os.pathsep.join([own_python, os.environ["PATH"]]))
    if os.geteuid() == 0:
        env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return env


def words(values):
    """{"rank_chunk": 3, "overlap": True} as on a command line."""
    out = []
    for name, value in values.items():
        option = "--" + name.replace("_", "-")
        out += [option] * bool(value) if isinstance(value, bool) else [option, str(value)]
    return out


class Driver:
    """A program of the project, as it describes itself."""

    def __init__(self, path):
        self.path = Path(path)
        self.said = self.ask("--describe")
        self.name = self.said["model"]["name"]
        self.ranked, self.threaded = self.said["model"]["ranked"], self.said["model"]["threaded"]
        self.kernels = self.said["kernels"]

    def try_ask(self, *arguments):
        """The JSON that it prints; nothing when it refuses."""
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env=environment())
        assert done.returncode in (0, 1), (self.path, arguments, done.stderr)
        assert (done.returncode == 0) != ("hint:" in done.stderr), (self.path, arguments, done.stderr)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def ask(self, *arguments):
        said = self.try_ask(*arguments)
        assert said is not None, (self.path, arguments)
        return said

    def describe(self, kernel, params, options=()):
        """What a pass of the kernel is, or nothing when it refuses."""
        return self.try_ask(kernel, *words(params), *words(dict(options)), "--describe")

    @functools.cache
    def task(self, kernel, *options):
        """What a small pass with these (name, value) is of, or nothing when it refuses."""
        said = self.describe(kernel, self.small(kernel), options)
        return None if said is None else said["work"].get("task", "")

    def small(self, kernel, least_items=ITEMS, most_work=WORK):
        """Parameters that make a pass of the kernel short: every count that its work depends on is
        divided by one power of two, and none goes below what it may be."""
        key = json.dumps([kernel, self.kernels[kernel]["params"], least_items, most_work])
        if key not in found_small:  # drivers share their kernels
            found_small[key] = self.find_small(kernel, least_items, most_work)
        return found_small[key]

    def find_small(self, kernel, least_items, most_work):
        counts = {p["name"]: p for p in self.kernels[kernel]["params"]
                  if p["type"] == "count" and p["name"] != "seed" and p["default"]}

        def shrunk(names, exponent):
            return {name: max(counts[name]["default"] >> exponent, counts[name].get("min", 1), 1) for name in names}

        def work(params):
            return self.ask(kernel, *words(params), "--describe")["work"]

        full = work({})
        names = [name for name in counts if work(shrunk([name], 1))["operations"] < full["operations"]]
        exponent, now = 0, full
        while now["operations"] > most_work and exponent < 40:
            now = work(shrunk(names, exponent + 1))
            if full.get("items") and now["items"] < least_items:
                break
            exponent += 1
        return shrunk(names, exponent)

    def variants(self, kernel, least_items=ITEMS, most_work=WORK):
        """Small parameters: as they are, and with each choice and each switch changed, one at a time.

        Left out is what cannot run here, such as reading a disk where there is none."""
        small = self.small(kernel, least_items, most_work)
        out = [small]
        for param in self.kernels[kernel]["params"]:
            values = {"choice": param.get("choices", ()), "bool": (False, True)}.get(param["type"], ())
            out += [small | {param["name"]: value} for value in values if value != param["default"]]
        return [params for params in out if self.can_run(kernel, json.dumps(params))]

    @functools.cache
    def can_run(self, kernel, params):
        done = subprocess.run([self.path, kernel, *words(json.loads(params)), "--check"], capture_output=True,
                              text=True, timeout=60, env=environment())
        assert done.returncode in (0, 1), (kernel, params, done.stderr)
        return done.returncode == 0

    @functools.cache
    def option_sets(self, kernel, without=("isa",)):
        """Each value of each option that means something here, with what it needs: {} comes first.

        Left out is what needs an input file, and what makes another task of a pass.
        """
        known = {option["name"]: option for option in self.kernels[kernel]["options"]}
        out = [{}]
        for option in known.values():
            if option["name"] in without:
                continue
            values = {"choice": option.get("choices", ()), "bool": (True,), "count": (3,)}.get(option["type"], ())
            for value in values:
                if value == option["default"]:
                    continue
                chosen = {option["name"]: value}
                if self.meet(known, option, chosen) and self.same_task(kernel, chosen) and chosen not in out:
                    out.append(chosen)
        return out

    def meet(self, known, option, chosen):
        """Adds to `chosen` what the option needs there; false when that cannot be."""
        value = chosen[option["name"]]
        return all(self.meet_one(known, need, chosen) for need in option.get("needs", ())
                   if value in need.get("when", [value]))

    def meet_one(self, known, need, chosen):
        if "any" in need:
            for one in need["any"]:
                attempt = dict(chosen)
                if self.meet_one(known, one, attempt):
                    chosen.update(attempt)
                    return True
            return False
        for property_ in ("ranked", "threaded", "device"):
            if need.get(property_):
                return self.said["model"][property_]
        if "option" not in need or need["option"] not in known:
            return False  # an input file
        other = known[need["option"]]
        if chosen.get(other["name"], other["default"]) in need["is"]:
            return True
        if other["name"] in chosen:
            return False
        chosen[other["name"]] = need["is"][0]
        return self.meet(known, other, chosen)

    def same_task(self, kernel, options):
        return self.task(kernel, *options.items()) == self.task(kernel)


ADAPTER = "scalelaw-command"  # a driver of what its first words define: test_command.py checks it


def starts_workers(path):
    """Whether a program is a peer of peers/python, which starts a pool or a cluster for each pass: seconds, where
    others take milliseconds.  test_python_peers.py is for these."""
    with open(path, "rb") as file:
        return b"scalelaw_peers" in file.read(4096) if file.read(2) == b"#!" else False


def driver_programs(folder):
    """The programs in a folder that are drivers by themselves, without those that start workers."""
    return sorted(path for path in Path(folder).glob("scalelaw-*")
                  if path.name != ADAPTER and path.is_file() and os.access(path, os.X_OK)
                  and not starts_workers(path))


def own_drivers(folder):
    """The drivers of the project in a folder, the simplest model first."""
    programs = [path for path in driver_programs(folder) if not path.name.startswith("scalelaw-peer-")]
    found = [driver for driver in map(Driver, programs) if driver.said["implementation"] == "scalelaw"]
    return sorted(found, key=lambda d: (d.ranked, d.threaded, d.said["model"]["device"], d.name))


def all_kernels(drivers):
    """{kernel: the drivers that have it}, the simplest first."""
    out = {}
    for driver in drivers:
        for kernel in driver.kernels:
            out.setdefault(kernel, []).append(driver)
    return out

"""The schemas of contract/ and the harness accept and refuse the same records and descriptions.

Valid ones are changed in one place at a time.  What a schema refuses the harness must refuse; what the harness refuses
beyond that must be a rule that no schema can express.

Usage: test_agreement.py JUDGE [unittest options]
"""

import copy
import functools
import json
import os
import re
import subprocess
import sys
import unittest

try:
    import conformance
except ImportError as missing:
    print(f"{missing}; scripts/setup installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it

JUDGE = sys.argv[1]
VALUES = [None, True, False, "x", "", "0-3,8", "all", 0, 3, -1, 1.5, -0.5, 2**63, -2**63 - 1, 1e300, [], {}, [None],
          {"x": 3}]
NAMES = ["", "a\tb", "n" * 129]

# What the harness refuses and no schema can: parts beside one another.
BEYOND = {
    "record": [
        r"is .* s, longer than the (total|sample) of", r"have (more items than the|\d+ items together, not the)",
        r"but the header lists", r"entries, and the (header|rank has)", r"\.(rank|thread)` must be \d, not \d",
        r"`index` is \d, where sample", r"`samples` is \d+, but the record has", r"`verified` is false, but every",
        r"is that of another phase", r"is not a phase that the header lists",
        r"ranks\[\d\]\.(wait_s|busy_s|items|phases_s.*)` is missing", r"must fit in 64 bits with a sign"],
    "catalogue": [
        r"and the kernel has no such", r"one of its choices", r"which is used twice", r"a word of every driver",
        r"must be at (least|most)", r"a value of '"],
    "answer": [],
}

RANKS = [{"rank": rank, "host": "a", "pid": 7,
          "threads": [{"thread": t, "cpus": str(2 * rank + t), "last_cpu": t} for t in range(2)]}
         for rank in range(2)]
WORK = {"items": 10, "operations": 2e3, "flops": 1.0, "compulsory_bytes": 1.0, "resident_bytes": 8.0, "amount": 16.0,
        "unit": "bytes", "memory_bound": True, "task": "", "diagnostics": True, "exchange": "scatter",
        "holds": {"root": "whole", "others": "share"}}
HEADER = {"record": "header", "schema": 2, "driver": "scalelaw-hybrid", "implementation": "scalelaw",
          "kernel": "dot_product", "model": "hybrid", "params": {"length": 1000, "type": "f64"},
          "options": {"data": "local", "overlap": False}, "seed": 3, "isa": "avx2",
          "tuning": {"loop": "dot_f64", "prefetch_bytes": 256, "places": 1, "source": "zen3"},
          "phases": [{"name": "prepare", "role": "serial"}, {"name": "compute", "role": "parallel"},
                     {"name": "combine", "role": "transfer"}],
          "placement": {"nodes": 1, "ranks": 2, "threads": 2}, "ranks": RANKS, "work": WORK, "warmups": 1,
          "samples": 2, "diagnostics": 0, "batch": 1,
          "timer": {"name": "clock", "resolution_s": 2e-8, "overhead_s": 2e-8, "span": "pass"},
          "build": {"version": "0.1", "revision": "abc", "compiler": "GNU", "flags": "", "type": "Release"},
          "mpi": {"library": "Open MPI", "thread_level": "funneled"}, "verification": "known_answer"}
SAMPLE = {"record": "sample", "index": 0, "diagnostic": False, "total_s": 0.5,
          "ranks": [{"phases_s": {"prepare": 0.1, "compute": 0.3, "combine": 0.1}, "wait_s": 0.0, "total_s": 0.5,
                     "busy_s": [0.3, 0.25], "items": 5}] * 2,
          "stages": [{"stage": "read", "busy_s": 0.2}], "facts": {"sum": "0x1p+3"}, "verified": True, "fault": ""}
END = {"record": "end", "samples": 2, "verified": True}
RECORD = [HEADER, SAMPLE, SAMPLE | {"index": 1}, END]

COUNT = {"name": "length", "type": "count", "default": 100, "help": "elements", "min": 1, "max": 1e9}
CATALOGUE = {"schema": 2, "driver": "scalelaw-mpi", "implementation": "scalelaw",
             "model": {"name": "mpi", "title": "MPI", "ranked": True, "threaded": False, "device": False},
             "kernels": {"add": {"summary": "adds", "size_parameter": "length", "params": [
                 COUNT, {"name": "share", "type": "number", "default": 0.5, "help": "a share"},
                 {"name": "input", "type": "text", "default": "", "help": "a file"}], "options": [
                 {"name": "data", "type": "choice", "default": None, "help": "where", "choices": ["local", "file"],
                  "needs": [{"param": "input", "when": ["file"]}]},
                 {"name": "overlap", "type": "bool", "default": False, "help": "overlap", "needs": [
                     {"ranked": True}, {"any": [{"option": "data", "is": ["file"]}, {"device": True}]}]}]}}}
ANSWER = {"kernel": "add", "params": {"length": 100, "share": 0.5, "input": ""}, "size_parameter": "length",
          "work": WORK}


def places(value, path=()):
    """The path of each value inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def is_twin(path):
    """Of the second sample, or inside the second rank: as the first."""
    return path[0] == 2 or any(path[i:i + 2] == ("ranks", 1) for i in range(len(path) - 2))


def changes(value):
    """(what was changed, the changed value) for every place."""
    for path in places(value):
        *parents, key = path
        old = at(value, path)
        if isinstance(value, list) and (len(path) == 1 or is_twin(path)):
            continue
        for new in VALUES:
            if new != old or type(new) is not type(old):
                changed = copy.deepcopy(value)
                at(changed, parents)[key] = new
                yield f"{path} = {new!r}", changed
        changed = copy.deepcopy(value)
        del at(changed, parents)[key]
        yield f"no {path}", changed
        for name in NAMES if isinstance(key, str) else ():
            changed = copy.deepcopy(value)
            inside = at(changed, parents)
            inside[name] = inside.pop(key)
            yield f"{path} is called {name!r}", changed


def harness_faults(what, values):
    """What the harness says of each value; empty: it accepts it."""
    lines = [json.dumps([json.dumps(line) for line in value] if what == "record" else value) for value in values]
    done = subprocess.run([JUDGE, what], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120,
                          check=True)
    return done.stdout.split("\n")[:-1]


def schema_faults(what, value):
    if what != "record":
        return conformance.schema_faults(value, what)
    return [fault for line in value for fault in line_faults(json.dumps(line))]


@functools.cache
def line_faults(text):
    line = json.loads(text)
    kind = line.get("record") if isinstance(line, dict) else None
    return conformance.schema_faults(line, kind) if kind in ("header", "sample", "end") else ["no kind"]


class Agreement(unittest.TestCase):
    def judged(self, what, valid):
        """(the change, what the schema says, what the harness says) of every change."""
        changed = list(changes(valid))
        self.assertGreater(len(changed), 100)
        said = harness_faults(what, [value for _, value in changed])
        return [(change, schema_faults(what, value), fault)
                for (change, value), fault in zip(changed, said, strict=True)]

    def disagreements(self, what, judged):
        def beyond(said):
            return any(re.search(rule, said) for rule in BEYOND[what])

        return [(change, refused, said) for change, refused, said in judged
                if bool(refused) != bool(said) and not (said and beyond(said))]

    def check(self, what, valid):
        self.assertEqual(schema_faults(what, valid), [])
        self.assertEqual(harness_faults(what, [valid]), [""])
        judged = self.judged(what, valid)
        out = self.disagreements(what, judged)
        self.assertEqual(out, [], "\n".join(map(str, out[:40])))
        # Were the schema, or the harness, to forget a rule, it would be noticed.
        forgetful = [(change, [fault for fault in refused if "is not of type 'string'" not in fault], said)
                     for change, refused, said in judged]
        self.assertNotEqual(self.disagreements(what, forgetful), [])
        forgetful = [(change, refused, "" if "must be a text" in said else said) for change, refused, said in judged]
        self.assertNotEqual(self.disagreements(what, forgetful), [])

    def test_on_records(self):
        self.check("record", RECORD)

    def test_on_catalogues(self):
        self.check("catalogue", CATALOGUE)

    def test_on_answers(self):
        self.check("answer", ANSWER)

    def test_on_records_of_drivers_that_know_less(self):
        less = {key: value for key, value in HEADER.items() if key not in ("phases", "timer", "build", "mpi", "isa")}
        less["work"] = {"operations": 1.0}
        sample = SAMPLE | {"ranks": [{"total_s": 0.5}] * 2}
        self.check("record", [less, sample, sample | {"index": 1}, END])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

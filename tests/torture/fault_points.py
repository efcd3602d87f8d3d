"""Lets each system call of a tiny campaign that may fail, fail once.

usage: fault_points.py [--share N] [--seed S] [--only ROLE:K] PROGRAM FAILING_CALLS.so

First the calls of an undisturbed campaign are counted (failing_calls.cpp).  Then each of them fails in a campaign of
its own, or, with --share N, one in N of them, chosen by the seed.  The program must say what failed and what to do, and
end as documented; the journal must be whole; resuming must end well.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import model
from campaign import Campaign, End, config_text, speech_faults, undisturbed_results, verdict

CONFIG = config_text("1e4", ("serial",), launches=2)
CAUSES = ("driver", *model.OF_OTHERS)
# What messages call a thing that has no path.
NAMES = {"fork": "cannot start", "execve": "cannot start", "pipe2": "cannot make a pipe"}
# Calls that may fail without a word when all ends well, by a pattern of the file's name, and why.
UNSAID = (
    ("close", "*", "what was written has been flushed before, and is read again"),
    ("unlink", "*", "what cannot be removed stays, and is no result"),
    ("waitpid", "-", "it was interrupted, and is called again"),
    ("signalfd", "-", "without it, the supervisor looks now and then"),
    ("write", "out.h5.journal", "it is tried again, until it is written"),
    ("fsync", "out.h5.journal", "the same"),
    ("read", "c.toml", "the text is whole by then: the call only finds its end"),
    ("fsync", "work", "not all file systems can flush a folder"),
    ("open", "out.h5.records", "a folder that cannot be listed is removed all the same"),
    ("open", "out.h5.*.part", "it only asks whether another file is there"),
)


@dataclass(frozen=True)
class Call:
    """A line of the library's log."""

    role: str
    number: int
    name: str
    path: str
    error: int = 0

    @property
    def point(self) -> str:
        return f"{self.role}:{self.number}"

    def __str__(self) -> str:
        why = os.strerror(self.error) if self.error else ""
        return f"{self.point} {self.name} {Path(self.path).name} {why}".strip()

    @property
    def words(self) -> tuple[str, ...]:
        """With one of these, a message names what failed."""
        path = Path(self.path)
        if self.path == "-":
            return (NAMES.get(self.name, os.strerror(self.error)),)
        # Users do not know a file that only tries whether its folder can be written in.
        return (f"'{path.parent}'",) if path.name.startswith(".scalelaw-") else (path.name,)

    @property
    def may_be_unsaid(self) -> bool:
        return any(self.name == call and fnmatch(Path(self.path).name, file) for call, file, _ in UNSAID)


def read_log(path: Path) -> list[Call]:
    """The calls of a log, of each role in order."""
    calls = []
    for line in path.read_text().splitlines() if path.exists() else ():
        role, number, name, path_, *error = line.split("\t")
        calls.append(Call(role, int(number), name, path_, int(error[0]) if error else 0))
    return sorted(calls, key=lambda call: (call.role, call.number))


@dataclass
class Sweep:
    """Where the campaigns are, and what preloads them."""

    program: Path
    library: Path
    folder: Path
    undisturbed: Path = Path()

    def campaign(self, name: str, at: str = "") -> Campaign:
        folder = self.folder / name
        state = folder / "state"
        state.mkdir(parents=True)
        variables = {"LD_PRELOAD": str(self.library), "FAILING_CALLS_FOLDER": str(folder / "work"),
                     "FAILING_CALLS_STATE": str(state), "FAILING_CALLS_AT": at}
        return Campaign(self.program, folder / "work", folder / "side", CONFIG, variables)

    def count(self) -> list[Call]:
        campaign = self.campaign("count")
        end = campaign.run()
        if end.status != 0:
            sys.exit(f"fault_points: the undisturbed campaign ended with status {end.status}: {end.err}")
        return read_log(self.folder / "count/state/log")

    def one(self, call: Call) -> tuple[Call | None, list[str]]:
        """The call that failed, which timing may change, and what is wrong; none: it was not reached."""
        name = call.point.replace(":", "-")
        campaign = self.campaign(name, call.point)
        end = campaign.run()
        failed = [one for one in read_log(self.folder / name / "state/log") if one.error]
        if not failed:
            return None, []
        faults = speech_faults(end) + end_faults(end, failed[0])
        if end.status == 0:
            faults += unsaid(end, failed[0], campaign.known())
        try:
            faults += self.resumed(campaign, end, failed[0])
        except model.Damaged as damage:
            faults.append(str(damage))
        if faults:
            (campaign.side / "faults").write_text("\n".join([str(failed[0]), *faults, end.out, end.err]))
        else:
            shutil.rmtree(self.folder / name)
        return failed[0], faults

    def resumed(self, campaign: Campaign, end: End, failed: Call) -> list[str]:
        """What is wrong once the campaign was resumed, and nothing failed any more."""
        campaign.variables = {}
        excuses = [model.Excuse(cause, failed.words) for cause in CAUSES]
        if end.status == 0 and not campaign.results.exists():
            return ["it ended well, without a results file"]
        faults = campaign.finish()
        # What could not be removed once stays.
        allowed = (Path(failed.path).name,) if failed.name == "unlink" and end.status == 0 else ()
        may_fail = failed.role != "harness"
        return faults + verdict(campaign, self.undisturbed, excuses, may_fail, allowed)


def end_faults(end: End, failed: Call) -> list[str]:
    """Whether an end after a failed call is as documented, and says what it must."""
    if end.status == 0:
        return []
    if end.status not in (1, 3):
        return [f"status {end.status} is not documented: {end.err}"]
    faults = []
    if "hint: " not in end.err:
        faults.append(f"no remedy is named: {end.err}")
    if not any(word in end.err for word in failed.words):
        faults.append(f"what failed is not named, with one of {failed.words}: {end.err}")
    return faults


def unsaid(end: End, failed: Call, journal: model.Journal) -> list[str]:
    """Whether a campaign that ended well has kept silent about the call."""
    said = [end.err, *(f"{row['reason']} {row['log_tail']}" for row in journal.launches if row["state"] != "ok")]
    if failed.may_be_unsaid or any(word in text for text in said for word in failed.words):
        return []
    return [f"it ended well, and nothing says that {failed.name} failed, with one of {failed.words}"]


@contextmanager
def kept_on_failure() -> Iterator[Path]:
    """A folder, which is removed unless the program ends with an error."""
    folder = Path(tempfile.mkdtemp(prefix="scalelaw-fault-points-"))
    try:
        yield folder
    except SystemExit as end:
        if end.code:
            print(f"kept: {folder}")
        raise
    shutil.rmtree(folder)


def chosen(calls: list[Call], arguments: argparse.Namespace) -> list[Call]:
    if arguments.only:
        return [call for call in calls if call.point in arguments.only]
    if arguments.share == 1:
        return calls
    return random.Random(arguments.seed).sample(calls, max(1, len(calls) // arguments.share))


def sweep(folder: Path, arguments: argparse.Namespace) -> int:
    """Runs it, and returns how many calls showed a fault of the program."""
    of = Sweep(arguments.program.resolve(), arguments.library.resolve(), folder)
    of.undisturbed = undisturbed_results(of.program, folder / "undisturbed", CONFIG)
    calls = of.count()
    counts: Counter[str] = Counter()
    bad = 0
    for call in chosen(calls, arguments):
        began = time.monotonic()
        failed, faults = of.one(call)
        counts[failed.name if failed else "not reached"] += 1
        bad += bool(faults)
        print(f"{failed or call}: {'FAULT' if faults else 'well' if failed else 'not reached'}"
              f" ({time.monotonic() - began:.1f} s)", *faults, sep="\n  ", flush=True)
    print(f"{len(calls)} calls; failed: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}")
    if counts.total() == counts["not reached"]:
        sys.exit("fault_points: no call failed: the library does not work here")
    return bad


def main() -> None:
    parser = argparse.ArgumentParser(description="lets each system call of a campaign fail once")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="one in N of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", metavar="ROLE:K", help="these alone")
    parser.add_argument("program", type=Path)
    parser.add_argument("library", type=Path)
    arguments = parser.parse_args()
    with kept_on_failure() as folder:
        if bad := sweep(folder, arguments):
            sys.exit(f"fault_points: {bad} calls show a fault")


if __name__ == "__main__":
    main()

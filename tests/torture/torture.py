"""Runs short campaigns under faults, resumes them, and checks that nothing was lost.

usage: torture.py [--minutes N] [--seed S] [--rounds N] [--only FAULT] PROGRAM SHIFTED_CLOCK.so

A round is one campaign with a seed of its own: one to three starts, each disturbed by a fault at a moment that the seed
decides, then starts that nothing disturbs, until it is complete.  What must hold then is in model.py and remains.py.
Rounds follow each other, from the seed on, until the time is over.  Exit status: 0 well, 1 a round failed; its
folder is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import model
from campaign import Campaign, config_text, speech_faults, undisturbed_results, verdict
from faults import FAULTS, Attempt, Fault

CONFIGS = {"serial": config_text("[2e7, 3e7]", ("serial",), launches=3, samples=2),
           "ranks": config_text("2e7", ("serial", "mpi"), launches=3, samples=2)}
DISK = "16m"
LONGEST_WALL_S = 120  # of a launch, whatever the system's clock says


@dataclass(frozen=True)
class Moment:
    """When a fault is injected: after a pause from the start, or from a new line of the journal, or while the results
    are written."""

    kind: str
    lines: int
    pause_s: float

    def __str__(self) -> str:
        what = {"start": "", "line": f"line {self.lines} + ", "end": "results + "}[self.kind]
        return f"{what}{1000 * self.pause_s:.0f} ms"

    def wait(self, attempt: Attempt) -> None:
        campaign = attempt.campaign
        before = len(campaign.known().lines) if campaign.journal.exists() else 0
        while attempt.is_running():
            campaign.witness()
            if self.kind == "start":
                break
            if self.kind == "line" and len(campaign.known().lines) >= before + self.lines:
                break
            if self.kind == "end" and any(campaign.folder.glob("*.part")):
                break
            time.sleep(0.001)
        time.sleep(self.pause_s)


def any_moment(of: random.Random) -> Moment:
    kind = of.choices(["start", "line", "end"], [2, 6, 1])[0]
    longest = {"start": 0.4, "line": 0.15, "end": 0.01}[kind]
    return Moment(kind, of.randint(1, 4), of.uniform(0, longest))


@dataclass
class Torture:
    """What all rounds share."""

    program: Path
    clock: Path
    folder: Path
    may_mount: bool
    has_mpi: bool
    undisturbed: dict[str, Path] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def possible(self, fault: Fault, config: str) -> bool:
        return (not fault.needs_mpi or config == "ranks") and (not fault.needs_disk or self.may_mount)

    def reference(self, config: str) -> Path:
        if config not in self.undisturbed:
            self.undisturbed[config] = undisturbed_results(self.program, self.folder / config, CONFIGS[config])
        return self.undisturbed[config]


@contextmanager
def disk(folder: Path, wanted: bool) -> Iterator[None]:
    """A small disk of its own at `folder`."""
    folder.mkdir(parents=True)
    if wanted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "torture", folder], check=True)
    try:
        yield
    finally:
        if wanted:
            kept = folder.with_name("kept")
            shutil.copytree(folder, kept)
            subprocess.run(["umount", "--lazy", folder], check=True)
            folder.rmdir()
            kept.rename(folder)


def may_mount(folder: Path) -> bool:
    """Whether disks can be mounted here."""
    if os.geteuid() != 0:
        return False
    with contextlib.suppress(OSError, subprocess.CalledProcessError), disk(folder / "disk", True):
        return True
    return False


@dataclass
class Round:
    """One campaign under faults."""

    of: Torture
    seed: int
    only: str
    said: list[str] = field(default_factory=list)
    injected: list[Fault] = field(default_factory=list)

    def run(self) -> list[str]:
        """What is wrong in the end."""
        of = random.Random(self.seed)
        config = "ranks" if self.of.has_mpi and of.random() < 0.3 else "serial"
        possible = [fault for fault in FAULTS if self.of.possible(fault, config) and self.only in ("", fault.name)]
        if not possible:
            return []
        reference = self.of.reference(config)
        folder = self.of.folder / f"round-{self.seed}"
        plan = [of.choice(possible) for _ in range(of.randint(1, 3))]
        with disk(folder / "disk", any(fault.needs_disk for fault in plan)):
            faults = self.in_folder(folder, CONFIGS[config], plan, of, reference)
        if not faults:
            shutil.rmtree(folder)
        return faults

    def in_folder(self, folder: Path, config: str, plan: list[Fault], of: random.Random, reference: Path) -> list[str]:
        side = folder / "side"
        (side / "shared").mkdir(parents=True)
        variables = {"OMPI_MCA_btl_vader_backing_directory": str(side / "shared"), "SHIFTED_CLOCK": str(side / "clock")}
        if any(fault.name == "step clock" for fault in plan):
            variables["LD_PRELOAD"] = str(self.of.clock)
        campaign = Campaign(self.of.program, folder / "disk/work", side, config, variables)
        try:
            for number, fault in enumerate(plan):
                if faults := self.disturb(campaign, fault, any_moment(of), random.Random(f"{self.seed} {number}")):
                    return faults
            faults = campaign.finish()
            excuses = [excuse for fault in self.injected for excuse in fault.excuses]
            may_fail = any(fault.may_fail for fault in self.injected)
            return faults or verdict(campaign, reference, excuses, may_fail) + self.others(campaign)
        except model.Damaged as damage:
            return [str(damage)]

    def disturb(self, campaign: Campaign, fault: Fault, moment: Moment, of: random.Random) -> list[str]:
        """A start of the campaign with one fault; what is wrong with its end."""
        if campaign.results.exists() and not campaign.journal.exists():
            return []  # complete
        resumes = campaign.journal.exists() and bool(model.read_journal(campaign.journal).lines)
        before = model.read_journal(campaign.journal) if resumes else model.Journal()
        attempt = Attempt(campaign, campaign.start(*(["--resume"] if resumes else [])), of)
        moment.wait(attempt)
        injected = attempt.is_running() and fault.inject(attempt)
        end = campaign.wait(attempt.harness)
        self.of.counts[fault.name if injected else "none: it had ended"] += 1
        self.said.append(f"{fault.name} at {moment}" + ("" if injected else " (had ended)"))
        if injected:
            self.injected.append(fault)
        faults = model.changes(before, campaign.known()) + speech_faults(end)
        second = campaign.side / "second.faults"
        faults += second.read_text().splitlines() if second.exists() else []
        if end.status not in {0, *(fault.ends if injected else ()), *(() if before.lines or injected else (0,))}:
            faults.append(f"'{self.said[-1]}' ended with status {end.status}: {end.err}")
        if end.status in (1, 3) and not fault.silences and "hint: " not in end.err and "crashed: " not in end.err:
            faults.append(f"'{self.said[-1]}': no remedy is named: {end.err}")
        return faults

    def others(self, campaign: Campaign) -> list[str]:
        """What is wrong beside the campaign's own files."""
        launches = model.read_results(campaign.results).launches
        faults = [f"launch {number} took {row['wall_s']} s" for number, row in enumerate(launches)
                  if not 0 <= (row["wall_s"] or 0) < LONGEST_WALL_S]
        # Open MPI removes its segments unless somebody kills mpirun itself.
        if not any(fault.name in ("kill launcher", "kill supervisor") for fault in self.injected):
            faults += [f"shared memory is left: {name}" for name in os.listdir(campaign.side / "shared")]
        return faults


def rounds(torture: Torture, arguments: argparse.Namespace) -> int:
    """Runs them, a line each; how many failed."""
    end = time.monotonic() + 60 * arguments.minutes
    failed = 0
    for number in range(arguments.rounds or sys.maxsize):
        if not arguments.rounds and time.monotonic() >= end:
            break
        one = Round(torture, arguments.seed + number, arguments.only)
        began = time.monotonic()
        faults = one.run()
        failed += bool(faults)
        print(f"seed {one.seed}: {'; '.join(one.said) or 'nothing to do'}: {'FAULT' if faults else 'well'}"
              f" ({time.monotonic() - began:.1f} s)", *faults, sep="\n  ", flush=True)
        if faults:
            print(f"  repeat it: scripts/torture --rounds 1 --seed {one.seed}")
            print(f"  kept: {torture.folder}/round-{one.seed}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description="runs campaigns under faults, and checks that nothing is lost")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--rounds", type=int, default=0, help="so many instead of a time")
    parser.add_argument("--only", default="", metavar="FAULT", choices=["", *(fault.name for fault in FAULTS)])
    parser.add_argument("program", type=Path)
    parser.add_argument("clock", type=Path)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="scalelaw-torture-"))
    has_mpi = (arguments.program.parent / "scalelaw-mpi").exists() and shutil.which("mpirun") is not None
    torture = Torture(arguments.program.resolve(), arguments.clock.resolve(), folder, may_mount(folder), has_mpi)
    if not torture.may_mount:
        print("left out: fill disk, as no disk can be mounted here (limit files is similar)")
    if not has_mpi:
        print("left out: kill launcher, as there is no MPI here")
    failed = rounds(torture, arguments)
    print("injected: " + ", ".join(f"{name} {count}" for name, count in sorted(torture.counts.items())))
    if failed:
        sys.exit(f"torture: {failed} rounds failed")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""Runs short campaigns under faults, resumes them, and checks that nothing was lost.

usage: torture.py [--minutes N] [--seed S] [--rounds N] [--only FAULT]... PROGRAM SHIFTED_CLOCK.so

A round is one campaign with a seed of its own: one to three starts, each disturbed by a fault at a moment that the seed
decides, then starts that nothing disturbs, until it is complete.  What must hold then is in model.py and remains.py.
Rounds follow each other, from the seed on, until the time is over.  With --only, each has the next of those faults
alone.  Exit status: 0 well, 1 a round failed, and its folder is kept, or a fault cannot be injected here.
"""

from __future__ import annotations

import argparse
import contextlib
import json
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
from campaign import Campaign, config_text, end_in_order, permissions_bind, speech_faults, undisturbed_results, verdict
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
    lacks: dict[str, str]  # what a fault may need, and why it cannot be had here
    undisturbed: dict[str, Path] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def possible(self, fault: Fault, config: str) -> bool:
        return fault.needs not in self.lacks and (fault.needs != "MPI" or config == "ranks")

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


def has_open_mpi(folder: Path) -> bool:
    """Whether the MPI driver of a folder is one for Open MPI, which the config and the checks speak to."""
    driver = folder / "scalelaw-mpi"
    if not driver.exists() or not shutil.which("mpirun"):
        return False
    said = subprocess.run([driver, "--describe"], capture_output=True, text=True, check=False)
    return said.returncode == 0 and str(json.loads(said.stdout).get("mpi", "")).startswith("Open MPI")


def lacking(folder: Path, programs: Path) -> dict[str, str]:
    """What faults may need and this machine does not have."""
    out = {}
    if not may_mount(folder):
        out["mount"] = "no disk can be mounted; root may, where no container forbids it (limit files is similar)"
    if not has_open_mpi(programs):
        out["MPI"] = "there is no scalelaw-mpi for Open MPI here with its mpirun; install Open MPI and build it"
    if not permissions_bind():
        out["permissions"] = "permissions do not bind root without setpriv; start it as another user"
    return out


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
        config, plan = self.planned(of)
        reference = self.of.reference(config)
        folder = self.of.folder / f"round-{self.seed}"
        with disk(folder / "disk", any(fault.needs == "mount" for fault in plan)):
            faults = self.in_folder(folder, CONFIGS[config], plan, of, reference)
        if not faults:
            shutil.rmtree(folder)
        return faults

    def planned(self, of: random.Random) -> tuple[str, list[Fault]]:
        """The config and the faults of the seed.  What this machine lacks changes the rest of them in nothing."""
        wanted = [fault for fault in FAULTS if self.only in ("", fault.name)]
        ranked = of.random() < 0.3 or all(fault.needs == "MPI" for fault in wanted)
        config = "ranks" if ranked and "MPI" not in self.of.lacks else "serial"
        orders = [of.sample(wanted, len(wanted)) for _ in range(of.randint(1, 3))]
        return config, [next(fault for fault in order if self.of.possible(fault, config)) for order in orders]

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
        with campaign.ended_with_us():
            moment.wait(attempt)
            injected = attempt.is_running() and fault.inject(attempt)
        end = campaign.wait(attempt.harness)
        self.of.counts[fault.name if injected else "none: it had ended"] += 1
        self.said.append(f"{fault.name} at {moment}" + ("" if injected else " (had ended)"))
        if injected:
            self.injected.append(fault)
        if attempt.overwritten:
            before = model.Journal()
        faults = model.changes(before, campaign.known()) + speech_faults(end)
        second = campaign.side / "second.faults"
        faults += second.read_text().splitlines() if second.exists() else []
        if end.status not in {0, *(fault.ends if injected else ())}:
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
        only = arguments.only[number % len(arguments.only)] if arguments.only else ""
        one = Round(torture, arguments.seed + number, only)
        began = time.monotonic()
        faults = one.run()
        failed += bool(faults)
        print(f"seed {one.seed}: {'; '.join(one.said) or 'nothing to do'}: {'FAULT' if faults else 'well'}"
              f" ({time.monotonic() - began:.1f} s)", *faults, sep="\n  ", flush=True)
        if faults:
            print(f"  repeat it: scripts/torture --rounds 1 --seed {one.seed}" + (f' --only "{only}"' if only else ""))
            print(f"  kept: {torture.folder}/round-{one.seed}")
    return failed


def refuse_impossible(torture: Torture, only: list[str]) -> None:
    """Says which faults are left out, and ends where they are wanted."""
    for fault in FAULTS:
        if why := torture.lacks.get(fault.needs):
            if fault.name in only:
                shutil.rmtree(torture.folder)
                sys.exit(f"torture: '{fault.name}' cannot be injected here: {why}")
            print(f"left out: {fault.name}: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(description="runs campaigns under faults, and checks that nothing is lost")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--rounds", type=int, default=0, help="so many instead of a time")
    parser.add_argument("--only", action="append", default=[], metavar="FAULT", choices=[one.name for one in FAULTS],
                        help="rounds of this one alone; with more of them, a round of each in turn")
    parser.add_argument("program", type=Path)
    parser.add_argument("clock", type=Path)
    arguments = parser.parse_args()
    end_in_order()
    folder = Path(tempfile.mkdtemp(prefix="scalelaw-torture-"))
    program = arguments.program.resolve()
    torture = Torture(program, arguments.clock.resolve(), folder, lacking(folder, program.parent))
    refuse_impossible(torture, arguments.only)
    failed = rounds(torture, arguments)
    print("injected: " + ", ".join(f"{name} {count}" for name, count in sorted(torture.counts.items())))
    if failed:
        sys.exit(f"torture: {failed} rounds failed")
    if not any(torture.counts[fault.name] for fault in FAULTS):
        sys.exit("torture: no fault was injected: all campaigns had ended before; let more --rounds run")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()

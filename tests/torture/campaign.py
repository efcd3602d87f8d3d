"""A short campaign in a folder of its own, that can be started, disturbed, resumed and checked."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import model
import remains

OUTPUT = "out.h5"
JOURNAL = OUTPUT + ".journal"
MARK = "SCALELAW_TORTURE"  # in the environment of all that a campaign starts
PATIENCE_S = 240  # for a start of the program on a busy machine
HUNG = 124
# What nobody should have to read.
RAW_WORDS = ("terminate called", "[json.exception", "filesystem error", "bad_alloc", "std::", "internal error",
             "infinite loop", "HDF5-DIAG", "Traceback", "core dumped")

HEAD = """[campaign]
name = "torture"
[measuring]
samples = {samples}
warmups = 0
launches_min = {launches}
launches_max = {launches}
diagnostics = 0
ceilings = false
timeout_s = {timeout_s}
gate = {{ enabled = false }}
[mpirun]
mca = {{ pml = "ob1" }}
"""
EXPERIMENT = """[[experiment]]
name = "{model}"
kernel = "calibration"
models = ["{model}"]
{placement}size = {size}
"""


def config_text(sizes: str, models: tuple[str, ...], launches: int, samples: int = 1, timeout_s: int = 60) -> str:
    """A config of calibration kernels; "mpi" has two ranks."""
    ranked = 'ranks = 2\noversubscribe = true\nscaling = "strong"\n'
    parts = [EXPERIMENT.format(model=name, size=sizes, placement=ranked if name == "mpi" else "") for name in models]
    return HEAD.format(launches=launches, samples=samples, timeout_s=timeout_s) + "".join(parts)


@functools.cache
def without_override(*command: str) -> list[str]:
    """As root, the start of a command that permissions bind as they bind anybody; none where that cannot be had."""
    words = command or ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
    if os.geteuid() != 0 or not shutil.which(words[0]):
        return []
    tried = subprocess.run([*words, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return list(words) if tried.returncode == 0 else []


def permissions_bind() -> bool:
    """Whether a campaign cannot write where its permissions say so."""
    return os.geteuid() != 0 or bool(without_override())


def end_in_order() -> None:
    """Lets a signal that asks this process to end run what stands in `finally`."""
    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


@dataclass
class End:
    """How a start of the program ended; 128 + N by signal N."""

    status: int
    out: str
    err: str


@dataclass
class Campaign:
    """`folder` has the config and the output; `side` what the checks keep, but for the journal's second name, which
    must be on the disk of the first."""

    program: Path
    folder: Path
    side: Path
    config: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.side / "tmp").mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "c.toml").write_text(self.config)

    @property
    def kept_journal(self) -> Path:
        return self.folder.parent / "kept.journal"

    @property
    def word(self) -> str:
        return f"{MARK}={self.side}"

    @property
    def results(self) -> Path:
        return self.folder / OUTPUT

    @property
    def journal(self) -> Path:
        return self.folder / JOURNAL

    def start(self, *words: str, name: str = "run", **variables: str) -> subprocess.Popen[bytes]:
        """Starts `scalelaw run` with more words; its streams go to files called `name`."""
        mark, value = self.word.split("=", 1)
        environment = os.environ | {mark: value, "TMPDIR": str(self.side / "tmp")} | self.variables | variables
        command = [*without_override(), str(self.program), "run", "c.toml", "-o", OUTPUT, *words]
        with (self.side / f"{name}.out").open("wb") as out, (self.side / f"{name}.err").open("wb") as err:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=out, stderr=err,
                                    stdin=subprocess.DEVNULL)

    def wait(self, process: subprocess.Popen[bytes], name: str = "run") -> End:
        """Waits for the end, and meanwhile keeps a second name of each journal that appears."""
        deadline = time.monotonic() + PATIENCE_S
        with self.ended_with_us():
            while process.poll() is None:
                self.witness()
                if time.monotonic() > deadline:
                    process.kill()
                    return End(HUNG, *self.said(name))
                time.sleep(0.001)
        status = process.returncode
        return End(128 - status if status < 0 else status, *self.said(name))

    @contextmanager
    def ended_with_us(self) -> Iterator[None]:
        """Ends all that the campaign runs when this program itself is ended."""
        try:
            yield
        except BaseException:
            remains.end_marked(self.word)
            raise

    def said(self, name: str) -> list[str]:
        return [(self.side / f"{name}.{stream}").read_text(errors="replace") for stream in ("out", "err")]

    def run(self, *words: str, **variables: str) -> End:
        return self.wait(self.start(*words, **variables))

    def witness(self) -> None:
        """Gives the journal a second name, which outlives the end of the campaign."""
        kept = self.kept_journal
        with contextlib.suppress(FileNotFoundError):  # it has just been removed
            if not (kept.exists() and kept.samefile(self.journal)):
                new = kept.with_suffix(".new")
                new.unlink(missing_ok=True)
                new.hardlink_to(self.journal)
                new.rename(kept)

    def known(self) -> model.Journal:
        """The journal, whether it is still there or not."""
        return model.read_journal(self.kept_journal)

    def finish(self, attempts: int = 3) -> list[str]:
        """Resumes without a fault, as often as it takes.  Returns the faults found."""
        for _ in range(attempts):
            if self.results.exists() and not self.journal.exists():
                return []
            self.witness()
            before = self.known() if self.journal.exists() else model.Journal()
            end = self.run(*(["--resume"] if before.lines else []))
            faults = model.changes(before, self.known()) + speech_faults(end)
            if end.status not in (0, 3):
                faults.append(f"an undisturbed end with status {end.status}: {end.err}")
            if faults:
                return faults
        if self.journal.exists():
            return [f"unfinished after {attempts} undisturbed attempts: {end.err}"]
        return []

    def left(self, allowed: tuple[str, ...] = ()) -> list[str]:
        """What is left of a campaign that has ended well."""
        names = ("c.toml", OUTPUT, *allowed)
        # Open MPI's own, which it leaves when somebody kills it.
        strangers = [name for name in os.listdir(self.side / "tmp") if not name.startswith("ompi.")]
        return (remains.left_processes(self.word) + remains.left_locks(self.folder) +
                remains.left_files(self.folder, names) + [f"a temporary file is left: {name}" for name in strangers])


def speech_faults(end: End) -> list[str]:
    """An end that is a crash, or words for no user."""
    said = end.out + end.err
    out = [f"it says '{raw}': {said}" for raw in RAW_WORDS if raw in said]
    if end.status in (128 + 6, 128 + 11):
        out.append(f"it crashed: status {end.status}: {said}")
    return out


def verdict(campaign: Campaign, undisturbed: Path, excuses: list[model.Excuse],
            may_fail: bool, allowed: tuple[str, ...] = ()) -> list[str]:
    """The faults of a campaign that has ended, against one that nobody disturbed.  `allowed`: files that may stay."""
    if not campaign.results.exists():
        return ["there is no results file"]
    journal = campaign.known()
    got, wanted = model.read_results(campaign.results), model.read_results(undisturbed)
    faults = model.doubled(journal) + model.unlike_undisturbed(got, wanted, may_fail)
    faults += model.untrue_reasons(got.launches, excuses)
    faults += model.unlike_journal(got, journal)
    if not model.facts(campaign.results) <= model.facts(undisturbed):
        faults.append("a sample has facts that the undisturbed campaign does not have")
    return faults + campaign.left(allowed)


def undisturbed_results(program: Path, folder: Path, config: str) -> Path:
    """The results of a campaign that nothing disturbs."""
    campaign = Campaign(program, folder / "work", folder / "side", config)
    end = campaign.run()
    if end.status != 0:
        raise SystemExit(f"torture: the undisturbed campaign ended with status {end.status}: {end.err}")
    return campaign.results

"""The faults that a torture injects into a running campaign."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import remains
from campaign import Campaign, speech_faults
from model import Excuse

MARK = "SCALELAW_LAUNCH"  # what the harness itself puts into the environment of a launch
DRIVERS = ("scalelaw-serial", "scalelaw-mpi")
# A driver that was killed, or stopped for long.
KILLED = Excuse("driver", ("signal 9",))
NO_ROOM = Excuse("file_system", ("No space left", "File too large", "cannot write the record", "Permission denied"))
# A driver that was ended as it wrote: it need not know of a limit.
AT_LIMIT = Excuse("file_system", ("File size limit exceeded",))


@dataclass
class Attempt:
    """A start of the harness that is being disturbed."""

    campaign: Campaign
    harness: subprocess.Popen[bytes]
    random: random.Random
    overwritten: bool = False  # what was measured before is rightly gone

    def is_running(self) -> bool:
        return self.harness.poll() is None

    def victims(self, names: tuple[str, ...]) -> list[int]:
        """Processes of the campaign with such a name (the kernel keeps 15 bytes of it)."""
        short = {name[:15] for name in names}
        return [one.pid for one in remains.marked(self.campaign.word) if one.name in short]

    def wait_for_victims(self, names: tuple[str, ...]) -> list[int]:
        while self.is_running():
            if found := self.victims(names):
                return found
            time.sleep(0.002)
        return []


def send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def to_harness(*numbers: int) -> Callable[[Attempt], bool]:
    """Sends signals to the harness, a moment apart."""
    def inject(attempt: Attempt) -> bool:
        sent = 0
        for number in numbers:
            if not attempt.is_running():
                break
            sent += send(attempt.harness.pid, number)
            time.sleep(0.02 if len(numbers) > 1 else 0)
        return sent > 0
    return inject


def to_process(number: int, *names: str) -> Callable[[Attempt], bool]:
    """Sends a signal to a process of the launch under way."""
    def inject(attempt: Attempt) -> bool:
        found = attempt.wait_for_victims(names)
        return bool(found) and send(attempt.random.choice(found), number)
    return inject


def pause(attempt: Attempt) -> bool:
    """Stops the harness, or a process of its launch, for a while."""
    victim = attempt.harness.pid
    if others := attempt.victims(("launch-watch", "mpirun", *DRIVERS)):
        victim = attempt.random.choice([victim, *others])
    if not attempt.is_running() or not send(victim, signal.SIGSTOP):
        return False
    time.sleep(attempt.random.uniform(0.1, 1))
    send(victim, signal.SIGCONT)
    return True


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """All room of a disk taken."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while os.write(file.fileno(), b"x" * size):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


def fill_disk(attempt: Attempt) -> bool:
    with filled(attempt.campaign.folder):
        time.sleep(attempt.random.uniform(0.2, 2))
    return True


def limit_files(attempt: Attempt) -> bool:
    """Lets no file of the harness, and of what it starts, grow (ulimit -f) for a while."""
    try:
        free = resource.prlimit(attempt.harness.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(attempt.harness.pid, resource.RLIMIT_FSIZE, (1, free[1]))
        time.sleep(attempt.random.uniform(0.2, 2))
        resource.prlimit(attempt.harness.pid, resource.RLIMIT_FSIZE, free)
    except ProcessLookupError:
        return False
    return True


def forbid_writing(attempt: Attempt) -> bool:
    """Takes the right to write in the folders of the results and the records, for a while."""
    folders = [path for path in (attempt.campaign.folder, attempt.campaign.folder / "out.h5.records") if path.is_dir()]
    for path in folders:
        path.chmod(0o555)
    time.sleep(attempt.random.uniform(0.2, 2))
    for path in folders:
        path.chmod(0o755)
    return True


def step_clock(attempt: Attempt) -> bool:
    """Sets the system's clock, as the campaign sees it, some hours or days before or after."""
    step = attempt.random.choice([-86400, -3600, -1, 1, 3600, 86400 * 400])
    file = Path(attempt.campaign.variables["SHIFTED_CLOCK"])
    new = file.with_suffix(".new")
    new.write_text(str(step))
    new.rename(file)
    return True


def start_second(attempt: Attempt) -> bool:
    """A second harness on the same results file: one of the two must be refused."""
    words = attempt.random.choice([[], ["--resume"], ["--overwrite"]])
    was_running = attempt.is_running()
    end = attempt.campaign.wait(attempt.campaign.start(*words, name="second"), "second")
    faults = speech_faults(end)
    if end.status not in (0, 1) or (end.status == 1 and "hint: " not in end.err):
        faults.append(f"the second harness ended with status {end.status}: {end.err}")
    if end.status == 0 and was_running and attempt.is_running():
        faults.append(f"two harnesses measured at once: {end.out}")
    attempt.overwritten = "--overwrite" in words and end.status != 1  # it came after the first had ended
    (attempt.campaign.side / "second.faults").write_text("\n".join(faults))
    return was_running


@dataclass(frozen=True)
class Fault:
    """A fault: how it is injected, the ends that are documented for it, and the failed launches that it explains."""

    name: str
    inject: Callable[[Attempt], bool]
    ends: tuple[int, ...]
    excuses: tuple[Excuse, ...] = ()
    needs: str = ""  # "MPI", "mount" or "permissions", which not each machine has
    silences: bool = False  # what the program says may not arrive

    @property
    def may_fail(self) -> bool:
        """Whether it may leave failed launches that are not repeated."""
        return any(excuse.cause == "driver" for excuse in self.excuses)


BY_SIGNAL_9 = (KILLED, Excuse("launcher", ("signal 9", "mpirun failed")))
FAULTS = (
    Fault("kill harness", to_harness(signal.SIGKILL), (137,)),
    Fault("kill supervisor", to_process(signal.SIGKILL, "launch-watch"), (0, 1, 3), BY_SIGNAL_9),
    Fault("kill launcher", to_process(signal.SIGKILL, "mpirun"), (0, 3), BY_SIGNAL_9, needs="MPI"),
    Fault("kill rank", to_process(signal.SIGKILL, *DRIVERS), (0, 1, 3), BY_SIGNAL_9),
    Fault("terminate rank", to_process(signal.SIGTERM, *DRIVERS), (0, 1, 3),
          (Excuse("user", ("asked to end",)), Excuse("driver", ("signal 15",)))),
    Fault("pause", pause, (0,)),
    Fault("hang up", to_harness(signal.SIGHUP), (129,)),
    Fault("hang up twice", to_harness(signal.SIGHUP, signal.SIGHUP), (129,)),
    Fault("terminate", to_harness(signal.SIGTERM), (143,)),
    Fault("terminate twice", to_harness(signal.SIGTERM, signal.SIGTERM), (143,)),
    Fault("fill disk", fill_disk, (0, 1, 3), (NO_ROOM,), needs="mount"),
    Fault("limit files", limit_files, (0, 1, 3), (NO_ROOM, AT_LIMIT), silences=True),
    Fault("forbid writing", forbid_writing, (0, 1, 3), (NO_ROOM,), needs="permissions"),
    Fault("step clock", step_clock, (0,)),
    Fault("second harness", start_second, (0, 1)),
)

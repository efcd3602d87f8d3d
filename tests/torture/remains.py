"""What a campaign may leave behind on the machine: processes, locks, files, shared memory.  None, in the end."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process as /proc lists it."""

    pid: int
    parent: int
    state: str
    name: str


def process_at(folder: Path) -> Process | None:
    """The process of a folder of /proc; none: it has gone."""
    try:
        text = (folder / "stat").read_text(errors="replace")
    except OSError:
        return None
    name = text[text.index("(") + 1:text.rindex(")")]
    state, parent = text[text.rindex(")") + 2:].split()[:2]
    return Process(int(folder.name), int(parent), state, name)


def has_variable(pid: int, word: str) -> bool:
    """Whether a process was started with `word` ("NAME=VALUE") in its environment."""
    try:
        return word.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def marked(word: str) -> list[Process]:
    """The processes with `word` in their environment, but for those that have ended."""
    found = (process_at(path) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [one for one in found if one and one.state not in "ZX" and one.pid != os.getpid()
            and has_variable(one.pid, word)]


def gone(find: Callable[[], Iterable[object]], seconds: float) -> list[object]:
    """What `find` still finds after so many seconds."""
    end = time.monotonic() + seconds
    while (left := list(find())) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def end_marked(word: str, seconds: float = 5) -> None:
    """Kills what runs with `word`, and what that starts meanwhile."""
    def kill() -> list[Process]:
        found = marked(word)
        for one in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGKILL)
        return found

    gone(kill, seconds)


def left_processes(word: str, seconds: float = 15) -> list[str]:
    return [f"a process is left: {one}" for one in gone(lambda: marked(word), seconds)]


def left_locks(folder: Path, locks: Path = Path("/proc/locks")) -> list[str]:
    """Locks on files of a folder; numbers of files mean nothing without that of their device."""
    held = {line.split()[-3] for line in locks.read_text().splitlines() if "->" not in line}
    return [f"a lock is left on {path.name}" for path in sorted(folder.rglob("*")) if name_of_file(path) in held]


def name_of_file(path: Path) -> str:
    """A file as /proc/locks names it: its device, two hexadecimal numbers, and its number there."""
    facts = path.stat()
    return f"{os.major(facts.st_dev):02x}:{os.minor(facts.st_dev):02x}:{facts.st_ino}"


def left_files(folder: Path, allowed: Iterable[str]) -> list[str]:
    """What is in a folder beside the files whose names are allowed."""
    return [f"a file is left: {name}" for name in sorted(os.listdir(folder)) if name not in set(allowed)]

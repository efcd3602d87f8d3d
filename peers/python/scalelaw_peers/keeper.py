"""Ends and removes what a driver leaves behind, however the driver ends: also when it is killed.

Usage: keeper.py MARK FOLDER SHARED DRIVER.  It waits for a line or the end of its standard input, which the driver
holds.  Then it kills the processes that have MARK in their environment, but not the process DRIVER, and what they have
started.  It removes FOLDER and the segments of shared memory whose names begin with SHARED.
"""
import os
import shutil
import signal
import sys
import time

PATIENCE_S = 4
TRACKER_S = 2


def processes():
    """{number: its parent's} of all that run."""
    out = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]
        except OSError:  # it has ended
            continue
        if state != b"Z":
            out[int(name)] = int(parent)
    return out


def has(pid, file, text):
    try:
        with open(f"/proc/{pid}/{file}", "rb") as opened:
            return text in opened.read()
    except OSError:  # it has ended, or is another user's
        return False


def has_open(pid, folder):
    """Whether a process has a file of the folder open."""
    try:
        return any(os.readlink(f"/proc/{pid}/fd/{number}").startswith(folder) for number in os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return False


def left(mark, folder, but):
    """What is left of a driver: what has the mark, or the folder open (some programs write their title over their
    environment), and all below."""
    parents = processes()
    found = {pid for pid in parents if has(pid, "environ", mark) or has_open(pid, folder)}
    more = True
    while more:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
    return found - but


def end_left(mark, folder, but):
    """Python's resource trackers end by themselves when no process needs them, and remove semaphores and segments."""
    begin = time.monotonic()
    while time.monotonic() < begin + PATIENCE_S:
        found = left(mark, folder, but)
        if not found:
            return
        for pid in found:
            if time.monotonic() < begin + TRACKER_S and has(pid, "cmdline", b"resource_tracker"):
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        time.sleep(0.005)


def remove(folder, shared):
    shutil.rmtree(folder, ignore_errors=True)
    try:
        segments = [name for name in os.listdir("/dev/shm") if name.startswith(shared)]
    except OSError:
        return
    for name in segments:
        try:
            os.unlink(f"/dev/shm/{name}")
        except OSError:
            pass


def main(mark, folder, shared, driver):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.readline()
    end_left(mark.encode(), folder, {os.getpid(), int(driver)})
    remove(folder, shared)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Ends and removes what a driver leaves behind, however the driver ends: also when it is killed.

Usage: keeper.py MARK FOLDER SHARED DRIVER.  It waits for a line or the end of its standard input, which the driver
holds.  Then it kills the processes that have MARK in their environment (but not the process DRIVER), and removes FOLDER
and the segments of shared memory whose names begin with SHARED.
"""
import os
import shutil
import signal
import sys
import time

PATIENCE_S = 4


def marked(mark, but):
    """The processes with the mark that still run."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                found = mark in file.read().split(b"\0")
        except OSError:  # it has ended, or is another user's
            continue
        if found and int(name) not in but:
            yield int(name)


def end_marked(mark, but):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        left = list(marked(mark, but))
        if not left:
            return
        for pid in left:
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
    end_marked(mark.encode(), {os.getpid(), int(driver)})
    remove(folder, shared)


if __name__ == "__main__":
    main(*sys.argv[1:])

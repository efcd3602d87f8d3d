"""A worker: a thread or a process of a library, which takes a number, binds itself to the core of that number and
says so in a file.  Imported by every worker."""
import fcntl
import json
import os
import threading
import time
from typing import NamedTuple

PATIENCE_S = 150  # on a busy machine, a cluster may take a minute


class Setup(NamedTuple):
    """What each worker is told."""
    folder: str  # of the reports
    workers: int
    cores: tuple  # the processors of each worker's core; empty: workers stay where they are


HERE = threading.local()


def enrol(setup):
    """This worker's number.  The first call takes one, binds the worker and writes its report."""
    if getattr(HERE, "folder", None) == setup.folder:
        return HERE.number
    number, HERE.lock = take_number(setup)
    if setup.cores:
        os.sched_setaffinity(0, setup.cores[number % setup.workers])
    HERE.folder, HERE.number = setup.folder, number
    report = {"pid": os.getpid(), "cpus": sorted(os.sched_getaffinity(0)), "pools": thread_pools()}
    path = os.path.join(setup.folder, f"worker-{number}")
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        json.dump(report, file)
    os.rename(f"{path}.part", f"{path}.json")
    return number


class Lock:
    """An open file, closed when its worker ends: a thread does not close what it opened."""

    def __init__(self, file):
        self.file = file

    def __del__(self):
        os.close(self.file)


def take_number(setup):
    """(the least number that no other worker has, the lock on the file that says so).  The lock ends with the worker:
    some libraries start a process for each job."""
    number = 0
    while True:
        file = os.open(os.path.join(setup.folder, f"worker-{number}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return number, Lock(file)
        except BlockingIOError:
            os.close(file)
            number += 1


def thread_pools():
    """{library: threads} of the libraries under NumPy, as threadpoolctl reads them back.  Loads all that tasks need."""
    import threadpoolctl

    from . import tasks  # noqa: F401
    return {pool["internal_api"]: pool["num_threads"] for pool in threadpoolctl.threadpool_info()}


def reports(setup):
    """{number: report} of the workers that have enrolled."""
    out = {}
    for name in os.listdir(setup.folder):
        if name.startswith("worker-") and name.endswith(".json"):
            with open(os.path.join(setup.folder, name), encoding="utf-8") as file:
                out[int(name[len("worker-"):-len(".json")])] = json.load(file)
    return out


def enrolled(setup):
    return sum(name.endswith(".json") for name in os.listdir(setup.folder))


def ready(setup):
    """Enrols, and waits for the others.  As many such tasks as there are workers make each of them start."""
    number = enrol(setup)
    wait_for_all(setup)
    return number


def wait_for_all(setup):
    """Errors: TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while enrolled(setup) < setup.workers:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{enrolled(setup)} of {setup.workers} workers have started within {PATIENCE_S} s")
        time.sleep(0.001)


def run_task(setup, function, arguments):
    """(the worker's number, seconds, what the function returns)"""
    number = enrol(setup)
    start = time.perf_counter()
    value = function(*arguments)
    return number, time.perf_counter() - start, value


def run_tasks(setup, function, tasks):
    """run_task() for each task of a chunk."""
    return [run_task(setup, function, arguments) for arguments in tasks]

"""A pass of a kernel by the workers of a library, and the program of a peer."""
import os
import sys

from scalelaw_driver import BINDS, Param, RunFailure, Workers, cores, cpu_list, fail, run_driver

from . import kernels, worker
from .library import Library, chunks_of

CHUNK = Param("chunk", 0, "tasks that a worker gets at a time; 0: one chunk for each worker")
POOL = Param("pool", "fresh", "fresh: each pass starts its workers and ends them; kept: they have started, and have "
             "computed a pass, before the first", choices=("fresh", "kept"))
PHASES = {"start_up": "serial", "prepare": "serial", "send": "transfer", "first_task": "serial",
          "steady": "parallel", "join": "serial", "shut_down": "serial"}


class PoolPass:
    """What makes a kernel of kernels.py a pass by a library."""
    phases = PHASES
    agreement = "kernel"
    batch = 1  # each pass is a sample: starting workers takes longer than any clock needs
    library_type = Library
    library = None
    refuge = None

    def fill(self, run):
        super().fill(run)
        self.task_function()  # which loads NumPy and Pillow
        from .refuge import Refuge
        self.refuge = Refuge()
        self.planned = cores() if BINDS else []
        if self.args.pool == "kept":
            run.begin(False)
            self.compute(run)

    def workers(self, run):
        """Where each worker may run, as they have read it back."""
        return [{"thread": number, "cpus": cpu_list(self.reports[number]["cpus"]), "last_cpu": -1}
                for number in range(run.threads)]

    def start(self, run):
        bound = tuple(tuple(sorted(core)) for core in self.planned) if run.threads <= len(self.planned) else ()
        setup = worker.Setup(self.refuge.new_folder(), run.threads, bound)
        library = self.library_type(setup, self.refuge)
        try:
            library.start(self)
            self.refuge.answer_signals()
            worker.wait_for_all(setup)
        except TimeoutError as error:
            raise RunFailure(str(error), "see what the library has printed; is the machine very busy?") from None
        self.reports = worker.reports(setup)
        self.check_workers(run)
        self.library = library

    def check_workers(self, run):
        if len(self.reports) != run.threads:
            raise RunFailure(f"{len(self.reports)} workers have started, not {run.threads}",
                             "the library started some anew: see what it has printed")
        for number, report in self.reports.items():
            for pool, threads in report["pools"].items():
                if threads != 1:
                    raise RunFailure(f"{pool} computes on {threads} threads in worker {number}, not on 1",
                                     "use a NumPy whose BLAS obeys OMP_NUM_THREADS")

    def compute(self, run):
        run.enter("start_up")
        if self.library is None:
            self.start(run)
        run.enter("prepare")
        tasks = self.tasks()
        chunk = self.chunk(len(tasks) - 1, run.threads)
        self.chunked = [tasks[:1], *chunks_of(tasks[1:], chunk)]  # the first task by itself, then chunks
        run.enter("send")
        self.library.send(self)
        run.enter("first_task")
        done = self.library.run(self, tasks[:1], 1)
        run.enter("steady")
        if tasks[1:]:
            done += self.library.run(self, tasks[1:], chunk)
        run.enter("join")
        result = self.join([value for _, _, value in done])
        for number, seconds, _ in done:
            run.team.busy_s[number] += seconds
        run.enter("shut_down")
        if self.args.pool == "fresh":
            self.stop()
        return result

    def chunk(self, tasks, workers):
        return self.args.chunk or max(1, -(-tasks // workers))

    def stop(self):
        if self.library is not None:
            self.library.stop()
            self.library = None

    def close(self):
        """Nothing is left after this."""
        try:
            self.stop()
        finally:
            if self.refuge is not None:
                self.refuge.close()


def pool_kernels(library):
    """The kernels with passes by a library."""
    def of(work):
        options = [CHUNK] * (library.chunks and not kernels.has_chunks(work)) + [POOL]
        return type(work.__name__, (PoolPass, work),
                    {"__doc__": library.__doc__, "library_type": library, "options": options})

    return {work.name: of(work) for work in kernels.ALL if library.kernels is None or work.name in library.kernels}


def run_peer(library):
    """The program of a peer whose workers are a pool's."""
    missing = library.missing()
    if missing:
        fail(*missing)
    # So that workers that import modules by name find these.
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], *filter(None, [os.environ.get("PYTHONPATH")])])
    run_driver(pool_kernels(library), threaded=library.threaded, version=library.version, model=library.model)


__all__ = ["PHASES", "Workers", "pool_kernels", "run_peer"]

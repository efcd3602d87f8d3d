"""The peers whose workers are MPI's ranks: mpirun starts them all, and each is the same program."""
import os
import sys

from scalelaw_driver import RunFailure, fail, run_driver

from . import kernels, worker
from .library import Library

try:
    from mpi4py import MPI
    NO_MPI = None
except (ImportError, RuntimeError) as error:
    MPI, NO_MPI = None, str(error).splitlines()[0]


class RankLibrary(Library):
    """A library on mpi4py."""
    module = "mpi4py"

    @classmethod
    def missing(cls):
        if super().missing() or NO_MPI is None:
            return super().missing()
        return f"mpi4py finds no MPI library: {NO_MPI}", "install openmpi-bin, or load the MPI module"


class RankPass:
    """What makes a kernel of kernels.py a pass by ranks.  The input is rank 0's."""
    agreement = "kernel"
    batch = 1

    def fill(self, run):
        if run.rank == 0:
            super().fill(run)
        self.task_function()  # which loads NumPy and Pillow
        for pool, threads in worker.thread_pools().items():
            if threads != 1:
                raise RunFailure(f"{pool} computes on {threads} threads in rank {run.rank}, not on 1",
                                 "use a NumPy whose BLAS obeys OMP_NUM_THREADS")


def rank_kernels(library, one_pass):
    """The kernels with passes by ranks; `one_pass` has compute()."""
    def of(work):
        options = [] if kernels.has_chunks(work) else getattr(one_pass, "options", [])
        return type(work.__name__, (one_pass, RankPass, work), {"__doc__": library.__doc__, "options": options})

    return {work.name: of(work) for work in kernels.ALL}


def run_ranks(library, one_pass):
    """The program of a peer whose workers are ranks."""
    missing = library.missing()
    if missing:
        fail(*missing)
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], *filter(None, [os.environ.get("PYTHONPATH")])])
    run_driver(rank_kernels(library, one_pass), version=library.version)


__all__ = ["MPI", "RankLibrary", "run_ranks"]

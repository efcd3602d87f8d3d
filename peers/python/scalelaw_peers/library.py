"""How a library shares tasks among workers: the interface that each peer fills in.

A campaign asks each peer about each size before it starts any.  So what is needed to compute alone is imported there,
and not at the top of these files."""
import importlib.util

from . import worker


class Library:
    """A library with `setup.workers` workers.  A pass calls start(), send(), run() and stop() in this order; where the
    pool is kept, start() and stop() are called once."""
    module = None  # what Python imports; None: it is Python's own
    package = None  # what pip installs, where that has another name
    model = {"name": "processes", "title": "processes"}
    threaded = True  # whether it takes a number of workers
    chunks = True  # whether workers get tasks in chunks
    kernels = None  # names of those that it has; None: all

    def __init__(self, setup, refuge):
        self.setup, self.refuge = setup, refuge

    @classmethod
    def missing(cls):
        """(what is missing, the remedy); None: nothing."""
        for module in ("numpy", "threadpoolctl", "PIL", cls.module):
            if module and importlib.util.find_spec(module.partition(".")[0]) is None:
                return f"Python has no {module}", "scripts/setup --with peers; where scalelaw is installed: docs/installing.md"
        return None

    @classmethod
    def version(cls):
        if cls.module is None:
            import platform
            return platform.python_version()
        from importlib import metadata
        return metadata.version(cls.package or cls.module)

    def start(self, work):
        """Starts the workers, and waits until each has called worker.enrol()."""
        raise NotImplementedError

    def send(self, work):
        """Places the arrays of the work where workers find them."""

    def run(self, work, tasks, chunk):
        """What worker.run_task() returns for each of these tasks, in their order.  A worker gets `chunk` at a time."""
        raise NotImplementedError

    def stop(self):
        """Ends all that start() and send() have started."""

    def values(self, work, tasks):
        """The arguments of these tasks."""
        return [work.arguments(task) for task in tasks]


def chunks_of(tasks, chunk):
    return [tasks[at:at + chunk] for at in range(0, len(tasks), chunk)]


def joined(chunks):
    """The results of chunks as one list."""
    return [result for chunk in chunks for result in chunk]


__all__ = ["Library", "chunks_of", "joined", "worker"]

"""The kernels as tasks: their parameters, inputs, and what becomes of the results.  The program kernel-data, which is
built from the kernels themselves, gives inputs and work, and judges results."""
import json
import math
import os
import struct
import subprocess
import sys
from typing import NamedTuple

from scalelaw_driver import Kernel, Param, RunFailure, UsageError

KERNEL_DATA = os.path.join(os.path.dirname(__file__), "kernel-data")
SEED = Param("seed", 1, "of the generated input")
NO_INPUT = Param("input", "", "empty: peers generate their input", choices=("",), kind="text")
TYPE = Param("type", "f64", "type of the elements", choices=("f64", "f32"))


class Task(NamedTuple):
    """A part of the arrays along their first axis, and what else its function takes."""
    begin: int
    end: int
    more: tuple = ()


class Work(Kernel):
    """A kernel as independent tasks."""
    name = ""
    function = None  # of tasks.py, by its name: NumPy is imported when there is something to compute
    tolerance = 0.0

    def __init__(self, args):
        super().__init__(args)
        self.described = json.loads(self.ask("work"))
        self.arrays, self.answer = [], None

    def words(self):
        for param in self.params:
            value = getattr(self.args, param.name)
            option = f"--{param.name.replace('_', '-')}"
            if param.kind == "bool":
                yield from [option] * value
            elif value != "":
                yield from (option, str(value))
        if not any(param.name == "seed" for param in self.params):
            yield from ("--seed", str(self.args.seed))

    def ask(self, question, result=None):
        """What kernel-data answers, as bytes.  Errors: UsageError, in its words."""
        done = subprocess.run([KERNEL_DATA, self.name, *self.words(), question], input=result, capture_output=True,
                              check=False, stdin=subprocess.DEVNULL if result is None else None)
        if done.returncode == 0:
            return done.stdout
        what, _, hint = done.stderr.decode(errors="replace").strip().removeprefix("kernel-data: ").partition("\n")
        raise UsageError(what or f"kernel-data ended with {done.returncode}",
                         hint.strip().removeprefix("hint: ") or "build it again")

    def work(self):
        return self.described["work"] | {"items": self.count()}

    def count(self):
        """How many tasks there are."""
        raise NotImplementedError

    def tasks(self):
        """The tasks of a pass, with whatever they have in common."""
        raise NotImplementedError

    def task_function(self):
        from . import tasks
        return getattr(tasks, self.function)

    def arguments(self, task):
        return (*(array[task.begin:task.end] for array in self.arrays), *task.more)

    def join(self, values):
        """The result of a pass from the values of its tasks, in their order."""
        raise NotImplementedError

    def packed(self, result):
        """The result as kernel-data reads it."""
        raise NotImplementedError

    def facts(self, result):
        """Those of the kernel.  The first result is judged as well."""
        self.answer = json.loads(self.ask("facts" if self.answer else "judge", self.packed(result)))
        return self.answer["facts"]

    def verify(self, result):
        return self.answer["fault"]


class PrimeSieve(Work):
    name, size_parameter, function = "prime_sieve", "limit", "sieve_part"
    params = [Param("limit", 10**9, "last number of the interval", 0, 10**18),
              Param("from", 0, "first number of the interval", 0, 10**18),
              Param("checksum", "sum", "sum also adds up the primes, modulo 2^64", choices=("none", "sum")),
              Param("twins", False, "also count the pairs of primes that differ by 2"),
              Param("l1_bytes", 0, "0: this peer chooses its own sizes", 0, 2**20),
              Param("l2_bytes", 0, "0: this peer chooses its own sizes", 0, 2**23)]
    part = 2**20  # numbers: half a MiB of flags, which a second-level cache holds
    most = 10**12  # each task is told the primes up to the root

    def __init__(self, args):
        super().__init__(args)
        self.first, self.limit = getattr(args, "from"), args.limit
        if self.limit > self.most:
            raise UsageError(f"this peer sieves up to {self.most:.0e}", "choose a smaller --limit")

    def count(self):
        return max(1, -(-(self.limit + 1 - self.first) // self.part))

    def tasks(self):
        from . import tasks
        primes = tasks.odd_primes(math.isqrt(self.limit + 2))
        beyond = self.limit + 1
        return [Task(0, 0, (begin, min(begin + self.part, beyond), self.limit, primes, self.args.checksum == "sum",
                            self.args.twins)) for begin in range(self.first, max(beyond, self.first + 1), self.part)]

    def join(self, values):
        counts, sums, twins = zip(*values)
        return sum(counts), sum(sums) % 2**64, sum(twins)

    def packed(self, result):
        return struct.pack("=qQq", *result)


class Arrays(Work):
    """Work on arrays, a part of which is a task."""

    def fill(self, run):
        import numpy
        data = numpy.frombuffer(self.ask("input"), {"f64": numpy.float64, "f32": numpy.float32}[self.args.type])
        self.arrays = self.shaped(data)

    def shaped(self, data):
        raise NotImplementedError

    def cuts(self, length, part):
        return [Task(begin, min(begin + part, length)) for begin in range(0, length, part)]


class DotProduct(Arrays):
    name, size_parameter, function = "dot_product", "length", "dot_part"
    params = [Param("length", 100_000_000, "elements of each vector", 0, 2**50), TYPE,
              Param("accuracy", "standard", "NumPy has no compensated sum", choices=("standard",)), NO_INPUT, SEED]
    part = 2**16  # elements: half a MiB of each vector

    @property
    def tolerance(self):
        """By how much of its size the sum may differ from the exact one.  A sum of n terms in any order has an error
        of at most n u (|x_1 y_1| + ...) (Higham, section 3.1).  The generated terms are below 1 and the sum is about
        n / 8; twice that leaves room for short vectors.  f32 is added up in f32 within a task only."""
        length = self.args.length
        added = length * 2.0**-53 + (min(length, self.part) * 2.0**-24 if self.args.type == "f32" else 0)
        return 16 * added

    def shaped(self, data):
        return [data[:self.args.length], data[self.args.length:]]

    def count(self):
        return max(1, -(-self.args.length // self.part))

    def tasks(self):
        return self.cuts(self.args.length, self.part) or [Task(0, 0)]

    def join(self, values):
        return math.fsum(values)

    def packed(self, result):
        return struct.pack("=d", result)


class MatrixMean(Arrays):
    name, size_parameter, function = "matrix_mean", "rows", "mean_part"
    params = [Param("rows", 10_000, "rows of the matrix", 0, 2**38),
              Param("cols", 10_000, "columns of the matrix", 0, 2**38), TYPE, NO_INPUT, SEED]

    def part(self):
        """Rows of a task: half a MiB of them."""
        return max(1, 2**16 // max(1, self.args.cols))

    def shaped(self, data):
        return [data.reshape(self.args.rows, self.args.cols)]

    def count(self):
        return max(1, -(-self.args.rows // self.part()))

    def tasks(self):
        return self.cuts(self.args.rows, self.part())

    def join(self, values):
        import numpy
        rows = numpy.concatenate([means for means, _ in values])
        columns = numpy.sum([sums for _, sums in values], axis=0)
        return rows, columns / self.args.rows, float(columns.sum() / (self.args.rows * self.args.cols))

    def packed(self, result):
        rows, columns, grand = result
        return rows.tobytes() + columns.tobytes() + struct.pack("=d", grand)


class ImageCompression(Work):
    name, size_parameter, function = "image_compression", "images", "compress"
    params = [Param("images", 1, "number of generated images", 1, 10**9),
              Param("width", 4000, "width in pixels, 1 to 65500", 1), Param("height", 3000, "height in pixels", 1),
              Param("spread", 1.0, "1: all images are alike", 1.0, 1.0),
              Param("colour", "rgb", "of the images", choices=("rgb", "grey")),
              Param("quality", 75, "1 (smallest file) to 100 (best image)", 1, 100),
              Param("subsampling", "420", "chroma subsampling", choices=("420", "444")),
              NO_INPUT, Param("output_dir", "", "empty: peers write no files", choices=("",), kind="text"), SEED]

    def count(self):
        return self.args.images

    def fill(self, run):
        import numpy
        data = numpy.frombuffer(self.ask("input"), numpy.uint8)
        channels = (3,) if self.args.colour == "rgb" else ()
        self.shape = (self.args.height, self.args.width, *channels)
        self.arrays = [data.reshape(self.args.images, *self.shape)]

    def tasks(self):
        subsampling = {"420": "4:2:0", "444": "4:4:4"}[self.args.subsampling]
        return [Task(i, i + 1, (self.shape, self.args.quality, subsampling)) for i in range(self.args.images)]

    def join(self, values):
        return values

    def packed(self, result):
        return b"".join(struct.pack("=q", len(file)) + file for file in result)


class TaskBatch(Work):
    """Tasks of their own weights.  Python takes the steps of `cpu` tasks, NumPy adds up the words of those that read.
    The file of `disk` tasks has no name: workers open it where the driver holds it, and nothing is left of it."""
    name, size_parameter = "task_batch", "tasks"
    params = [Param("tasks", 1000, "number of tasks", 1, 10**7),
              Param("kind", "cpu", "what a task does", choices=("cpu", "memory", "wait", "disk", "network")),
              Param("weights", "equal", "how the work is spread over the tasks",
                    choices=("equal", "linear", "one_heavy", "power_law")),
              Param("steps", 100_000, "steps of a cpu task, on average", 0, 10**9),
              Param("bytes", 2**20, "bytes that a memory, disk or network task reads, on average", 0, 10**9),
              Param("latency_us", 1000, "microseconds that a wait task waits, on average, and the server of network tasks "
                    "before each answer", 0, 10**9),
              Param("working_set", 2**24, "bytes that memory, disk and network tasks read from, rounded up to 8 KiB", 1, 2**50),
              Param("chunk", 1, "tasks that a worker gets at a time; 0: one chunk for each worker", 0, 10**9),
              Param("reading", "direct", "how disk tasks pass the page cache", choices=("direct", "dropped")),
              Param("folder", "", "where disk tasks have their file; empty: $TMPDIR or /var/tmp", kind="text"),
              Param("handshake_ms", 0, "peers run on one host", 0, 0),
              Param("remote_speed", 1.0, "peers run on one host", 1.0, 1.0),
              Param("ranks_per_host", 0, "peers run on one host", 0, 0), SEED]
    functions = {"cpu": "chain_part", "memory": "reading_part", "wait": "waiting_part", "disk": "disk_part",
                 "network": "network_part"}

    @property
    def function(self):
        return self.functions[self.args.kind]

    def fill(self, run):
        import numpy
        data = numpy.frombuffer(self.ask("input"), numpy.uint64)
        table, held = data[:4 * self.count()].reshape(-1, 4).tolist(), data[4 * self.count():]
        self.made = getattr(self, f"{self.args.kind}_tasks")(table, held)

    def cpu_tasks(self, table, _):
        return [Task(0, 0, (start, weight)) for start, weight, _, _ in table]

    wait_tasks = cpu_tasks

    def memory_tasks(self, table, held):
        """What tasks read lies end to end, as libraries cut arrays."""
        import numpy
        self.arrays = [numpy.concatenate([held[numpy.arange(first, first + words) % len(held)]
                                          for _, _, first, words in table])]
        ends = numpy.cumsum([words for _, _, _, words in table]).tolist()
        return [Task(begin, end, (weight,)) for begin, end, (_, weight, _, _) in zip([0, *ends], ends, table)]

    def disk_tasks(self, table, held):
        folder = self.args.folder or os.environ.get("TMPDIR") or "/var/tmp"
        direct = self.args.reading == "direct"
        import tempfile
        try:
            self.file = tempfile.TemporaryFile(dir=folder)
            path = f"/proc/{os.getpid()}/fd/{self.file.fileno()}"
            self.file.write(held.tobytes())
            self.file.flush()
            os.fsync(self.file.fileno())
            os.close(os.open(path, os.O_RDONLY | (os.O_DIRECT if direct else 0)))
        except OSError as error:
            raise UsageError(f"no file for disk tasks in '{folder}': {error.strerror}",
                             "choose another --folder, or --reading dropped where a file system has no O_DIRECT") from None
        os.posix_fadvise(self.file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return [Task(0, 0, (path, direct, len(held), first, words, weight)) for _, weight, first, words in table]

    def network_tasks(self, table, held):
        program = os.path.join(os.path.dirname(__file__), "word_server.py")
        self.server = subprocess.Popen([sys.executable, "-I", program, str(self.args.latency_us)], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        self.server.stdin.write(struct.pack("=Q", len(held)) + held.tobytes())
        self.server.stdin.flush()
        port = int(self.server.stdout.readline())
        return [Task(0, 0, (port, first, words, weight)) for _, weight, first, words in table]

    def count(self):
        return self.args.tasks

    def tasks(self):
        return self.made

    def join(self, values):
        weights, sums = zip(*values)
        return len(weights), sum(weights), max(weights), sum(sums) % 2**64

    def packed(self, result):
        return struct.pack("=qQQQ", *result)


ALL = (PrimeSieve, MatrixMean, DotProduct, ImageCompression, TaskBatch)


def has_chunks(work):
    """Whether a kernel has chunks of its own, as a parameter.  For others a library has the option."""
    return any(param.name == "chunk" for param in work.params)


__all__ = ["ALL", "Kernel", "RunFailure", "Task", "Work", "has_chunks"]

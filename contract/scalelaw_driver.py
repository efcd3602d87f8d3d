"""scalelaw_driver: makes a Python program one that `scalelaw` measures.  docs/bring-your-own.md shows how.

A kernel is a class below Kernel, whose docstring is its summary; Kernel says what it has.
run_driver({"name": Class}) is the program.  Ranks are there when mpi4py.MPI has been imported; threads with
threaded=True.  `run` is a Run: it has them, shares work among them, and enters phases.

Import this module before NumPy and mpi4py: it tells the libraries under NumPy to compute on the thread that calls
them, and MPI to start when a run does.
"""
import argparse
import json
import math
import os
import queue
import re
import resource
import socket
import sys
import threading
import time
import traceback

MOST = 2**63 - 1
COUNT = re.compile(r"\+?(?P<digits>\d(?:_?\d)*(?:\.(?:_?\d)*)?|\.\d(?:_?\d)*)"
                   r"(?P<exponent>[eE]\+?(?P<power>-?\d+)?)?(?P<suffix>.*)", re.ASCII | re.DOTALL)

# What a launcher asks of OpenMP, this kit does for Python's threads.
THREADS_ASKED = os.environ.get("OMP_NUM_THREADS", "")
BINDS = os.environ.get("OMP_PROC_BIND", "false").lower() != "false"
for library in ("OMP", "OPENBLAS", "MKL", "BLIS"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
try:
    import mpi4py
    mpi4py.rc.initialize = False  # run_driver() does it, when there is something to measure
except ImportError:
    pass


class UsageError(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, what, hint):
        super().__init__(what)
        self.hint = hint


class RunFailure(UsageError):
    """What went wrong while running, with neither the command line nor the input at fault."""


# --- The command line ---

def count(text):
    """A count as all drivers take it: 1000, 10_000, 1e9, 4Gi, 64MB."""
    def refuse(why):
        raise UsageError(f"'{text}' {why}", "write a whole number such as 1000, 10_000, 1e9, 4Gi or 64M")

    if text.startswith("-"):
        refuse("is negative")
    match = COUNT.fullmatch(text)
    suffix = re.fullmatch("(?:([kKMGT])(i?))?B?", match["suffix"]) if match else None
    if match and match["exponent"] and match["power"] is None:
        refuse("has no exponent after its 'e'")
    if suffix is None:
        refuse("is not a number")
    whole, _, fraction = match["digits"].replace("_", "").partition(".")
    power = int(match["power"] or 0) - len(fraction)
    value = int(whole + fraction)
    factor = (1024 if suffix[2] else 1000) ** (1 + "KMGT".index(suffix[1].upper())) if suffix[1] else 1
    if value * factor > MOST or (value and power > 18):
        refuse("is too large (the limit is 2^63 - 1)")
    value *= factor
    if power < 0 and value:  # 64 bits have at most 19 digits
        if power < -19 or value % 10**-power:
            refuse("is not a whole number")
        value //= 10**-power
    elif value:
        value *= 10**power
    if value > MOST:
        refuse("is too large (the limit is 2^63 - 1)")
    return value


def number(text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"'{text}' is not a number", "write a number such as 0.5 or 1e-3")
    return value


class Param:
    """A parameter or an option: by its default a count, a number (float), a flag (False) or a text; with choices, one
    of them.  Counts and numbers may have bounds.  What an option `needs`: docs/record.md."""

    def __init__(self, name, default, help, low=None, high=None, choices=(), kind="", needs=()):
        by_type = {bool: "bool", int: "count", float: "number", str: "text"}
        self.name, self.default, self.help, self.choices, self.needs = name, default, help, choices, needs
        self.kind = kind or ("choice" if choices else by_type[type(default)])
        self.low, self.high = low, high
        if self.kind == "count":
            self.low, self.high = low or 0, MOST if high is None else high

    def catalog(self):
        about = {"name": self.name, "type": self.kind, "default": self.default, "help": self.help}
        if self.kind == "choice":
            about["choices"] = list(self.choices)
        if self.low not in (None, 0) or (self.kind == "number" and self.low is not None):
            about["min"] = self.low
        if self.high not in (None, MOST):
            about["max"] = self.high
        return about | ({"needs": list(self.needs)} if self.needs else {})

    def value(self, text):
        """Errors: UsageError for a text that is no value."""
        value = count(text) if self.kind == "count" else number(text)
        low, high = (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)
        if not low <= value <= high:
            raise UsageError(f"{text} is too small; it must be at least {low}" if high == MOST
                             else f"{text} is outside {low} .. {high}", "choose a value within the limits")
        return value


class Kernel:
    """What is measured."""
    size_parameter = ""  # the parameter that is the kernel's size
    params = []  # what is computed: Params
    options = []  # how a pass is made: Params
    phases = {"compute": "parallel"}  # of a pass, in their order: "serial", "parallel" or "transfer"
    verify = None  # or a method: "" for a right result, else what is wrong; called at rank 0
    # Of a kernel that starts its workers itself, such as a pool of processes: a method that returns where each may
    # run, [{"thread": 0, "cpus": "0-1", "last_cpu": -1}, ...].  It is called after a pass, and the kernel adds the
    # seconds that they computed to run.team.busy_s.
    workers = None
    batch = 0  # passes per sample where it is not given; 0: as many as the clock's resolution asks for
    agreement = tolerance = None  # of the facts, as docs/record.md has them; None: its default

    def __init__(self, args):
        """May raise UsageError."""
        self.args = args  # args.length, args.seed, ...

    def work(self):
        """The work of a pass, all ranks together: {"operations": ..., "amount": ..., "unit": ..., ...}, as
        docs/record.md has it.  Of `items`, each rank has run.share()."""
        raise NotImplementedError

    def check(self):
        """Raises UsageError for files that cannot be used."""

    def fill(self, run):
        """Makes the input."""

    def compute(self, run):
        """One pass: its result, at rank 0 at least."""
        raise NotImplementedError

    def facts(self, result):
        """{name: exact text}: equal texts mean equal results.  Called at rank 0."""
        raise NotImplementedError

    def close(self):
        """Ends what the kernel has started.  Called at the end, after a failure, too."""


# The words that every driver takes, whatever its kernels: --NAME COUNT, then those of other forms.
COMMON = [Param("warmups", 1, "passes that are not timed", 0, 10**9),
          Param("samples", 5, "timed repetitions", 1, 10**9),
          Param("diagnostics", 0, "extra samples that distinguish waiting from transfer", 0, 10**9),
          Param("threads", 0, "threads of each rank; 0: OMP_NUM_THREADS, or the cores allowed", 0, 16384)]
SEED = Param("seed", 1, "of generated input")
BATCH = Param("batch", 0, "passes per sample; auto or 0: as many as the clock's resolution asks for", 0, 10**9)
FLAGS = {"describe": "print the work model as JSON and measure nothing",
         "check": "check inputs and outputs, and compute nothing"}


class Parser(argparse.ArgumentParser):
    """Ends with the drivers' exit status for wrong usage, and does not hide that its help was lost."""

    def error(self, message):
        raise UsageError(message.removeprefix("argument "), f"see {self.prog} --help")

    def print_help(self, file=None):
        print(self.format_help(), end="", file=file or sys.stdout)


class Value(argparse.Action):
    """Takes a count or a number between two bounds, or `auto` for 0."""

    def __init__(self, *args, param, auto=False, **kwargs):
        super().__init__(*args, metavar=param.kind.upper(), **kwargs)
        self.param, self.auto = param, auto

    def __call__(self, parser, namespace, text, option=None):
        try:
            value = 0 if self.auto and text == "auto" else self.param.value(text)
        except UsageError as error:
            raise UsageError(f"{option}: {error}", error.hint) from None
        setattr(namespace, self.dest, value)


def add_param(parser, param, **more):
    how = {"default": param.default, "help": param.help, **more}
    if param.kind == "bool":
        how["action"] = "store_true"
    elif param.kind in ("count", "number"):
        how |= {"action": Value, "param": param}
    elif param.choices:
        how["choices"] = param.choices
    else:
        how["metavar"] = "TEXT"
    parser.add_argument(f"--{param.name.replace('_', '-')}", dest=param.name, **how)


def parse(driver, about, kernels, argv):
    parser = Parser(prog=driver, description=about, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    subcommands = parser.add_subparsers(dest="kernel")
    parser.add_argument("--describe", action="store_true", dest="describe_all",
                        help="list kernels and their parameters as JSON")
    for name, kernel in kernels.items():
        sub = subcommands.add_parser(name, help=kernel.__doc__, description=kernel.__doc__, allow_abbrev=False,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        own = [*kernel.params, *kernel.options]
        for param in [*own, *([] if any(param.name == "seed" for param in own) else [SEED]), *COMMON]:
            add_param(sub, param)
        add_param(sub, BATCH, auto=True)
        sub.add_argument("--record", default="", metavar="FILE", help="write the record (JSON Lines) to this file")
        for flag, meaning in FLAGS.items():
            sub.add_argument(f"--{flag}", action="store_true", help=meaning)
    args = parser.parse_args(argv)
    if args.kernel is None and not args.describe_all:
        parser.error("which kernel?")
    return args


# --- Ranks and threads ---

def launched(names, otherwise):
    """A number that the launcher has given this process in one of these variables."""
    return next((int(os.environ[name]) for name in names if os.environ.get(name, "").isdigit()), otherwise)


class Alone:
    """The one rank of a program without MPI."""
    comm, rank, size, library = None, 0, 1, None

    def gather(self, value):
        return [value]

    def largest(self, value):
        return value

    def meet(self):
        pass

    def end(self):
        pass

    def abort(self, status):
        pass


def library_name(mpi):
    """What the MPI library calls itself, without the details."""
    return mpi.Get_library_version().split(",")[0].split("\n")[0]


class Together:
    """The ranks of mpi4py."""

    def __init__(self, mpi):
        if not mpi.Is_initialized():
            mpi.Init_thread()
        self.mpi, self.comm = mpi, mpi.COMM_WORLD
        self.rank, self.size = self.comm.rank, self.comm.size
        levels = {mpi.THREAD_SINGLE: "single", mpi.THREAD_FUNNELED: "funneled",
                  mpi.THREAD_SERIALIZED: "serialized", mpi.THREAD_MULTIPLE: "multiple"}
        self.library = {"library": library_name(mpi),
                        "thread_level": levels[mpi.Query_thread()]}

    def gather(self, value):
        """A list of all ranks' values at the root, None elsewhere."""
        return self.comm.gather(value)

    def largest(self, value):
        return self.comm.allreduce(value, self.mpi.MAX)

    def meet(self):
        self.comm.Barrier()

    def end(self):
        self.mpi.Finalize()

    def abort(self, status):
        if self.size > 1:
            self.comm.Abort(status)


def cpu_list(cpus):
    """{0, 1, 2, 4} as Linux writes it: "0-2,4"."""
    runs = []
    for cpu in sorted(cpus):
        if runs and runs[-1][1] == cpu - 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def cores():
    """The processors that this process may use, as a list of cores: each the set of its processors."""
    allowed, out = os.sched_getaffinity(0), {}
    for cpu in sorted(allowed):
        try:
            with open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", encoding="ascii") as file:
                core = file.read()
        except OSError:
            core = cpu
        out.setdefault(core, set()).add(cpu)
    return list(out.values())


class Team:
    """Threads that stay: thread 0 is the caller.  Each is bound to a core of its own where the launcher asks for it,
    as OpenMP's are."""

    def __init__(self, threads):
        self.size, self.busy_s = threads, [0.0] * threads
        self.cores = cores() if BINDS else []
        self.tasks = [queue.SimpleQueue() for _ in range(threads)]
        self.done = queue.SimpleQueue()
        for thread in range(1, threads):
            threading.Thread(target=self.serve, args=(thread,), daemon=True).start()
        self.bind(0)

    def bind(self, thread):
        if self.size > 1 and self.size <= len(self.cores):
            os.sched_setaffinity(0, self.cores[thread])

    def serve(self, thread):
        self.bind(thread)
        while True:
            self.done.put(self.attempt(thread, self.tasks[thread].get()))

    def attempt(self, thread, function):
        """(thread, result, exception)"""
        start = time.perf_counter()
        try:
            return thread, function(thread), None
        except BaseException as error:  # of the kernel: to be raised by the caller
            return thread, None, error
        finally:
            self.busy_s[thread] += time.perf_counter() - start

    def run(self, function):
        """[function(0), function(1), ...], each by its thread."""
        for thread in range(1, self.size):
            self.tasks[thread].put(function)
        ended = [self.attempt(0, function), *(self.done.get() for _ in range(1, self.size))]
        for _, _, error in ended:
            if error is not None:
                raise error
        return [result for _, result, _ in sorted(ended, key=lambda one: one[0])]

    def masks(self, _):
        """Where each thread may run.  The busy times of this look do not count."""
        found = self.run(lambda thread: cpu_list(os.sched_getaffinity(0)))
        self.busy_s = [0.0] * self.size
        return [{"thread": thread, "cpus": cpus, "last_cpu": -1} for thread, cpus in enumerate(found)]


class Workers:
    """What stands for a Team where a kernel has workers of its own."""

    def __init__(self, kernel, workers):
        self.kernel, self.size, self.busy_s = kernel, workers, [0.0] * workers

    def run(self, function):
        raise RunFailure("the workers are the kernel's own", "share the work among them, and not by run.map()")

    def masks(self, run):
        return self.kernel.workers(run)


def default_threads():
    asked = THREADS_ASKED.split(",")[0]
    return int(asked) if asked.isdigit() and int(asked) > 0 else len(os.sched_getaffinity(0))


class Run:
    """What a pass is given: where it runs, how work is shared, and the phases that it enters."""

    def __init__(self, world, team, phases, seed):
        self.world, self.team, self.roles = world, team, phases
        self.rank, self.ranks, self.comm, self.threads, self.seed = world.rank, world.size, world.comm, team.size, seed
        self.phases_s, self.phase, self.diagnostic, self.wait_s = {}, None, False, 0.0

    def share(self, total):
        """(begin, end): this rank's part of 0 .. total."""
        return total * self.rank // self.ranks, total * (self.rank + 1) // self.ranks

    def map(self, function, begin, end):
        """[function(begin, ...), ..., function(..., end)]: each thread calls it for its part of a range."""
        def part(thread):
            size = end - begin
            return function(begin + size * thread // self.threads, begin + size * (thread + 1) // self.threads)

        return self.team.run(part)

    def enter(self, phase):
        """The pass goes on in this phase, which ends the one before."""
        if phase not in self.roles:
            raise RunFailure(f"the kernel has no phase '{phase}'", f"list it in `phases`: {', '.join(self.roles)}")
        self.leave(phase)

    def leave(self, phase):
        now = time.perf_counter()
        if self.phase is not None:
            self.phases_s[self.phase] += now - self.since
        works = self.roles.get(self.phase) == "parallel"
        if works and self.roles.get(phase) != "parallel":
            self.computed_s = now - self.start
            if self.diagnostic:  # waiting apart from transfer
                self.world.meet()
                met = time.perf_counter()
                self.wait_s += met - now
                now = met
        self.phase, self.since = phase, now

    def begin(self, diagnostic):
        self.phases_s, self.diagnostic, self.wait_s = dict.fromkeys(self.roles, 0.0), diagnostic, 0.0
        self.team.busy_s = [0.0] * self.threads
        self.computed_s = None
        self.phase = next(iter(self.roles)) if len(self.roles) == 1 else None
        self.world.meet()
        self.start = self.since = time.perf_counter()

    def end(self):
        """The times of the pass."""
        self.leave(None)
        total_s = self.since - self.start
        parallel_s = sum(s for phase, s in self.phases_s.items() if self.roles[phase] == "parallel")
        busy_s = self.team.busy_s if any(self.team.busy_s) else [parallel_s] * self.threads
        computed_s = total_s if self.computed_s is None else self.computed_s
        return {"phases_s": self.phases_s, "wait_s": self.wait_s, "total_s": total_s, "busy_s": list(busy_s),
                "computed_s": computed_s}


# --- Measuring ---

def values_of(args, params):
    return {param.name: getattr(args, param.name) for param in params}


def work_of(kernel):
    return {"resident_bytes": 0.0, "memory_bound": False} | kernel.work()


def clock():
    """The clock's smallest step and what one reading costs, both measured."""
    readings = [time.perf_counter() for _ in range(2000)]
    steps = [after - before for before, after in zip(readings, readings[1:]) if after > before]
    return {"name": "perf_counter", "resolution_s": min(steps, default=time.get_clock_info("perf_counter").resolution),
            "overhead_s": (readings[-1] - readings[0]) / len(readings)}


def usage():
    """What the system has told of this process so far: in a sample, and the most memory."""
    use = resource.getrusage(resource.RUSAGE_SELF)
    return {"involuntary_switches": use.ru_nivcsw, "major_faults": use.ru_majflt}, 1024 * use.ru_maxrss


def mean(times, passes, items):
    """The times of one rank's passes, of each by itself or of all together, for one pass; and its items."""
    def of(values):
        return math.fsum(values) / passes

    out = {key: of(one[key] for one in times) for key in ("wait_s", "total_s", "computed_s")}
    out["phases_s"] = {phase: of(one["phases_s"][phase] for one in times) for phase in times[0]["phases_s"]}
    out["busy_s"] = [of(column) for column in zip(*(one["busy_s"] for one in times))]
    return out | ({} if items is None else {"items": items})


class TooShort(Exception):
    """A sample lasted too few steps of the clock; the batch has been raised."""


class Measurement:
    """One launch of a kernel: warm-ups, samples, the record."""

    def __init__(self, program, args, kernel, run):
        self.program, self.args, self.kernel, self.run, self.world = program, args, kernel, run, run.world
        self.record = Record(args.record if self.world.rank == 0 else "")
        self.timer = clock()
        self.step_s = self.world.largest(self.timer["resolution_s"])
        self.batch, self.work = args.batch or kernel.batch, work_of(kernel)
        self.fault, self.first = "", None

    def one_pass(self, diagnostic=False):
        """Its times, and its result."""
        self.run.begin(diagnostic)
        result = self.kernel.compute(self.run)
        return self.run.end(), result

    def enough(self, pass_s):
        """Passes that take 10000 steps of the clock."""
        return math.ceil(10_000 * self.step_s / max(pass_s, self.step_s))

    def warm_up(self):
        def fastest(passes):
            return self.world.largest(min((self.one_pass()[0]["total_s"] for _ in range(passes)), default=math.inf))

        pass_s = fastest(max(self.args.warmups, 0 if self.batch else 1))
        if self.batch:
            return
        if pass_s < 100_000 * self.step_s:  # first passes are slow
            pass_s = min(pass_s, fastest(10))
        self.batch = self.enough(pass_s)

    def header(self):
        run, args = self.run, self.args
        own = {"rank": run.rank, "host": os.environ.get("SLURMD_NODENAME") or socket.gethostname(),
               "pid": os.getpid(), "threads": run.team.masks(run)}
        ranks = self.world.gather(own)
        if ranks is None:
            return None
        phases = [{"name": name, "role": role} for name, role in run.roles.items()]
        told = {"agreement": self.kernel.agreement, "tolerance": self.kernel.tolerance}
        return {"record": "header", "schema": 2, **self.program.identity(), "kernel": args.kernel,
                **{key: value for key, value in told.items() if value is not None},
                "model": self.program.model["name"], "params": values_of(args, self.kernel.params),
                "options": values_of(args, self.kernel.options), "seed": args.seed, "isa": "auto",
                "phases": phases, "ranks": ranks, "work": self.work,
                "placement": {"nodes": len({rank["host"] for rank in ranks}), "ranks": run.ranks,
                              "threads": run.threads},
                "warmups": args.warmups, "samples": args.samples, "diagnostics": args.diagnostics,
                "batch": self.batch, "timer": self.timer | {"resolution_s": self.step_s},
                "build": {"version": self.program.version(), "compiler": f"Python {sys.version.split()[0]}"},
                "mpi": self.world.library,
                "verification": "known_answer" if self.kernel.verify else "repeatable"}

    def items(self):
        """This rank's share of the items, where the work has any."""
        if "items" not in self.work:
            return None
        begin, end = self.run.share(self.work["items"])
        return end - begin

    def judge(self, result):
        """(facts, what is wrong) of a result; the first is verified, and all must equal it."""
        facts = self.kernel.facts(result)
        if self.first is None:
            self.first = facts
            self.fault = self.kernel.verify(result) if self.kernel.verify else ""
        elif not self.fault and facts != self.first:
            self.fault = "the result differs from the first sample's"
        return facts, self.fault

    def passes(self, diagnostic):
        """The mean times of the passes of a sample, and the last result.  Passes of one phase and one rank are timed
        together, because a reading of the clock would be a good part of a short one."""
        if self.run.ranks == 1 and len(self.run.roles) == 1:
            self.run.begin(diagnostic)
            for _ in range(self.batch):
                result = self.kernel.compute(self.run)
            return mean([self.run.end()], self.batch, self.items()), result
        times = []
        for _ in range(self.batch):
            of_pass, result = self.one_pass(diagnostic)
            times.append(of_pass)
        return mean(times, self.batch, self.items()), result

    def sample(self, index, may_raise):
        diagnostic = index >= self.args.samples
        before, _ = usage()
        own, result = self.passes(diagnostic)
        if self.kernel.workers is None:  # else it computes in processes of its own
            after, own["peak_bytes"] = usage()
            own |= {name: (after[name] - before[name]) / self.batch for name in before}
        total_s = self.world.largest(own["total_s"])
        if may_raise and total_s * self.batch < 1000 * self.step_s:
            self.batch = max(2 * self.batch, self.enough(total_s))
            raise TooShort
        waited_s = self.world.largest(own["computed_s"]) - own.pop("computed_s")
        if not diagnostic:
            own["wait_s"] = waited_s
        ranks = self.world.gather(own)
        if ranks is None:
            return None
        facts, fault = self.judge(result)
        return {"record": "sample", "index": index, "diagnostic": diagnostic, "total_s": total_s, "ranks": ranks,
                "facts": facts, "verified": not fault, "fault": fault}

    def samples(self, may_raise):
        self.record.restart()
        out = []
        if self.kernel.workers is None:
            self.record.write(self.header())
        for index in range(self.args.samples + self.args.diagnostics):
            out.append(self.sample(index, may_raise))
            if index == 0 and self.kernel.workers is not None:  # now they exist
                self.record.write(self.header())
            self.record.write(out[-1])
        return out

    def take(self):
        """All samples; the exit status."""
        automatic = self.args.batch == 0
        self.warm_up()
        if self.kernel.workers is None:
            check_threads(self.run)
        for raises_left in range(10 if automatic else 0, -1, -1):
            try:
                samples = self.samples(raises_left > 0)
                break
            except TooShort:
                pass
        self.record.write({"record": "end", "samples": self.args.samples, "verified": not self.fault})
        self.record.close()
        if self.world.rank == 0:
            self.report([sample["total_s"] for sample in samples[:self.args.samples]])
        return int(self.world.largest(2 if self.fault else 0))

    def report(self, times):
        import statistics  # which takes longer to load than the rest of this file; --describe needs none
        median_s = statistics.median(times)
        right = "verified" if self.kernel.verify else "the same in every sample"
        print(f"{self.args.kernel}: {self.program.implementation}, {self.program.model['name']}, ranks "
              f"{self.run.ranks}, threads {self.run.threads}\n  time   {median_s:.4g} s (median of {len(times)})")
        if "unit" in self.work:
            print(f"  rate   {self.work['amount'] / median_s:.4g} {self.work['unit']}/s")
        print(f"  result {'WRONG: ' + self.fault if self.fault else right}")


def check_threads(run):
    """Refuses to measure when a library computes on threads of its own."""
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    if run.comm is None and threads > run.threads:
        raise RunFailure(f"a library has started threads: there are {threads}, not {run.threads}",
                         "import scalelaw_driver before NumPy, and use libraries that obey OMP_NUM_THREADS")


class Record:
    """The record's file.  Each line is flushed, so that what was measured survives a crash.  Anything but a
    regular file gets all lines at the end, because lines sent to a pipe cannot be discarded."""

    def __init__(self, path):
        self.path, self.lines = path, []
        try:
            self.file = open(path or os.devnull, "w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write the record '{path}': {error.strerror}",
                             "give --record a file in a folder that exists and can be written") from None
        self.regular = os.path.isfile(path)

    def restart(self):
        """Discards what has been written."""
        self.lines = []
        if self.regular:
            self.attempt(lambda: (self.file.seek(0), self.file.truncate()))

    def write(self, line):
        if self.regular:
            self.attempt(lambda: print(json.dumps(line), file=self.file, flush=True))
        else:
            self.lines.append(json.dumps(line))

    def close(self):
        if not self.regular:
            self.attempt(lambda: print(*self.lines, sep="\n", file=self.file, flush=True))
        self.attempt(self.file.close)

    def attempt(self, step):
        try:
            step()
        except OSError as error:
            raise RunFailure(f"cannot write the record '{self.path}': {error.strerror}",
                             "make room, or give --record another file") from None


# --- The program ---

def implementation_of(name):
    """A peer, a model in the folder of the drivers, or the name of any other program, without its extension."""
    if name.startswith("scalelaw-peer-"):
        return name.removeprefix("scalelaw-peer-")
    return "scalelaw" if name.startswith("scalelaw-") else os.path.splitext(name)[0]


class Program:
    """A driver: its name, its model, its kernels."""

    def __init__(self, kernels, threaded, version, about, model):
        self.kernels, self.about = kernels, about
        self.version = version if callable(version) else lambda: version
        self.name = os.path.basename(sys.argv[0])
        self.implementation = implementation_of(self.name)
        self.mpi = mpi = sys.modules.get("mpi4py.MPI")
        self.world = None  # before a run
        name, title = (("hybrid", "MPI + threads") if threaded and mpi else ("threads", "threads") if threaded
                       else ("mpi", "MPI") if mpi else ("serial", "serial"))
        self.model = {"name": name, "title": title, "ranked": bool(mpi), "threaded": threaded, "device": False,
                      **(model or {})}

    def identity(self):
        return {"driver": self.name, "implementation": self.implementation}

    def catalog(self):
        return {"schema": 2, **self.identity(), "model": self.model,
                **({"mpi": library_name(self.mpi)} if self.mpi else {}),
                "kernels": {name: {"summary": kernel.__doc__, "size_parameter": kernel.size_parameter,
                                   "params": [param.catalog() for param in kernel.params],
                                   "options": [option.catalog() for option in kernel.options]}
                            for name, kernel in self.kernels.items()}}

    def run(self):
        args = parse(self.name, self.about, self.kernels, sys.argv[1:])
        if args.describe_all:
            print(json.dumps(self.catalog()))
            return 0
        if args.threads > 1 and not self.model["threaded"]:
            raise UsageError("this driver computes on one thread", "omit --threads")
        if not self.mpi and launched(("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"), 1) > 1:
            raise UsageError("started as several ranks, but mpi4py is not imported",
                             "start it alone, or write: from mpi4py import MPI")
        kernel = self.kernels[args.kernel](args)
        if args.describe:
            print(json.dumps({"kernel": args.kernel, "params": values_of(args, kernel.params),
                              "size_parameter": kernel.size_parameter, "work": work_of(kernel)}))
            return 0
        if args.check:
            kernel.check()
            return 0
        return self.measure(args, kernel)

    def measure(self, args, kernel):
        self.world = Together(self.mpi) if self.mpi else Alone()
        threads = (args.threads or default_threads()) if self.model["threaded"] else 1
        team = Team(threads) if kernel.workers is None else Workers(kernel, threads)
        run = Run(self.world, team, kernel.phases, args.seed)
        try:
            kernel.fill(run)
            return Measurement(self, args, kernel, run).take()
        finally:
            kernel.close()

    def complain(self, what, hint):
        try:
            print(f"{self.name}: {what}\n  hint: {hint}", file=sys.stderr, flush=True)
        except OSError:  # nobody is there to be told
            pass

    def attempt(self):
        """(exit status, what is wrong, hint)"""
        try:
            return self.run(), None, None
        except UsageError as error:
            return 3 if isinstance(error, RunFailure) else 1, error, error.hint
        except MemoryError:
            return 1, "needs more memory than there is", "choose a smaller size"
        except SystemExit as end:  # argparse has printed its help
            return end.code, None, None
        except OSError as error:
            if error.filename is not None:
                return 3, f"'{error.filename}': {error.strerror}", "check its path, its rights and the disk's room"
            if error.errno is None:  # a library's own
                return 3, f"{type(error).__name__}: {error}", "see what the library says of it"
            return 3, f"cannot write to the standard output: {error.strerror}", "make room, or send it elsewhere"
        except Exception as error:
            traceback.print_exc()
            return 3, f"{type(error).__name__}: {error}", "the lines above say where"

    def main(self):
        root = launched(("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"), 0) == 0
        if not root:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")
        status, what, hint = self.attempt()
        if what is not None and (root or status == 3):
            self.complain(what, hint)
        if self.world is not None and what is not None:
            self.world.abort(status)  # the other ranks may know nothing of it
        elif not root and what is not None:
            time.sleep(1)  # a launcher that sees one rank end would stop the root before it has spoken
        try:
            sys.stdout.flush()
        except OSError as error:
            self.complain(f"cannot write to the standard output: {error.strerror}", "make room, or send it elsewhere")
            status = status or 3
        if self.world is not None:
            self.world.end()
        return status


def open_standard_streams():
    """A closed stream is /dev/null, so that no file takes its number."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "r" if descriptor == 0 else "w", closefd=False))


def fail(what, hint):
    """Ends a driver that cannot be used here, whatever it is asked."""
    open_standard_streams()
    print(f"{os.path.basename(sys.argv[0])}: {what}\n  hint: {hint}", file=sys.stderr, flush=True)
    os._exit(1)


def run_driver(kernels, threaded=False, version="", about=None, model=None):
    """A driver's whole main, with the exit statuses of docs/record.md.  `kernels` maps names to classes;
    `version` is that of what computes, or a function that returns it and is called once it has computed; `model` is
    what its model has other than threads or ranks: {"name": "processes", "title": "processes"}."""
    open_standard_streams()
    status = Program(kernels, threaded, version, about or sys.modules["__main__"].__doc__, model).main()
    os._exit(status)  # without Python's own flushing, which would complain once more

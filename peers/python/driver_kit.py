"""What a driver written in Python needs beside its kernels: command line, record, measuring (docs/record.md).

A kernel is a class:

    size_parameter = "length"               # the name of the parameter that is the kernel's size
    params = [Param("length", 1000, "elements of each vector"), ...]
    def __init__(self, args)                # args.length, args.seed, ...; raises UsageError
    def work(self)                          # the work model, as docs/record.md has it
    def fill(self)                          # makes the input
    def compute(self)                       # one pass; its result
    def facts(self, result)                 # {name: exact text}
    def verify(self, result)                # "", or what is wrong

Its docstring is its summary.  A kernel that can be computed in several ways has `options = [Param(...), ...]` too.
run_driver() is the program.
"""
import argparse
import dataclasses
import json
import math
import os
import re
import socket
import sys
import time

MOST = 2**63 - 1
COUNT = re.compile(r"\+?(?P<digits>\d(?:_?\d)*(?:\.(?:_?\d)*)?|\.\d(?:_?\d)*)"
                   r"(?P<exponent>[eE]\+?(?P<power>-?\d+)?)?(?P<suffix>.*)", re.ASCII | re.DOTALL)


class UsageError(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, what, hint):
        super().__init__(what)
        self.hint = hint


class RunFailure(UsageError):
    """What went wrong while running, with neither the command line nor the input at fault."""


def count(text):
    """A count as all drivers take it (common/quantity.cpp): 1000, 10_000, 1e9, 4Gi, 64MB."""
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


@dataclasses.dataclass
class Param:
    """A kernel's parameter: a count between two bounds or, with choices, one of them."""
    name: str
    default: object
    help: str
    low: int = 0
    high: int = MOST
    choices: tuple = ()

    def catalog(self):
        kind = "count" if not self.choices else "choice" if self.choices != ("",) else "text"
        more = {"choices": self.choices} if kind == "choice" else {}
        if kind == "count" and (self.low, self.high) != (0, MOST):
            more = {"min": self.low, "max": self.high}
        return {"name": self.name, "type": kind, "default": self.default, "help": self.help, **more}


# The parameters of kernels whose input is generated alone.
GENERATED = [Param("input", "", "empty: this driver generates its input", choices=("",)),
             Param("seed", 1, "of the generated input")]


# The model: one process, one thread.
MODEL = {"name": "serial", "title": "serial", "ranked": False, "threaded": False, "device": False}
PHASE = "compute"  # the only phase of a pass

# The words that every driver takes, whatever its kernels: --NAME COUNT, then those of other forms.
COMMON = [Param("warmups", 1, "passes that are not timed", 0, 10**9),
          Param("samples", 5, "timed repetitions", 1, 10**9),
          Param("diagnostics", 0, "extra samples after the timed ones", 0, 10**9),
          Param("threads", 0, "this driver computes on one; 0 means one", 0, 16384)]
BATCH = Param("batch", 0, "passes per sample; auto or 0: as many as the clock's resolution asks for", 0, 10**9)
TEXTS = {"record": "write the record (JSON Lines) to this file"}
FLAGS = {"describe": "print the work model as JSON and measure nothing",
         "check": "no files are read or written, so all is well"}


class Parser(argparse.ArgumentParser):
    """Ends with the drivers' exit status for wrong usage, and does not hide that its help was lost."""

    def error(self, message):
        raise UsageError(message.removeprefix("argument "), f"see {self.prog} --help")

    def print_help(self, file=None):
        print(self.format_help(), end="", file=file or sys.stdout)


class Count(argparse.Action):
    """Takes a count between two bounds, or `auto` for 0."""

    def __init__(self, *args, param, auto=False, **kwargs):
        super().__init__(*args, metavar="COUNT", **kwargs)
        self.param, self.auto = param, auto

    def __call__(self, parser, namespace, text, option=None):
        low, high = self.param.low, self.param.high
        try:
            value = 0 if self.auto and text == "auto" else count(text)
        except UsageError as error:
            raise UsageError(f"{option}: {error}", error.hint) from None
        if not low <= value <= high:
            parser.error(f"{option}: {text} is too small; it must be at least {low}" if high == MOST
                         else f"{option}: {text} is outside {low} .. {high}")
        setattr(namespace, self.dest, value)


def add_param(parser, param, **more):
    how = {"choices": param.choices} if param.choices else {"action": Count, "param": param}
    parser.add_argument(f"--{param.name}", default=param.default, help=param.help, **how, **more)


def options_of(kernel):
    return getattr(kernel, "options", [])


def parse(driver, about, kernels, argv):
    parser = Parser(prog=driver, description=about, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    subcommands = parser.add_subparsers(dest="kernel")
    parser.add_argument("--describe", action="store_true", dest="describe_all",
                        help="list kernels and their parameters as JSON")
    for name, kernel in kernels.items():
        sub = subcommands.add_parser(name, help=kernel.__doc__, allow_abbrev=False,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        for param in [*kernel.params, *options_of(kernel), *COMMON]:
            add_param(sub, param)
        add_param(sub, BATCH, auto=True)
        for text, meaning in TEXTS.items():
            sub.add_argument(f"--{text}", default="", metavar="FILE", help=meaning)
        for flag, meaning in FLAGS.items():
            sub.add_argument(f"--{flag}", action="store_true", help=meaning)
    args = parser.parse_args(argv)
    if args.kernel is None and not args.describe_all:
        parser.error("which kernel?")
    if args.kernel and args.threads > 1:
        raise UsageError("this driver computes on one thread", "omit --threads")
    return args


def values_of(args, params):
    return {param.name: getattr(args, param.name) for param in params}


def catalog(implementation, kernels):
    return {"schema": 2, "driver": driver_name(implementation), "implementation": implementation, "model": MODEL,
            "kernels": {name: {"summary": kernel.__doc__, "size_parameter": kernel.size_parameter,
                               "params": [param.catalog() for param in kernel.params],
                               "options": [option.catalog() for option in options_of(kernel)]}
                        for name, kernel in kernels.items()}}


def clock():
    """The clock's smallest step and what one reading costs, both measured."""
    readings = [time.perf_counter() for _ in range(2000)]
    steps = [after - before for before, after in zip(readings, readings[1:]) if after > before]
    return {"name": "perf_counter", "resolution_s": min(steps, default=time.get_clock_info("perf_counter").resolution),
            "overhead_s": (readings[-1] - readings[0]) / len(readings)}


def cpu_list(cpus):
    """{0, 1, 2, 4} as Linux writes it: "0-2,4"."""
    runs = []
    for cpu in sorted(cpus):
        if runs and runs[-1][1] == cpu - 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def header(args, kernel, implementation, version, timer):
    thread = {"thread": 0, "cpus": cpu_list(os.sched_getaffinity(0)), "last_cpu": -1}
    return {"record": "header", "schema": 2, "driver": driver_name(implementation),
            "implementation": implementation, "kernel": args.kernel, "model": MODEL["name"],
            "params": values_of(args, kernel.params), "options": values_of(args, options_of(kernel)),
            "seed": args.seed, "isa": "auto", "phases": [{"name": PHASE, "role": "parallel"}],
            "placement": {"nodes": 1, "ranks": 1, "threads": 1},
            "ranks": [{"rank": 0, "host": socket.gethostname(), "pid": os.getpid(), "threads": [thread]}],
            "work": kernel.work(), "warmups": args.warmups, "samples": args.samples,
            "diagnostics": args.diagnostics, "batch": args.batch, "timer": timer,
            "build": {"version": version, "revision": "", "compiler": f"Python {sys.version.split()[0]}",
                      "flags": "", "type": ""},
            "mpi": None, "verification": "known_answer"}


def sample(index, diagnostic, seconds, facts, fault):
    rank = {"phases_s": {PHASE: seconds}, "wait_s": 0.0, "total_s": seconds, "busy_s": [seconds], "items": 1}
    return {"record": "sample", "index": index, "diagnostic": diagnostic, "total_s": seconds,
            "ranks": [rank], "facts": facts, "verified": not fault, "fault": fault}


def check_one_thread():
    """Refuses to measure when a library has started threads although it was told not to."""
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    if threads > 1:
        raise RunFailure(f"the library started {threads} threads, but this driver measures one thread",
                         "use a library that obeys OMP_NUM_THREADS and OPENBLAS_NUM_THREADS")


def passes_for(seconds, pass_s, timer):
    return math.ceil(seconds / max(pass_s, timer["resolution_s"]))


def warm_up(args, kernel, timer):
    """The passes per sample: as asked for, or so many that a sample takes 10000 steps of the clock."""
    def one_pass():
        start = time.perf_counter()
        kernel.compute()
        return time.perf_counter() - start

    passes = [one_pass() for _ in range(max(args.warmups, 0 if args.batch else 1))]
    if args.batch:
        return args.batch
    least_s = 10_000 * timer["resolution_s"]
    if min(passes) < 10 * least_s:
        passes += [one_pass() for _ in range(10)]
    return passes_for(least_s, min(passes), timer)


def one_sample(args, kernel):
    """Seconds per pass, and the last pass's result."""
    start = time.perf_counter()
    for _ in range(args.batch):
        result = kernel.compute()
    return (time.perf_counter() - start) / args.batch, result


class TooShort(Exception):
    """A sample lasted too few steps of the clock; the batch has been raised."""


def take_samples(args, kernel, timer, raises, record):
    """All samples, each written to the record.  Raises TooShort when `raises` says that it may."""
    samples, fault, first = [], None, None
    for index in range(args.samples + args.diagnostics):
        seconds, result = one_sample(args, kernel)
        if raises and seconds * args.batch < 1000 * timer["resolution_s"]:
            args.batch = max(2 * args.batch, passes_for(10_000 * timer["resolution_s"], seconds, timer))
            raise TooShort
        facts = kernel.facts(result)
        if first is None:
            first, fault = facts, kernel.verify(result)
        elif not fault and facts != first:
            fault = "the result differs from the first sample's"
        samples.append(sample(index, index >= args.samples, seconds, facts, fault))
        record.write(samples[-1])
    return samples


def measure(args, kernel, implementation, version):
    kernel.fill()
    record, timer, automatic = Record(args.record), clock(), args.batch == 0
    args.batch = warm_up(args, kernel, timer)
    check_one_thread()
    for raises_left in range(10 if automatic else 0, -1, -1):
        record.restart()
        record.write(header(args, kernel, implementation, version, timer))
        try:
            samples = take_samples(args, kernel, timer, raises_left > 0, record)
            break
        except TooShort:
            pass
    fault = samples[-1]["fault"]
    record.write({"record": "end", "samples": args.samples, "verified": not fault})
    record.close()
    times = sorted(s["total_s"] for s in samples[:args.samples])
    median = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    print(f"{args.kernel}: {implementation}\n  time   {median:.4g} s (median of {len(times)})\n"
          f"  rate   {kernel.work()['amount'] / median / 1e9:.4g} GB/s\n"
          f"  result {fault or 'verified'}")
    return 2 if fault else 0


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
        self.lines.append(json.dumps(line))
        if self.regular:
            self.attempt(lambda: print(self.lines[-1], file=self.file, flush=True))

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


def driver_name(implementation):
    return f"scalelaw-peer-{implementation}"


def run(implementation, version, about, kernels):
    args = parse(driver_name(implementation), about, kernels, sys.argv[1:])
    if args.describe_all:
        print(json.dumps(catalog(implementation, kernels)))
        return 0
    kernel = kernels[args.kernel](args)
    if args.describe:
        print(json.dumps({"kernel": args.kernel, "params": values_of(args, kernel.params),
                          "size_parameter": kernel.size_parameter, "work": kernel.work()}))
        return 0
    if args.check:
        return 0
    return measure(args, kernel, implementation, version)


def open_standard_streams():
    """A closed stream is /dev/null, so that no file takes its number."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "r" if descriptor == 0 else "w", closefd=False))


def run_driver(implementation, version, about, kernels):
    """A driver's whole main, with the exit statuses of docs/record.md.  `kernels` maps names to classes."""
    def complain(what, hint):
        try:
            print(f"{driver_name(implementation)}: {what}\n  hint: {hint}", file=sys.stderr, flush=True)
        except OSError:  # nobody is there to be told
            pass

    def complain_of_output(error):
        complain(f"cannot write to the standard output: {error.strerror}", "make room, or send the output elsewhere")

    open_standard_streams()
    try:
        status = run(implementation, version, about, kernels)
    except UsageError as error:
        complain(error, error.hint)
        status = 3 if isinstance(error, RunFailure) else 1
    except MemoryError:
        complain("needs more memory than there is", "choose a smaller size")
        status = 1
    except SystemExit as end:  # argparse has printed its help
        status = end.code
    except OSError as error:
        complain_of_output(error)
        status = 3
    try:
        sys.stdout.flush()
    except OSError as error:
        complain_of_output(error)
        status = status or 3
    os._exit(status)  # without Python's own flushing, which would complain once more

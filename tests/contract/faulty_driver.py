#!/usr/bin/env python3
"""A correct driver of one tiny kernel, which breaks one promise of docs/record.md when $FAULT names it.

FAULTS lists what it can get wrong; VARIANTS what it may do without being wrong.  Neither: a correct driver that knows
all that a driver can know.
"""
import json
import math
import os
import signal
import sys
import time

FAULT = os.environ.get("FAULT", "")
NAME = os.path.basename(sys.argv[0])
RANKS = int(os.environ.get("OMPI_COMM_WORLD_SIZE", 1))
RANK = int(os.environ.get("OMPI_COMM_WORLD_RANK", 0))


def need(catalogue, what):
    catalogue["kernels"]["add"]["options"][1]["needs"] = [what]


# Faults of what is printed or written: the object is changed, or another one takes its place.
OF_CATALOGUE = {
    "no_model": lambda c: c.pop("model"),
    "no_title": lambda c: c["model"].pop("title"),
    "describe_schema_1": lambda c: c.update(schema=1),
    "size_parameter_unknown": lambda c: c["kernels"]["add"].update(size_parameter="magnitude"),
    "default_not_a_choice": lambda c: c["kernels"]["add"]["options"][0].update(default="magic"),
    "choice_without_choices": lambda c: c["kernels"]["add"]["options"][0].pop("choices"),
    "type_unknown": lambda c: c["kernels"]["add"]["params"][0].update(type="whole"),
    "default_of_another_type": lambda c: c["kernels"]["add"]["params"][0].update(default="many"),
    "default_too_small": lambda c: c["kernels"]["add"]["params"][0].update(min=10**9),
    "need_of_nothing": lambda c: need(c, {"option": "speed", "is": [1]}),
    "need_of_two_things": lambda c: need(c, {"ranked": True, "threaded": True}),
    "need_of_no_value": lambda c: need(c, {"option": "way", "is": ["magic"]}),
    "two_of_a_name": lambda c: c["kernels"]["add"]["options"].append(c["kernels"]["add"]["params"][0]),
    "a_fixed_word": lambda c: c["kernels"]["add"]["options"][1].update(name="samples"),
}
OF_ANSWER = {
    "answer_without_work": lambda a: a.pop("work"),
    "operations_negative": lambda a: a["work"].update(operations=-1),
    "holds_half": lambda a: a["work"].update(holds={"root": "half", "others": "share"}),
    "answer_lacks_a_parameter": lambda a: a["params"].pop("seed"),
    "answer_of_another_kernel": lambda a: a.update(kernel="multiply"),
    "size_ignored": lambda a: a["params"].update(length=10**6) or a.update(work=work(10**6)),
    "operations_constant": lambda a: a["work"].update(operations=500000),
}
OF_HEADER = {
    "record_schema_1": lambda h: h.update(schema=1),
    "unknown_role": lambda h: h["phases"][1].update(role="both"),
    "another_kernel": lambda h: h.update(kernel="multiply"),
    "another_model": lambda h: h.update(model="mpi"),
    "another_driver": lambda h: h.update(driver="scalelaw-other"),
    "another_implementation": lambda h: h.update(implementation="other"),
    "another_seed": lambda h: h.update(seed=1),
    "params_without_length": lambda h: h["params"].pop("length"),
    "params_not_as_given": lambda h: h["params"].update(length=h["params"]["length"] + 1),
    "no_params": lambda h: h.pop("params"),
    "options_without_way": lambda h: h["options"].pop("way"),
    "an_option_not_described": lambda h: h["options"].update(speed=3),
    "an_option_not_at_its_default": lambda h: h["options"].update(way="formula"),
    "work_is_another": lambda h: h["work"].update(operations=1),
    "batch_ignored": lambda h: h.update(batch=1),
    "samples_not_echoed": lambda h: h.update(samples=7),
    "warmups_not_echoed": lambda h: h.update(warmups=3),
    "cpus_not_a_list": lambda h: h["ranks"][0]["threads"][0].update(cpus="all"),
    "placement_disagrees": lambda h: h["placement"].update(ranks=3),
}
OF_SAMPLE = {
    "phase_missing": lambda s: s["ranks"][0]["phases_s"].pop("prepare"),
    "phase_not_in_header": lambda s: s["ranks"][0]["phases_s"].update(dream=0.0),
    "phase_too_long": lambda s: s["ranks"][0]["phases_s"].update(compute=3 * s["total_s"] + 1),
    "phase_negative": lambda s: s["ranks"][0]["phases_s"].update(compute=-1e-3),
    "items_do_not_add_up": lambda s: s["ranks"][0].update(items=s["ranks"][0]["items"] + 1),
    "facts_not_texts": lambda s: s.update(facts={"sum": 3}),
    "verified_with_a_fault": lambda s: s.update(fault="the sum is wrong"),
    "total_is_0": lambda s: s.update(total_s=0.0),
    "total_is_nan": lambda s: s.update(total_s=math.nan),
    "no_verified": lambda s: s.pop("verified"),
    "not_verified": lambda s: s.update(verified=False, fault="the sum is wrong"),
    "index_from_1": lambda s: s.update(index=s["index"] + 1),
    "diagnostic_not_marked": lambda s: s.update(diagnostic=False),
    "total_of_all_passes": lambda s: s.update(total_s=s["total_s"] * 1e6 + 1e3),
    "busy_of_no_thread": lambda s: s["ranks"][0].update(busy_s=[]),
}
OF_END = {
    "end_counts_diagnostics": lambda e: e.update(samples=e["samples"] + ASKED.diagnostics),
    "end_not_verified": lambda e: e.update(verified=False),
}
# Faults of what is done.
OF_BEHAVIOUR = [
    "describe_not_json", "describe_fails", "help_fails", "help_says_nothing", "unknown_kernel_accepted",
    "unknown_option_accepted", "no_hint", "another_name_in_messages", "bad_count_accepted", "bad_choice_accepted",
    "usage_is_status_2", "prints_raw_exception", "option_value_crashes", "check_refused", "check_talks", "no_record",
    "ignores_record", "writes_text", "no_header", "no_end", "fewer_samples", "more_samples", "diagnostics_refused",
    "lost_record_is_success", "full_disk_is_success", "crashes", "hangs", "hangs_on_sigterm", "succeeds_on_sigterm",
    "leaves_a_process", "threads_ignored", "ranks_ignored", "defaults_refused"]
# Not wrong: what a driver may be, and may not know.
VARIANTS = ["knows_less", "threaded", "ranked", "no_diagnostics", "no_size", "one_default_refused"]
FAULTS = [*OF_CATALOGUE, *OF_ANSWER, *OF_HEADER, *OF_SAMPLE, *OF_END, *OF_BEHAVIOUR]

THREADED = FAULT in ("threaded", "threads_ignored")
RANKED = FAULT in ("ranked", "ranks_ignored")
MODEL = {"name": "toy", "title": "Toy", "ranked": RANKED, "threaded": THREADED, "device": False}
PARAMS = [{"name": "length", "type": "count", "default": 10**8, "help": "numbers that are added", "min": 1},
          {"name": "order", "type": "choice", "default": "up", "help": "in which they are added",
           "choices": ["up", "down"]},
          {"name": "seed", "type": "count", "default": 1, "help": "the first number"}]
OPTIONS = [{"name": "way", "type": "choice", "default": "loop", "help": "how they are added",
            "choices": ["loop", "formula"]},
           {"name": "chunk", "type": "count", "default": 0, "help": "numbers that a thread takes at a time",
            "needs": [{"threaded": True}, {"option": "way", "is": ["loop"]}]}]
PHASES = [{"name": "prepare", "role": "serial"}, {"name": "compute", "role": "parallel"}]


class Usage(Exception):
    pass


class Failure(Exception):
    pass


class Asked:
    """A command line, read."""
    kernel = None
    warmups, samples, diagnostics, batch, threads, seed, record = 1, 5, 0, 0, 1, 1, ""
    length, order, way, chunk = 10**8, "up", "loop", 0
    describe = check = False


def count(name, text):
    if FAULT == "bad_count_accepted" and not text.isdigit():
        return 3
    if not text.isdigit():
        if FAULT == "prints_raw_exception":
            raise ValueError(f"invalid literal for int(): {text}")
        raise Usage(f"--{name}: '{text}' is not a number")
    return int(text)


def parse(words):
    asked = Asked()
    words = list(words)
    if words and not words[0].startswith("-"):
        asked.kernel = words.pop(0)
        if asked.kernel != "add":
            if FAULT == "unknown_kernel_accepted":
                sys.exit(0)
            raise Usage(f"there is no kernel '{asked.kernel}'")
    while words:
        name = words.pop(0).removeprefix("--")
        if name in ("describe", "check"):
            setattr(asked, name, True)
        elif name in ("record", "way", "order") and words:
            setattr(asked, name, words.pop(0))
        elif name == "batch" and words and words[0] == "auto":
            words.pop(0)
        elif name in ("warmups", "samples", "diagnostics", "batch", "threads", "seed", "length", "chunk") and words:
            setattr(asked, name, count(name, words.pop(0)))
        elif FAULT != "unknown_option_accepted":
            raise Usage(f"there is no option '--{name}'")
    return asked


def check_values(asked):
    if asked.way not in ("loop", "formula"):
        if FAULT == "option_value_crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        if FAULT != "bad_choice_accepted":
            raise Usage(f"--way has no value '{asked.way}'")
    if FAULT == "defaults_refused" or (FAULT == "one_default_refused" and asked.order == "up"):
        raise Usage("it adds nothing yet")
    if asked.order not in ("up", "down"):
        raise Usage(f"--order has no value '{asked.order}'")
    if asked.length < 1:
        raise Usage("--length must be at least 1")
    if asked.chunk and (not THREADED or asked.way != "loop"):
        raise Usage("--chunk needs threads, and --way loop")
    if asked.threads > 1 and not THREADED:
        raise Usage("this driver has one thread")
    if asked.diagnostics and FAULT in ("no_diagnostics", "diagnostics_refused"):
        raise Usage("there are no diagnostic samples")


def work(length):
    return {"items": length, "operations": float(length), "flops": 0.0, "compulsory_bytes": 0.0, "resident_bytes": 0.0,
            "amount": float(length), "unit": "additions", "memory_bound": False,
            **({"diagnostics": False} if FAULT == "no_diagnostics" else {})}


def params():
    return {"length": ASKED.length, "order": ASKED.order, "seed": ASKED.seed}


def changed(value, faults):
    if FAULT in faults:
        faults[FAULT](value)
    return value


def catalogue():
    size = "" if FAULT == "no_size" else "length"
    kernel = {"summary": "adds numbers", "size_parameter": size, "params": PARAMS, "options": OPTIONS}
    return changed({"schema": 2, "driver": NAME, "implementation": "toy", "model": MODEL, "kernels": {"add": kernel}},
                   OF_CATALOGUE)


def answer():
    size = "" if FAULT == "no_size" else "length"
    all_of_it = {"kernel": "add", "params": params(), "size_parameter": size, "work": work(ASKED.length)}
    return changed(all_of_it, OF_ANSWER)


def header():
    threads = ASKED.threads if THREADED and FAULT != "threads_ignored" else 1
    ranks = 1 if FAULT == "ranks_ignored" else RANKS
    cpus = "unknown" if FAULT == "knows_less" else "0"
    listed = [{"rank": rank, "host": os.uname().nodename, "pid": os.getpid(),
               "threads": [{"thread": t, "cpus": cpus, "last_cpu": -1} for t in range(threads)]}
              for rank in range(ranks)]
    known = {"record": "header", "schema": 2, "driver": NAME, "implementation": "toy", "kernel": "add",
             "model": MODEL["name"], "params": params(), "options": {"way": ASKED.way, "chunk": ASKED.chunk},
             "seed": ASKED.seed, "isa": "auto", "phases": PHASES,
             "placement": {"nodes": 1, "ranks": ranks, "threads": threads}, "ranks": listed,
             "work": work(ASKED.length), "warmups": ASKED.warmups, "samples": ASKED.samples,
             "diagnostics": ASKED.diagnostics, "batch": ASKED.batch or 1,
             "timer": {"name": "perf_counter", "resolution_s": 1e-9, "overhead_s": 1e-7},
             "build": {"version": "1"}, "mpi": None, "verification": "known_answer"}
    if FAULT == "knows_less":
        del known["phases"], known["work"]["items"], known["isa"], known["timer"], known["build"], known["mpi"]
    return changed(known, OF_HEADER)


def sample(index, head, seconds, right):
    diagnostic = index >= ASKED.samples
    number = len(head["ranks"])
    busy = [seconds] * len(head["ranks"][0]["threads"])
    ranks = []
    for rank in range(number):
        items = ASKED.length * (rank + 1) // number - ASKED.length * rank // number
        ranks.append({"total_s": seconds} if FAULT == "knows_less" else
                     {"phases_s": {"prepare": 0.0, "compute": seconds}, "wait_s": 0.0, "total_s": seconds,
                      "busy_s": busy, "items": items})
    line = {"record": "sample", "index": index, "diagnostic": diagnostic, "total_s": seconds, "ranks": ranks,
            "facts": {"sum": str(right)}, "verified": True, "fault": ""}
    return changed(line, OF_SAMPLE)


def one_pass():
    first, last = ASKED.seed, ASKED.seed + ASKED.length - 1
    if ASKED.way == "formula":
        return (first + last) * ASKED.length // 2
    return sum(range(first, last + 1) if ASKED.order == "up" else range(last, first - 1, -1))


def write(file, line):
    print(json.dumps(line), file=file, flush=True)


def measure():
    if FAULT == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    while FAULT == "hangs":
        time.sleep(1)
    if FAULT == "hangs_on_sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if FAULT == "succeeds_on_sigterm":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if FAULT == "leaves_a_process":
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.setsid()
            os.execvp("sleep", ["sleep", "5"])
    try:
        path = os.devnull if FAULT == "ignores_record" or RANK > 0 else ASKED.record or os.devnull
        with open(path, "w", encoding="utf-8") as file:
            measure_into(file)
    except OSError as error:
        wrong = FAULT == "lost_record_is_success" or (FAULT == "full_disk_is_success" and error.errno == 28)
        if not wrong:
            raise Failure(f"cannot write the record '{ASKED.record}': {error.strerror}") from None
    print("add: done")


def measure_into(file):
    if FAULT == "no_record":
        return
    if FAULT == "writes_text":
        print("the sum is 3", file=file)
        return
    head = header()
    if FAULT != "no_header":
        write(file, head)
    number = ASKED.samples + ASKED.diagnostics
    number += {"fewer_samples": -1, "more_samples": 1}.get(FAULT, 0)
    for _ in range(ASKED.warmups):
        one_pass()
    for index in range(number):
        start = time.perf_counter()
        for _ in range(ASKED.batch or 1):
            result = one_pass()
        write(file, sample(index, head, (time.perf_counter() - start) / (ASKED.batch or 1), result))
    if FAULT != "no_end":
        timed = number - ASKED.diagnostics
        write(file, changed({"record": "end", "samples": timed, "verified": True}, OF_END))


def run():
    if ASKED.kernel is None and ASKED.describe:
        if FAULT == "describe_fails":
            raise Failure("it cannot describe itself")
        print("kernels: add" if FAULT == "describe_not_json" else json.dumps(catalogue()))
        return
    if ASKED.kernel is None:
        raise Usage("which kernel?")
    check_values(ASKED)
    if ASKED.describe:
        print(json.dumps(answer()))
    elif ASKED.check:
        if FAULT == "check_refused":
            raise Usage("there is no option '--check'")
        if FAULT == "check_talks":
            print("all is well", file=sys.stderr)
    else:
        measure()


def complain(what, status):
    name = "driver" if FAULT == "another_name_in_messages" else NAME
    print(f"{name}: {what}", file=sys.stderr)
    if FAULT != "no_hint":
        print(f"  hint: see {NAME} --help", file=sys.stderr)
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    if sys.argv[1:] == ["--help"]:
        if FAULT == "help_fails":
            complain("there is no help", 1)
        print("" if FAULT == "help_says_nothing" else __doc__, end="")
        sys.exit(0)
    try:
        ASKED = parse(sys.argv[1:])
        run()
    except Usage as fault:
        complain(fault, 2 if FAULT == "usage_is_status_2" else 1)
    except Failure as fault:
        complain(fault, 3)

"""What docs/record.md promises of a driver, as checks: the schemas of contract/, and the rules beyond a schema.

The checks are written down a second time here, apart from the harness's own (harness/store, harness/conformance), so
that each can find what the other overlooks.  Every function returns a list of faults, in words; none: all is well.
"""
import json
import math
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).resolve().parents[2] / "contract"
FIXED_WORDS = {"warmups", "samples", "diagnostics", "batch", "threads", "record", "describe", "check", "help"}
FEATURES = ("ranked", "threaded", "device")


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


def validator(name, part):
    """Of one part of a schema: a line's kind, `catalogue` or `answer`."""
    whole = schema(name)
    of_part = {"$schema": whole["$schema"], "$ref": f"#/$defs/{part}", "$defs": whole["$defs"]}
    return jsonschema.Draft202012Validator(of_part)


PARTS = {"header": "record", "sample": "record", "end": "record", "catalogue": "describe", "answer": "describe"}
VALIDATORS = {part: validator(name, part) for part, name in PARTS.items()}


def parse(text):
    """JSON, in which NaN and Infinity are no numbers."""
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def schema_faults(value, part):
    return [f"{part}.{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in VALIDATORS[part].iter_errors(value)]


# --describe


def value_fault(value, param):
    """Why a parameter cannot have this value; None: it can."""
    kind = param["type"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    right = {"count": isinstance(value, int) and is_number and 0 <= value < 2**63, "number": is_number,
             "bool": isinstance(value, bool), "text": isinstance(value, str),
             "choice": value in param.get("choices", [])}[kind]
    if not right:
        return f"{value!r} is no value of the {kind} '{param['name']}'"
    if is_number and not param.get("min", -math.inf) <= value <= param.get("max", math.inf):
        return f"{value!r} is outside the bounds of '{param['name']}'"
    return None


def need_faults(need, of, kernel):
    """`of`: the option that has the need."""
    options = {option["name"]: option for option in kernel["options"]}
    faults = [value_fault(value, of) for value in need.get("when", [])]
    faults += [fault for one in need.get("any", []) for fault in need_faults(one, of, kernel)]
    if "option" in need and need["option"] not in options:
        faults.append(f"no option '{need['option']}'")
    elif "option" in need:
        faults += [value_fault(value, options[need["option"]]) for value in need["is"]]
    if "param" in need and need["param"] not in {param["name"] for param in kernel["params"]}:
        faults.append(f"no parameter '{need['param']}'")
    return [fault for fault in faults if fault]


def kernel_faults(name, kernel):
    both = kernel["params"] + kernel["options"]
    names = [one["name"] for one in both]
    faults = [f"{name}: two are called '{one}'" for one in set(names) if names.count(one) > 1]
    faults += [f"{name}: '{one}' is a word of every driver" for one in set(names) & FIXED_WORDS]
    if kernel["size_parameter"] not in ["", *(param["name"] for param in kernel["params"])]:
        faults.append(f"{name}: the size is '{kernel['size_parameter']}', which is not a parameter")
    faults += [f"{name}: the default {fault}" for one in both
               if one["default"] is not None and (fault := value_fault(one["default"], one))]
    faults += [f"{name}, needs of '{option['name']}': {fault}" for option in kernel["options"]
               for need in option.get("needs", []) for fault in need_faults(need, option, kernel)]
    return faults


def catalogue_faults(catalogue, program):
    faults = schema_faults(catalogue, "catalogue")
    if faults:
        return faults
    if catalogue["driver"] != program:
        faults.append(f"the driver {program} calls itself {catalogue['driver']}")
    for name, kernel in catalogue["kernels"].items():
        faults += kernel_faults(name, kernel)
    return faults


def answer_faults(answer, kernel, catalogue):
    faults = schema_faults(answer, "answer")
    if faults:
        return faults
    described = catalogue["kernels"][kernel]
    params = {param["name"]: param for param in described["params"]}
    if answer["kernel"] != kernel:
        faults.append(f"the answer is of {answer['kernel']}")
    if answer["size_parameter"] not in ("", described["size_parameter"]):
        faults.append("the answer has another size parameter")
    if set(answer["params"]) != set(params):
        faults.append(f"the answer's parameters are {sorted(answer['params'])}, not {sorted(params)}")
    else:
        faults += [fault for name, value in answer["params"].items() if (fault := value_fault(value, params[name]))]
    return faults


# The record


def beyond(part, whole):
    """Whether a part is longer than the whole, beyond the rounding of clock readings."""
    return part > whole * 1.001 + 1e-6


def header_rule_faults(header):
    faults = []
    ranks = header.get("ranks", [])
    if [rank["rank"] for rank in ranks] != list(range(len(ranks))):
        faults.append("ranks are not numbered from 0")
    if any([t["thread"] for t in rank["threads"]] != list(range(len(rank["threads"]))) for rank in ranks):
        faults.append("threads are not numbered from 0")
    placement = header.get("placement")
    if placement and ranks:
        told = (placement["nodes"], placement["ranks"], {placement["threads"]})
        listed = (len({rank["host"] for rank in ranks}), len(ranks), {len(rank["threads"]) for rank in ranks})
        if told != listed:
            faults.append(f"the placement is {told}, and the ranks are {listed}")
    names = [phase["name"] for phase in header.get("phases", [])]
    if len(set(names)) < len(names):
        faults.append("two phases have one name")
    for rank in ranks:
        for thread in rank["threads"]:
            spans = [] if thread["cpus"] in ("", "unknown") else [s.split("-") for s in thread["cpus"].split(",")]
            if any(int(span[0]) > int(span[-1]) for span in spans):
                faults.append(f"the CPU list {thread['cpus']} is not one")
    return faults


def rank_faults(rank, threads, sample_s, header):
    faults = []
    total_s = rank["total_s"]
    if beyond(total_s, sample_s):
        faults.append(f"a rank's total is {total_s}, longer than the sample of {sample_s}")
    phases = [phase["name"] for phase in header.get("phases", [])]
    if sorted(rank.get("phases_s", {})) != sorted(phases):
        faults.append(f"a rank has the phases {sorted(rank.get('phases_s', {}))}, not {sorted(phases)}")
    faults += [f"the phase {name} is longer than the total" for name, s in rank.get("phases_s", {}).items()
               if beyond(s, total_s)]
    if phases:  # else a driver that knows less
        faults += [f"a rank has no {key}" for key in ("wait_s", "busy_s") if key not in rank]
    if beyond(rank.get("wait_s", 0), sample_s):
        faults.append("a rank waits longer than the sample lasts")
    if threads is not None and "busy_s" in rank and len(rank["busy_s"]) != threads:
        faults.append(f"busy_s has {len(rank['busy_s'])} entries, for {threads} threads")
    if any(beyond(s, total_s) for s in rank.get("busy_s", [])):
        faults.append("a thread is busy longer than the total")
    return faults


def item_faults(sample, header):
    expected = header.get("work", {}).get("items")
    if expected is None:
        return []
    if any("items" not in rank for rank in sample["ranks"]):
        return ["a rank has no items, and the work has"]
    items = sum(rank["items"] for rank in sample["ranks"])
    lost = len(sample["ranks"]) - 1 if header.get("batch", 1) > 1 else 0
    return [] if expected - lost <= items <= expected else [f"the ranks have {items} items of {expected}"]


def sample_rule_faults(sample, index, header):
    faults = item_faults(sample, header)
    if sample["index"] != index:
        faults.append(f"sample {index} has the index {sample['index']}")
    listed = header.get("ranks")
    if listed and len(listed) != len(sample["ranks"]):
        return faults + ["a sample has other ranks than the header"]
    for number, rank in enumerate(sample["ranks"]):
        faults += rank_faults(rank, len(listed[number]["threads"]) if listed else None, sample["total_s"], header)
    return faults


def record_faults(text):
    """Of a whole record, that of a run that ended well."""
    try:
        lines = [parse(line) for line in text.splitlines()]
    except ValueError as error:
        return [f"a line is not JSON: {error}"]
    kinds = [line.get("record") if isinstance(line, dict) else None for line in lines]
    if len(kinds) < 3 or kinds != ["header", *["sample"] * (len(kinds) - 2), "end"]:
        return [f"the lines are {kinds}"]
    faults = [fault for line in lines for fault in schema_faults(line, line["record"])]
    if faults:
        return faults
    header, *samples, end = lines
    faults = header_rule_faults(header)
    for index, sample in enumerate(samples):
        faults += sample_rule_faults(sample, index, header)
    timed = [sample for sample in samples if not sample["diagnostic"]]
    if samples[:len(timed)] != timed:
        faults.append("a diagnostic sample comes before a timed one")
    if end["samples"] != len(timed):
        faults.append(f"the end counts {end['samples']} of {len(timed)} samples")
    if end["verified"] != all(sample["verified"] for sample in samples):
        faults.append("the end disagrees with the samples on whether they are verified")
    return faults


def echo_faults(header, catalogue, kernel, answer, **asked):
    """Of a record's header, beside what was asked for; no options were given."""
    expected = {"driver": catalogue["driver"], "implementation": catalogue["implementation"], "kernel": kernel,
                "model": catalogue["model"]["name"], "params": answer["params"], **asked}
    faults = [f"{key} is {header.get(key)!r}, not {value!r}" for key, value in expected.items()
              if header.get(key) != value]
    options = {option["name"]: option for option in catalogue["kernels"][kernel]["options"]}
    if set(header.get("options", {})) != set(options):
        return faults + [f"the options are {header.get('options')}, not those of {sorted(options)}"]
    for name, value in header["options"].items():
        fault = value_fault(value, options[name])
        usual = options[name]["default"]
        if fault or usual not in (None, value):
            faults.append(fault or f"the option {name} is {value!r}, not {usual!r}")
    return faults

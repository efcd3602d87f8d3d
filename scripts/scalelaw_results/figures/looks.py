"""How things look in every figure: colours that colour-blind readers tell apart, with a shape or dashes each, so that
print in grey stays readable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

INK, GREY, FAINT, PAPER, ALARM = "#222222", "#767676", "#E5E5E5", "#FFFFFF", "#B00000"
BEYOND = "#F1F1EE"

#: Okabe & Ito's palette; a colour and a shape for a model by whether it has ranks, threads and a device.
MODELS = {
    (False, False, False): ("#444444", "circle"),
    (False, True, False): ("#0072B2", "square"),
    (True, False, False): ("#D55E00", "triangle-up"),
    (True, True, False): ("#009E73", "diamond"),
    (False, False, True): ("#CC79A7", "cross"),
    (False, True, True): ("#56B4E9", "M-1,-.3L-.3,-1L0,-.5L.3,-1L1,-.3L.5,0L1,.3L.3,1L0,.5L-.3,1L-1,.3L-.5,0Z"),
    (True, False, True): ("#E69F00", "triangle-down"),
    (True, True, True): ("#F0E442", "M0,-1L.24,-.31L.95,-.31L.36,.12L.59,.81L0,.38L-.59,.81L-.36,.12L-.95,-.31"
                                    "L-.24,-.31Z"),
}
#: The shapes of further lines of one model.
OTHER_SHAPES = ("triangle-right", "cross", "triangle-down", "triangle-left")
DASHES = ([1, 0], [6, 3], [2, 2], [6, 2, 1, 2])
DOTTED = [1, 3]

LAWS = {
    "amdahl": ("#CC79A7", [6, 3], "Amdahl"),
    "gustafson": ("#56B4E9", [6, 3], "Gustafson"),
    "usl": ("#E69F00", [6, 2, 1, 2], "USL"),
    "latency_bandwidth": ("#009E73", [2, 2], "latency/bandwidth"),
    "combine_tree": ("#666666", [4, 1, 1, 1, 1, 1], "tree of steps"),
    "combined": ("#222222", [1, 0], "combined"),
}
OTHER_LAWS = (("#D55E00", [8, 2]), ("#0072B2", [1, 1]), ("#444444", [8, 2, 1, 2, 1, 2]))
#: By the colour of a law, that of what it says a priori: dark, and no other law's.  theme.DARK_COLORS has a partner of
#: each for dark pages.
A_PRIORI = {
    "#CC79A7": "#663C53", "#56B4E9": "#2B5A74", "#E69F00": "#734F00", "#009E73": "#004F39", "#666666": "#3D4A5C",
    "#222222": "#6B4A2E", "#D55E00": "#6A2F00", "#0072B2": "#003959", "#444444": "#553A70",
}

#: The phases of each role, in the order in which a campaign's drivers name them; after the last colour the first
#: comes again.
ROLES = {
    "parallel": ("#0072B2", "#4C9ACB", "#004C78"),
    "serial": ("#56B4E9", "#CC79A7", "#9AD1F3", "#8F4E73"),
    "transfer": ("#E69F00", "#D55E00", "#F5C56B", "#8F3F00"),
}
WAIT = ("#F0E442", "wait for the slowest")
IDLE = ("#DDDDDD", "done before the slowest")

#: What marks a point: the symbol drawn on it, and what the legend says.
MARKS = {
    "pending": ("cross", "plus sign: interrupted"),
    "not_converged": ("circle", "dot: interval wider than the target"),
    "unstable": ("M-1,-1L1,1M-1,1L1,-1", "cross: times with two centres"),
    "oversubscribed": ("circle", "hollow: more workers than cores"),
    "busy": ("circle", "ring: measured beside other work"),
    "unproven": ("M-1,0L1,0", "underlined: binding unproven"),
    "pretended": ("M0,-1L0,1M-.87,-.5L.87,.5M-.87,.5L.87,-.5", "star: pretended time"),
    "simulated": ("M0,-1L0,1M-.87,-.5L.87,.5M-.87,.5L.87,-.5", "star: simulated time"),
    "imported": ("diamond", "diamond beside it: measured by another program"),
}
#: Colours and shapes of groups that are no models.
GROUPS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
#: The area of a mark's symbol.
MARK_SIZES = {"pending": 14, "not_converged": 7, "unstable": 10, "oversubscribed": 40, "busy": 100, "unproven": 50,
              "pretended": 16, "simulated": 16, "imported": 14}
#: Where a mark stands beside the marker of its point, whose shape and fill tell the model; others are around it.
MARK_PLACES = {"pending": (-4.5, 4.5), "not_converged": (-4.5, -4.5), "unstable": (4.5, 4.5), "unproven": (0, 7),
               "pretended": (5, -5), "simulated": (5, -5), "imported": (5, -5)}
#: The marks of times that this program did not measure.
CLOCKS = ("pretended", "simulated", "imported")


def model_looks(points: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Colour, shape and title of each model that points have, the simplest first: fewer features, then the name.  Of
    several models with the same features the first one has their look, and the others have looks that are free."""
    features = ["ranked", "threaded", "device"]
    models = points.drop_duplicates("model").sort_values([*features, "model"])
    keys = {model["model"]: (bool(model["ranked"]), bool(model["threaded"]), bool(model["device"]))
            for _, model in models.iterrows()}
    free = [look for key, look in MODELS.items() if key not in keys.values()]
    free += [(MODELS[key][0], shape) for key in dict.fromkeys(keys.values()) for shape in OTHER_SHAPES]
    out, taken = {}, set()
    for _, model in models.iterrows():
        key = keys[model["model"]]
        look = free.pop(0) if key in taken and free else MODELS[key]
        taken.add(key)
        out[model["model"]] = (*look, model["model_title"] or model["model"])
    return out


def law_looks(laws: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """Colour, dashes and name of each of these laws; one that is not known here has its own name."""
    looks = {law: look for law, look in LAWS.items() if law in set(laws)}
    for law in dict.fromkeys(laws):
        looks.setdefault(law, (*OTHER_LAWS[len(looks) % len(OTHER_LAWS)], law))
    return looks


def before_measuring(color: str) -> str:
    """The colour of what a law says a priori, by that of its fitted curve, which may lie on it."""
    return A_PRIORI[color]


def part_key(role: str, name: str) -> str:
    """The key of a part of a pass: a phase, the wait or what is idle."""
    return f"{role}: {name}"


def phase_looks(phases: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Colour and name of each part of a pass, from the bottom of a bar to its top: the items, then what is lost, in
    the order of time.  Where drivers give phases of one name other roles, the role is beside the name."""
    looks = {}
    roles = phases.groupby("name")["role"].nunique()
    for role, colors in ROLES.items():
        for place, name in enumerate(phases["name"][phases["role"] == role]):
            looks[part_key(role, name)] = (colors[place % len(colors)], name if roles[name] == 1 else f"{name} ({role})")
    parallel = {key: look for key, look in looks.items() if key.startswith("parallel: ")}
    in_time = [part_key(role, name) for role, name in zip(phases["role"], phases["name"])]
    others = {key: looks[key] for key in in_time if key in looks and key not in parallel}
    return parallel | {part_key("wait", "wait"): WAIT} | others | {part_key("idle", "idle"): IDLE}


def short_title(title: str) -> str:
    """A model's title without what it explains in brackets."""
    return re.sub(r" \([^)]*\)", "", title)


def file_part(name: str) -> str:
    """A name as a part of a file's name."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def marks_in(marks: str) -> list[str]:
    """The marks of a point that a figure shows."""
    return [mark for mark in marks.split(", ") if mark in MARKS]

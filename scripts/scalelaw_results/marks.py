"""What a reader must know before using a point's time.  harness/analysis/marks.hpp has the same list."""

from __future__ import annotations

import pandas as pd

#: Each mark with what it says, in the order in which they are shown.
MARKS = {
    "pending": "interrupted: fewer launches than planned",
    "not_converged": "interval wider than the target",
    "unstable": "times with two centres",
    "wrong_result": "failed",
    "invalid": "failed",
    "timeout": "failed",
    "crashed": "failed",
    "skipped": "not measured",
    "oversubscribed": "more workers than cores",
    "busy": "measured beside other work",
    "unproven": "no proof that each thread had a core of its own",
    "pretended": "invented by the fake launcher",
    "simulated": "from a model of a machine",
    "imported": "measured by another program",
}


#: What a warning adds to the meaning of a clock's mark.
OF_CLOCKS = {
    "pretended": "nothing was measured",
    "simulated": "nothing was measured",
    "imported": "the machine, binding and seed are unknown",
}
#: Those of points without a time.
FAILED = tuple(mark for mark, says in MARKS.items() if says in ("failed", "not measured"))


def clock_warning(points: pd.DataFrame) -> str:
    """A warning where times were not measured here, to stand above everything else; else empty."""
    words = []
    for clock, means in OF_CLOCKS.items():
        count = int((points["clock"] == clock).sum())
        if count:
            which, end = "", f"; {means}"
            if count < len(points):
                which, end = f" of {count} of {len(points)} points", ""
            words.append(f"{clock.upper()} TIMES{which}: {MARKS[clock]}{end}")
    return ". ".join(words)

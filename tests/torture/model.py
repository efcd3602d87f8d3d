"""What must hold of a campaign's files, whatever happened to the programs that wrote them.

The model is the journal: whole lines, each with its checksum, of which none may ever vanish or change.  The functions
return sentences, one for each fault found; none when all is well.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py

# A failed launch of one of these causes is repeated in its block.
OF_OTHERS = ("launcher", "scheduler", "file_system", "user")

Row = dict[str, Any]


class Damaged(Exception):
    """A whole line of a journal does not match its checksum."""


@dataclass(frozen=True)
class Journal:
    """The whole lines of a journal; the first is the plan."""

    lines: tuple[str, ...] = ()

    @property
    def entries(self) -> list[Row]:
        return [json.loads(line) for line in self.lines]

    @property
    def launches(self) -> list[Row]:
        """The launches, with what later lines say of them."""
        out: list[Row] = []
        for entry in self.entries:
            if entry["journal"] == "launch":
                out.append(dict(entry["launch"]))
            for number in entry["launches"] if entry["journal"] == "superseded" else ():
                out[number]["superseded"] = True
        return out

    @property
    def sample_counts(self) -> list[int]:
        return [entry["samples"]["count"] for entry in self.entries if entry["journal"] == "launch"]


def checked(rest: str) -> str:
    """The line of a journal whose object, without its opening brace, is `rest`."""
    return f'{{"crc32":"{zlib.crc32(rest.encode()):08x}",{rest}'


def parse_journal(text: str) -> Journal:
    """What a kill left behind the last whole line does not count.  Raises Damaged."""
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        if line != checked(line.partition(",")[2]):
            raise Damaged(f"line {number} of the journal is damaged: {line[:80]}")
    return Journal(tuple(lines))


def read_journal(path: Path) -> Journal:
    return parse_journal(path.read_text()) if path.exists() else Journal()


def changes(before: Journal, after: Journal) -> list[str]:
    """Lines that an attempt lost or changed; `after` may only have more."""
    if len(after.lines) < len(before.lines):
        return [f"lost: the journal had {len(before.lines)} lines, and has {len(after.lines)}"]
    return [f"changed: line {number} of the journal"
            for number, (old, new) in enumerate(zip(before.lines, after.lines, strict=False), 1) if old != new]


def doubled(journal: Journal) -> list[str]:
    """Launches that are twice in the journal: the same line, or two that count for one point of a block."""
    out = [f"doubled: a line is {count} times in the journal: {line[:60]}"
           for line, count in Counter(journal.lines[1:]).items() if count > 1]
    turns = Counter((row["block"], row["point"]) for row in journal.launches
                    if not row["superseded"] and row["cause"] not in OF_OTHERS)
    return out + [f"doubled: point {point} has {count} launches in block {block}"
                  for (block, point), count in turns.items() if count > 1]


@dataclass
class Results:
    """The tables of a results file that must agree with its journal."""

    points: list[Row] = field(default_factory=list)
    launches: list[Row] = field(default_factory=list)
    sample_counts: list[int] = field(default_factory=list)


def plain(value: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(value, bytes):
        return value.decode()
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows_of(table: Any) -> list[Row]:
    return [{name: plain(row[name]) for name in table.dtype.names} for row in table[:]]


def read_results(path: Path) -> Results:
    with h5py.File(path) as file:
        launches = rows_of(file["launches"])
        counts = Counter(int(row["launch"]) for row in file["samples"][:])
        return Results(rows_of(file["points"]), launches, [counts[i] for i in range(len(launches))])


def cell_equals(stored: Any, journalled: Any) -> bool:
    """Columns of JSON are texts in the results file."""
    if not isinstance(stored, str) or isinstance(journalled, str):
        return bool(stored == journalled)
    try:
        return bool(json.loads(stored) == journalled)
    except ValueError:
        return False


def unlike_journal(results: Results, journal: Journal) -> list[str]:
    """Launches of the journal that the results file lacks, has twice, or has otherwise."""
    launches = journal.launches
    if len(results.launches) != len(launches):
        return [f"the journal has {len(launches)} launches, the results file {len(results.launches)}"]
    out = [f"launch {number}: '{name}' is not what the journal says"
           for number, (stored, said) in enumerate(zip(results.launches, launches, strict=True))
           for name in said if not cell_equals(stored[name], said[name])]
    if results.sample_counts != journal.sample_counts:
        out.append(f"samples: {results.sample_counts} in the file, {journal.sample_counts} in the journal")
    return out


def good_launches(results: Results) -> list[int]:
    """Of each point, how many launches give times."""
    counts = Counter(row["point"] for row in results.launches if row["state"] == "ok" and not row["superseded"])
    return [counts[number] for number in range(len(results.points))]


def unlike_undisturbed(results: Results, undisturbed: Results, may_fail: bool) -> list[str]:
    """Where a campaign ended otherwise than one that nobody disturbed.  `may_fail`: a launch may have failed by a
    fault of the driver's own, and is then not repeated."""
    ids, wanted = [row["id"] for row in results.points], [row["id"] for row in undisturbed.points]
    if ids != wanted:
        return [f"the points are {ids}, not {wanted}"]
    out = []
    for number, (good, most) in enumerate(zip(good_launches(results), good_launches(undisturbed), strict=True)):
        own = sum(1 for row in results.launches
                  if row["point"] == number and not row["superseded"] and row["cause"] == "driver")
        if good + (own if may_fail else 0) != most:
            out.append(f"point {number} has {good} launches and {own} failed ones, not {most} in all")
    for row, other in zip(results.points, undisturbed.points, strict=True):
        if row["state"] != other["state"] and not (may_fail and row["state"] in ("crashed", "timeout", "invalid")):
            out.append(f"{row['id']} is {row['state']} ({row['reason']}), not {other['state']}")
    return out


def facts(results_path: Path) -> set[str]:
    """The facts of all samples; one set of them for each point, whatever was disturbed."""
    with h5py.File(results_path) as file:
        points = [int(row["point"]) for row in file["launches"][:]]
        return {f"{points[int(row['launch'])]} {plain(row['facts'])}" for row in file["samples"][:]}


@dataclass(frozen=True)
class Excuse:
    """What an injected fault may do to a launch: failures of this cause, with one of these words in their reason."""

    cause: str
    words: tuple[str, ...]


def untrue_reasons(launches: list[Row], excuses: list[Excuse]) -> list[str]:
    """Failed launches that no injected fault explains."""
    def is_excused(row: Row) -> bool:
        said = f"{row['reason']} {row['log_tail']}"
        return any(row["cause"] == excuse.cause and any(word in said for word in excuse.words) for excuse in excuses)

    return [f"no injected fault explains launch {number}: {row['state']}, {row['cause']}: {row['reason']}"
            for number, row in enumerate(launches) if row["state"] != "ok" and not is_excused(row)]

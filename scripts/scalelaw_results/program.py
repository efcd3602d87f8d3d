"""Asks the program scalelaw, which makes every number; Python only reads and draws them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

#: The folder above that of this package: of a checkout, its root; of a prefix, share/scalelaw.
ROOT = Path(__file__).resolve().parents[2]
NAME = "scalelaw"
#: What compare says with its exit status: nothing is wrong, points failed, something is slower.
VERDICTS = (0, 3, 4)
TYPES = {"integer": "int64", "real": "float64", "truth": "bool", "text": "object"}


class ResultsError(Exception):
    """What keeps a results file from being read, or a question about it from being answered; says why."""


class Refused(ResultsError):
    """What the program said when it refused a question: its own message with its remedy, in its own words."""


def find() -> Path:
    """The program: in the folder that SCALELAW_BIN names, in the checkout's build folder, in the prefix that this
    package is installed in, or on the PATH.

    Raises ResultsError where there is none.
    """
    named = os.environ.get("SCALELAW_BIN")
    if named:
        place = Path(named)
        place = place / NAME if place.is_dir() else place
        if not _is_program(place):
            raise ResultsError(f"SCALELAW_BIN is {named}, and there is no program {NAME} there: "
                               "set it to the folder that holds scalelaw, or unset it")
        return place
    built = [place for place in ROOT.glob(f"build/*/bin/{NAME}") if _is_program(place)]
    if built:
        return max(built, key=lambda place: place.stat().st_mtime)
    beside = ROOT / "../../bin" / NAME
    if ROOT.name == NAME and _is_program(beside):
        return beside.resolve()
    on_path = shutil.which(NAME)
    if on_path is None:
        raise ResultsError(f"the program {NAME} was not found: build it (cmake --preset release && "
                           "cmake --build --preset release), install it, or set SCALELAW_BIN to the folder that holds it")
    return Path(on_path)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def ask(*arguments: object, accepted: Collection[int] = (0,)) -> dict[str, Any]:
    """What `scalelaw ARGUMENTS --format json` prints.  Raises Refused with the program's words when it ends with
    another status than those accepted, and ResultsError when it says nothing, or what is no JSON."""
    command = [str(find()), *(str(argument) for argument in arguments), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode not in accepted:
        if done.stderr.strip():
            raise Refused(done.stderr.strip())
        raise ResultsError(f"{command[0]} {arguments[0]} ended with status {done.returncode}")
    try:
        return dict(json.loads(done.stdout))
    except json.JSONDecodeError as error:
        raise ResultsError(f"{command[0]} {arguments[0]} wrote no JSON ({error}): rebuild it from this checkout") from error


def derived_tables(path: str | Path) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """The derived tables of a results file and the units of their columns, as the program derives them today."""
    return tables_of(ask("report", path))


def tables_of(answer: dict[str, Any]) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """The derived tables in what `report --format json` printed, and the units of their columns."""
    if "columns" not in answer:
        raise ResultsError(f"{find()} is older than these scripts, and derives no tables: rebuild it from this checkout")
    tables, units = {}, {}
    for name, columns in answer["columns"].items():
        tables[name] = pd.DataFrame({
            column["name"]: pd.Series([row[column["name"]] for row in answer[name]], dtype=TYPES[column["type"]])
            for column in columns
        })
        units[name] = {column["name"]: column["unit"] for column in columns}
    return tables, units


def fit(file: str | Path) -> pd.DataFrame:
    """The laws fitted to each series of a results file: the columns of /fits (docs/results-file.md)."""
    return derived_tables(file)[0]["fits"]


def predict(file: str | Path, workers: int | Iterable[int], laws: str | Collection[str] = (),
            far: bool = False) -> pd.DataFrame:
    """What to expect of each series at these counts of workers, which need not have been measured: one row a law and
    count, with the keys of `scalelaw predict --format json`.  The law `combined` is the prediction; `laws` names others
    to stand beside it ("all": each).  Counts beyond 8 times the largest measured one need `far`."""
    counts = [workers] if isinstance(workers, int) else list(workers)
    options = ["--law", ",".join([laws] if isinstance(laws, str) else laws)] if laws else []
    options += ["--far"] if far else []
    answer = ask("predict", file, "--workers", ",".join(str(count) for count in counts), *options)
    rows = []
    for series in answer["series"]:
        about = {key: value for key, value in series.items() if key != "laws"}
        for law in series["laws"]:
            named = {key: value for key, value in law.items() if key != "predictions"}
            rows += [about | named | prediction for prediction in law["predictions"]]
    return pd.DataFrame(rows)


def waterfalls(file: str | Path) -> pd.DataFrame:
    """The lost efficiency of the points of a results file: `point`, `loss`, and its causes, which add up to it."""
    points = [point for series in ask("report", file)["series"] for point in series["points"]]
    return pd.DataFrame([{"point": point["point"]} | point["waterfall"] for point in points if point["waterfall"]])


def crossovers(file: str | Path) -> pd.DataFrame:
    """Where `scalelaw advise` says that another model is faster from some size on: `work`, `size_name`, `after_size`,
    `before_size`, `size`, and the models `from` and `to`."""
    rows = []
    for contest in ask("advise", file)["contests"]:
        models = [strategy["model"] for strategy in contest["strategies"]]
        workers = [strategy["nodes"] * strategy["ranks_per_node"] * strategy["threads"]
                   for strategy in contest["strategies"]]
        rows += [
            {"work": contest["work"], "size_name": contest["size_name"]}
            | {key: crossover[key] for key in ("after_size", "before_size", "size")}
            | {end: models[crossover[end]] for end in ("from", "to")}
            | {f"{end}_workers": workers[crossover[end]] for end in ("from", "to")}
            for crossover in contest["crossovers"]
        ]
    return pd.DataFrame(rows)


def turns(file: str | Path) -> pd.DataFrame:
    """From which size on each implementation is faster than the first of the campaign: `work`, `size_name`, `reference`,
    `reference_model`, `implementation`, `model`, `workers`, `verdict`, `size` with `low` and `high`, `of_launches`,
    `bound`, `marks` of its times, the sizes that were measured for both, `least` and `most`, and `unit_s`: by size, how
    long one `unit` of work of that weight takes, where that is known."""
    rows = []
    for race in ask("advise", file)["turns"]:
        reference = race["reference"]
        for turn in race["turns"]:
            size = turn["size"] or {}
            rows.append({"work": race["work"], "size_name": race["size_name"],
                         "reference": reference["implementation"], "reference_model": reference["model"],
                         "workers": reference["nodes"] * reference["ranks_per_node"] * reference["threads"],
                         "least": min(turn["sizes"]), "most": max(turn["sizes"]), "size": size.get("value"),
                         "low": size.get("low"), "high": size.get("high"), "marks": ", ".join(turn["marks"]),
                         "unit": race["unit"], "unit_s": {size: each_s for size, each_s in
                                                          zip(race["sizes"], race["unit_s"]) if each_s}}
                        | {key: turn[key] for key in ("implementation", "model", "verdict", "of_launches", "bound")})
    return pd.DataFrame(rows)


def compare(base: str | Path, new: str | Path, tolerance: float | None = None) -> pd.DataFrame:
    """Two results files point by point: one row a point, with the keys of `scalelaw compare --format json`.  What is
    said of both files (differences, only_base, only_new, tolerance) is in the table's `attrs`."""
    options = [] if tolerance is None else ["--tolerance", repr(float(tolerance))]
    answer = ask("compare", base, new, *options, accepted=VERDICTS)
    table = pd.DataFrame(answer.pop("points"))
    table.attrs.update(answer)
    return table

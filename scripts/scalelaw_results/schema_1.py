"""What older files say in other words than those of today.  Nothing else knows what they looked like."""

from __future__ import annotations

import pandas as pd

#: Columns that they lack: table, column, unit, and the value that such a file means.
ADDED_COLUMNS = (
    ("points", "clock", "text", "measured"),
    ("points", "shares", "row of /points", -1),
    ("points", "alone", "1", False),
    ("launches", "cause", "text", "none"),
    ("launches", "superseded", "1", False),
)
#: The models that there were: name, and model_title, ranked, threaded and device.
MODELS = {
    "serial": ("serial", False, False, False),
    "openmp": ("OpenMP", False, True, False),
    "mpi": ("MPI", True, False, False),
    "hybrid": ("hybrid (MPI + OpenMP)", True, True, False),
}
MODEL_COLUMNS = {"model_title": "text", "ranked": "1", "threaded": "1", "device": "1"}
#: The phases that every driver had, in the order of time; NAME_s was a column of samples and ranks.
PHASES = (("distribute", "transfer"), ("prepare", "serial"), ("compute", "parallel"), ("combine", "transfer"),
          ("finish", "serial"))


def complete(tables: dict[str, pd.DataFrame], units: dict[str, dict[str, str]]) -> None:
    """Gives the tables of a file what they lack, each with its unit."""
    for table, column, unit, value in ADDED_COLUMNS:
        if column not in tables[table]:
            tables[table][column] = value
            units[table][column] = unit
    if "model_title" not in tables["points"]:
        _complete_models(tables["points"], units["points"])
        _complete_tasks(tables["points"])
    if "phases" not in tables:
        _complete_phases(tables, units)


def _complete_models(points: pd.DataFrame, units: dict[str, str]) -> None:
    known = [MODELS.get(name, (name, False, False, False)) for name in points["model"]]
    for place, (column, unit) in enumerate(MODEL_COLUMNS.items()):
        points[column] = [model[place] for model in known]
        units[column] = unit


def _complete_tasks(points: pd.DataFrame) -> None:
    for work, options in zip(points["work"], points["options"]):
        if isinstance(work, dict) and isinstance(options, dict) and options.get("mode", "data") != "data":
            work.setdefault("task", options["mode"])


def _complete_phases(tables: dict[str, pd.DataFrame], units: dict[str, dict[str, str]]) -> None:
    ranks = tables["ranks"]
    columns = [f"{name}_s" for name, _ in PHASES]
    times = ranks[["sample", "rank", *columns]].rename(columns={column: row for row, column in enumerate(columns)})
    times = times.rename_axis("place").reset_index().melt(["place", "sample", "rank"], var_name="phase",
                                                          value_name="seconds")
    times = times.sort_values(["place", "phase"], ignore_index=True).drop(columns="place")
    tables["phases"] = pd.DataFrame(PHASES, columns=["name", "role"])
    tables["phase_times"] = times.astype({"phase": "int64", "seconds": float})
    units["phases"] = {"name": "text", "role": "text"}
    units["phase_times"] = {"sample": "row of /samples", "rank": "1", "phase": "row of /phases", "seconds": "s"}
    for table in ("samples", "ranks"):
        tables[table] = tables[table].drop(columns=columns)
        units[table] = {column: unit for column, unit in units[table].items() if column not in columns}

"""What the program says of a results file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .. import program
from ..campaign import Campaign, load
from . import forecast


@dataclass
class Source:
    """One results file.

    report     `scalelaw report --format json`
    campaign   the file's tables, with the derived tables of that report, and predictions beyond the data beside them
    forecast   `scalelaw predict --format json` at the counts and levels of forecast.py; None: no series scales
    compared   `scalelaw compare FIRST THIS --format json`; None: this is the first file
    """

    path: Path
    report: dict[str, Any]
    campaign: Campaign
    forecast: dict[str, Any] | None
    compared: dict[str, Any] | None = None
    workers: list[int] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The file that a user named: the one that was imported, or the results file."""
        return self.campaign.environment.get("import.files", self.path.name)


def read(paths: list[Path], efficiency: str) -> list[Source]:
    """Asks the program about every file.  Raises FileNotFoundError or ResultsError with its words."""
    sources = [_read(path, efficiency) for path in paths]
    for source in sources[1:]:
        source.compared = program.ask("compare", paths[0], source.path, accepted=program.VERDICTS)
    return sources


def _read(path: Path, efficiency: str) -> Source:
    campaign = load(path)
    report = program.ask("report", path, "--efficiency", efficiency)
    campaign.derived, units = program.tables_of(report)
    campaign.units |= units
    workers = forecast.worker_counts(report)
    foreseen = forecast.ask(path, workers)
    if foreseen:
        beyond = forecast.prediction_rows(foreseen, forecast.measured_counts(report))
        predictions = campaign.derived["predictions"]
        campaign.derived["predictions"] = pd.concat([predictions, beyond.astype(predictions.dtypes)], ignore_index=True)
    return Source(path, report, campaign, foreseen, workers=workers)

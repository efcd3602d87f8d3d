"""The tables of one group of points: a kernel, or an experiment of its own name."""

from __future__ import annotations

from typing import Any

from ..figures.data import Data, records
from ..figures.words import Row, best_serial, placement, runner, settings
from ..marks import FAILED
from ..scaling import scaling
from . import tables
from .forecast import BASELINES, LEVELS
from .source import Source
from .tables import Cell, Column, Table

LAW_TITLES = {"combined": "combined", "last_exponent": "last exponent persists", "same_efficiency": "same efficiency",
              "amdahl": "Amdahl", "gustafson": "Gustafson", "usl": "USL", "latency_bandwidth": "latency/bandwidth",
              "combine_tree": "tree of steps"}

#: A larger share of a rate of the cores is doubtful, as of memory; the program says why of both.
SUSPICIOUS_SHARE = 1.1
DOUBT_OF_RATE = "it does fewer operations than its work model says, or the measured rate is too low"


class Groups:
    """Which group each point and each series of the files belongs to."""

    def __init__(self, data: Data, sources: list[Source]):
        self.names = list(dict.fromkeys(data.points["group"]))
        pairs = data.points.drop_duplicates(["kernel", "experiment"])
        self._of_pair = dict(zip(zip(pairs["kernel"], pairs["experiment"]), pairs["group"]))
        self.points: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
        for number, source in enumerate(sources):
            table = scaling(source.campaign)
            for index, row in zip(table.index, records(table)):
                group = self.of(row)
                if group is not None:
                    self.points.setdefault(group, []).append((number, index, row))

    def sizes(self, group: str, scaling: str) -> int:
        """How many sizes the group has in this kind of scaling; of a weak series, the one of its first point counts."""
        first: dict[tuple[int, int], str] = {}
        for number, _, row in self.points[group]:
            if row["scaling"] == scaling:
                first.setdefault((number, row["series"]), settings(row["params"]))
        return len(set(first.values()))

    def of(self, point: Row) -> str | None:
        return self._of_pair.get((point["kernel"], point["experiment"]))


def points_table(group: str, groups: Groups, labels: list[str]) -> Table:
    """Every point with its time, its speedups and its marks."""
    out = Table("Points", [
        Column("file"), Column("scaling"), Column("size"), Column("options"), Column("model"), Column("N×R×T"),
        Column("workers", True), Column("state"), Column("time", True), Column("speedup", True),
        Column("efficiency", True), Column("speedup over one worker", True), Column("efficiency over one worker", True),
        Column("rate", True), Column("of ceiling", True), Column("launches", True), Column("reason")], name="points")
    rows = groups.points[group]
    out.columns = [Column(f"{column.title} over {serial_words(group, groups)}", True) if column.title == "speedup" else column
                   for column in out.columns]
    several = len({number for number, _, _ in rows}) > 1
    sized = groups.sizes(group, "strong") > 1
    for number, index, row in rows:
        out.rows.append(({"model": row["model"], "point": str(index), "file": str(number)}, [
            tables.word(labels[number] if several else ""),
            tables.word(row["scaling"]),
            tables.word(settings(row["params"]) if sized or row["scaling"] == "weak" else ""),
            tables.word(settings(row["options"])),
            tables.word(runner(row)),
            tables.word(placement(row)),
            tables.count(row["workers"]),
            tables.chips(row["state"], str(row["marks"]).split(", ")),
            *_numbers(row),
            tables.count(row["launches"]),
            tables.word(row["reason"] if row["state"] in FAILED else ""),
        ]))
    return out.only_filled()


def _numbers(row: Row) -> list[Cell]:
    cells = [tables.seconds(row["time_s"], row["time_low_s"], row["time_high_s"])]
    for base in ("serial", "own"):
        speedup, efficiency = f"{base}_speedup", f"{base}_efficiency"
        cells.append(tables.number(row[speedup], row[f"{speedup}_low"], row[f"{speedup}_high"]))
        cells.append(tables.per_cent(row[efficiency], row[f"{efficiency}_low"], row[f"{efficiency}_high"]))
    cells.append(tables.rate(row["rate_per_s"], row["unit"]))
    if row["limit"] not in ("", "memory_read"):
        share, of_what = tables.per_cent(row["limit_share"]), f" {row['limit']}"
        why = DOUBT_OF_RATE if row["limit_share"] > SUSPICIOUS_SHARE else ""
    else:
        share, of_what, why = tables.per_cent(row["ceiling_share"]), "", row["ceiling_doubt"]
    doubt = (tables.Chip("doubtful", "fair", why),) if why else ()
    cells.append(Cell(share.text + of_what, share.value, chips=doubt))
    return cells


def serial_words(group: str, groups: Groups) -> str:
    """What the best serial time of a group is called."""
    return best_serial(row["serial_name"] for _, _, row in groups.points[group] if row["serial_point"] >= 0)


def baselines(group: str, groups: Groups, labels: list[str]) -> list[str]:
    """The best serial times of a group, each with its seconds."""
    words = {}
    for number, _, row in groups.points[group]:
        if row["serial_point"] >= 0:
            cell = tables.seconds(row["serial_s"], row["serial_low_s"], row["serial_high_s"])
            of_file = f"{labels[number]}: " if len(labels) > 1 else ""
            marks = f", {row['serial_marks']}" if row["serial_marks"] else ""
            best = "the best of " if best_serial([row["serial_name"]]) != "serial" else ""
            time = f"{cell.text} {cell.small}".strip()
            words[(number, int(row["serial_point"]))] = f"{of_file}{best}{row['serial_name']} {time}{marks}"
    return list(words.values())


def laws_table(group: str, groups: Groups, sources: list[Source], labels: list[str]) -> Table:
    """The fitted parameters of each law, and how far off it was where a point was held out."""
    out = Table("Laws", [Column("file"), Column("series"), Column("law"), Column("parameter"), Column("value", True),
                         Column("R²", True), Column("held-out error", True), Column("note")], name="laws")
    for number, source in enumerate(sources):
        for series in source.report["series"]:
            if groups.of(series) != group:
                continue
            for law in series["laws"]:
                parameters = law["parameters"] or {}
                title = series_title(series, groups.sizes(group, series["scaling"]) > 1)
                for name, fitted in parameters.items():
                    interval = fitted.get("interval") or {}
                    out.rows.append(({"model": series["model"], "law": law["law"]}, [
                        tables.word(labels[number] if len(sources) > 1 else ""),
                        tables.word(title), tables.word(LAW_TITLES.get(law["law"], law["law"])),
                        tables.word(name.replace("_", " ")),
                        tables.significant(fitted["value"], interval.get("low"), interval.get("high")),
                        tables.number(law["r_squared"], digits=4), tables.per_cent(law["held_out_error"]),
                        tables.word("" if law["testable"] else "as many parameters as worker counts: untested"),
                    ]))
                if not law["identifiable"]:
                    out.rows.append(({"model": series["model"], "law": law["law"]}, [
                        tables.word(labels[number] if len(sources) > 1 else ""), tables.word(title),
                        tables.word(LAW_TITLES.get(law["law"], law["law"])), *[Cell("")] * 4,
                        tables.word(law["reason"])]))
    return out.only_filled()


def series_title(series: Row, sized: bool) -> str:
    """What tells a series from the others of its group, e.g. "openmp, strong"; `sized`: they differ in size."""
    size = settings(series["params"]) if sized else ""
    return ", ".join(part for part in (runner(series), series["scaling"], size, settings(series["options"]))
                     if part)


def forecasts(group: str, groups: Groups, sources: list[Source], labels: list[str]) -> list[dict[str, Any]]:
    """What the sliders choose among: for each series of the group, each law's speedup and time at each worker count,
    and up to how many workers each efficiency lasts."""
    out = []
    for number, source in enumerate(sources):
        for series in source.forecast["series"] if source.forecast else ():
            if groups.of(series) != group:
                continue
            title = series_title(series, groups.sizes(group, series["scaling"]) > 1)
            out.append({
                "title": f"{labels[number]}: {title}" if len(sources) > 1 else title,
                "model": series["model"], "largest": series["largest_measured"],
                "targets": {target["workers"]: [target["factor"], target["refused"], target.get("typical_error"),
                                                target.get("one_in_ten_error")] for target in series["targets"]},
                "laws": [_law(law) for law in series["laws"] if law["law"] not in BASELINES],
                "efficient": [[round(100 * answer["level"]), answer["workers"], answer["low"], answer["high"],
                               answer["looked_to"], answer["against"]] for answer in series["efficient_up_to"]],
            })
    return out


def _law(law: dict[str, Any]) -> dict[str, Any]:
    title = LAW_TITLES.get(law["law"], law["law"]) + (", a priori" if law["kind"] == "a_priori" else "")
    keys = ("speedup", "low", "high", "seconds", "seconds_low", "seconds_high")
    return {"law": law["law"], "title": title, "reason": law["reason"],
            "at": {prediction["workers"]: [prediction[key] for key in keys] for prediction in law["predictions"]}}


def prediction_table(foreseen: list[dict[str, Any]], workers: int) -> Table:
    """Each law's prediction at `workers`; scripts write it anew when the slider moves."""
    out = Table("", [Column("series"), Column("law"), Column("speedup", True), Column("time", True), Column("distance")],
                name="predictions")
    for series in foreseen:
        factor, refused, typical, _ = series["targets"].get(workers, [None, True, None, None])
        for law in series["laws"]:
            at = law["at"].get(workers)
            if at is None:
                continue
            distance = "measured range" if not factor or factor <= 1 else f"{factor:.3g} times the largest measured"
            usual = f", usually off by {100 * typical:.0f} %" if typical and law["law"] == "combined" else ""
            out.rows.append(({"model": series["model"], "law": law["law"]}, [
                tables.word(series["title"]), tables.word(law["title"]), tables.number(*at[:3]),
                tables.seconds(*at[3:]), tables.word(distance + usual)]))
    return out


def efficiency_table(foreseen: list[dict[str, Any]], level: int) -> Table:
    """Up to how many workers the efficiency stays above `level` percent; scripts write it anew."""
    out = Table("", [Column("series"), Column("up to", True)], name="efficient")
    for series in foreseen:
        for answer in series["efficient"]:
            if answer[0] == level:
                out.rows.append(({"model": series["model"]}, [tables.word(series["title"]), up_to(*answer[1:5])]))
    return out


def up_to(workers: float | None, low: float | None, high: float | None, looked_to: float) -> Cell:
    """"23 workers [17, 41]"; "more than 512" where the efficiency stayed high as far as was looked."""
    def text(value: float | None) -> str:
        return f"{value:.0f}" if value is not None else f"more than {looked_to:.0f}"
    return Cell(f"{text(workers)} workers", workers if workers is not None else float(looked_to) + 1,
                f"[{text(low)}, {text(high)}]")


def nearest_level(efficiency: float) -> int:
    """The level of the slider next to an efficiency in (0, 1)."""
    return min(LEVELS, key=lambda level: abs(level - 100 * efficiency))

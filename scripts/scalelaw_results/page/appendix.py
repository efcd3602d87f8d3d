"""The tables that are about the whole campaign: comparison, ceilings, peers, failures, rules, machine, commands."""

from __future__ import annotations

from typing import Any

from .. import program
from ..campaign import Campaign
from ..figures import words
from ..figures.words import placement, settings
from . import tables
from .source import Source
from .tables import Cell, Column, Number, Table


def comparison_table(source: Source, label: str, first: str) -> Table:
    """A file beside the first, point by point."""
    answer = source.compared or {}
    out = Table(f"{label} compared with {first}", [
        Column("kernel"), Column("scaling"), Column("size"), Column("options"), Column("model"), Column("N×R×T"),
        Column("verdict"), Column(f"time in {first}", True), Column(f"time in {label}", True),
        Column("new time / old time", True), Column("marks")], name="comparison")
    for point in answer["points"]:
        marks = list(dict.fromkeys([*point["base_marks"], *point["new_marks"]]))
        out.rows.append(({"model": point["model"]}, [
            tables.word(point["kernel"]), tables.word(point["scaling"]), tables.word(settings(point["params"])),
            tables.word(settings(point["options"])), tables.word(words.runner(point)),
            tables.word(placement(point)), tables.chips(point["verdict"]), tables.seconds(point["base_s"]),
            tables.seconds(point["new_s"]), tables.number(point["ratio"], point["low"], point["high"]),
            Cell("", ", ".join(marks), chips=tuple(tables.chip(mark) for mark in marks))]))
    notes = [f"Tolerance {100 * answer['tolerance']:g} %."]
    only = len(answer["only_base"]), len(answer["only_new"])
    if any(only):
        notes.append(f"Not compared: {only[0]} points only in {first}, {only[1]} only in {label}.")
    out.note = " ".join(notes)
    return out.only_filled()


def ceilings_table(report: dict[str, Any]) -> Table:
    """What the machine could reach, measured in the same campaign."""
    out = Table("Ceilings", [Column("model"), Column("N×R×T"), Column("working set", True), Column("read", True),
                             Column("latency", True), Column("bandwidth", True), Column("marks")])
    for ceiling in report["ceilings"]:
        marks = [*ceiling["marks"], *(["unstable"] if ceiling["bimodal"] and "unstable" not in ceiling["marks"] else [])]
        out.rows.append(({"model": ceiling["model"]}, [
            tables.word(ceiling["model"]), tables.word(placement(ceiling)), _bytes(ceiling["working_set_bytes"]),
            _rate(ceiling["read_bytes_per_s"]), _seconds(ceiling["latency_s"]),
            _rate(ceiling["bandwidth_bytes_per_s"]),
            Cell("", " ".join(marks), chips=tuple(tables.chip(mark) for mark in marks))]))
    return out.only_filled()


def core_rates_table(report: dict[str, Any]) -> Table:
    """What the cores could do, measured in the same campaign."""
    out = Table("Rates of the cores", [Column("model"), Column("N×R×T"), Column("rate"), Column("G/s", True),
                                       Column("marks")])
    for one in report["core_rates"]:
        interval = one["per_s"]["interval"] or {}
        out.rows.append(({"model": one["model"]}, [
            tables.word(one["model"]), tables.word(placement(one)), tables.word(one["rate"]),
            tables.number(_giga(one["per_s"]["value"]), _giga(interval.get("low")), _giga(interval.get("high"))),
            Cell("", " ".join(one["marks"]), chips=tuple(tables.chip(mark) for mark in one["marks"]))]))
    return out.only_filled()


def peers_table(report: dict[str, Any], campaign: Campaign) -> Table:
    """Other libraries beside the kernels."""
    out = Table("Peers", [Column("ours"), Column("peer"), Column("our time / the peer's", True), Column("marks")])
    for peer in report["peers"]:
        interval = peer["ratio"]["interval"] or {}
        marks = list(dict.fromkeys([*peer["ours_marks"], *peer["peer_marks"]]))
        out.rows.append(({}, [
            tables.word(point_name(campaign, peer["ours"])), tables.word(point_name(campaign, peer["peer"])),
            tables.number(peer["ratio"]["value"], interval.get("low"), interval.get("high")),
            Cell("", ", ".join(marks), chips=tuple(tables.chip(mark) for mark in marks))]))
    return out


def variants_table(report: dict[str, Any], campaign: Campaign) -> Table:
    """What an option gains."""
    out = Table("Options", [Column("point"), Column("option"), Column("from"), Column("to"), Column("gain", True),
                            Column("marks")])
    for variant in report["variants"]:
        interval = variant["gain"]["interval"] or {}
        marks = list(dict.fromkeys([*variant["first_marks"], *variant["other_marks"]]))
        out.rows.append(({}, [
            tables.word(point_name(campaign, variant["first"])), tables.word(variant["option"]),
            tables.word(variant["first_value"]), tables.word(variant["other_value"]),
            tables.number(variant["gain"]["value"], interval.get("low"), interval.get("high")),
            Cell("", ", ".join(marks), chips=tuple(tables.chip(mark) for mark in marks))]))
    return out


def stages_table(report: dict[str, Any], campaign: Campaign) -> Table:
    """How long each stage of a pipeline was busy."""
    out = Table("Stages of pipelines", [Column("point"), Column("stage"), Column("busy", True)])
    for point in report["stages"]:
        for stage in point["stages"]:
            out.rows.append(({}, [tables.word(point_name(campaign, point["point"])), tables.word(stage["stage"]),
                                  tables.seconds(stage["busy_s"])]))
    return out


def busy_table(report: dict[str, Any]) -> Table:
    """The blocks in which other work was on the machine."""
    out = Table("Busy blocks", [Column("block", True), Column("free cores before", True), Column("lost during", True),
                                Column("launches", True)])
    for block in report["busy_blocks"]:
        out.rows.append(({}, [tables.count(block["block"]), tables.number(block["free_cores"]),
                              tables.per_cent(block["lost_share"]), tables.count(block["launches"])]))
    return out


def observed_table(report: dict[str, Any], campaign: Campaign) -> Table:
    """What the system and the processor told of each point while it was measured."""
    columns = {"peak_bytes": ("memory", _bytes), "largest_peak_bytes": ("largest", _bytes),
               "steal_share": ("steal", _tenths), "queued_share": ("queued", _tenths),
               "switches_per_s": ("switches/s", tables.significant), "major_faults": ("faults", tables.significant),
               "clock_hz": ("clock", lambda value: _scaled(value, 1e9, "GHz")),
               "instructions_per_cycle": ("instructions per cycle", tables.number),
               "energy_j": ("energy", lambda value: _scaled(value, 1, "J"))}
    out = Table("While the points were measured",
                [Column("point"), *(Column(title, True) for title, _ in columns.values())])
    for row in report["scaling"]:
        cells = [show(row[key]) for key, (_, show) in columns.items()]
        if any(cell.text for cell in cells):
            out.rows.append(({"model": str(campaign.points.loc[row["point"]]["model"])},
                             [tables.word(point_name(campaign, row["point"])), *cells]))
    out.note = ("Memory: the sum of the ranks' peaks; largest: of one rank. Steal: processor time that the host of a "
                "virtual machine took; queued: that passed waiting for a processor; both of the rank that lost most. "
                "Switches: how often a thread had to leave its processor. Faults: pages read from a disk in a pass. "
                "Energy: of a pass, the whole hosts.")
    return out.only_filled()


def allocations_table(report: dict[str, Any]) -> Table:
    """The allocations that launches ran in, with their nodes."""
    out = Table("Allocations", [Column("allocation"), Column("nodes"), Column("launches", True)])
    for use in report["allocations"]:
        out.rows.append(({}, [tables.word(use["allocation"]), tables.word(" ".join(use["nodes"])),
                              tables.count(use["launches"])]))
    return out


def failures_table(source: Source) -> Table:
    """The launches that failed, with the driver's words."""
    out = Table("What failed", [Column("point"), Column("state"), Column("reason"), Column("exit code", True),
                                Column("command"), Column("log")])
    for failure in program.ask("report", source.path, "--failures")["failures"]:
        for launch in failure["launches"] or [{}]:
            out.rows.append(({}, [
                tables.word(point_name(source.campaign, failure["point"])),
                tables.chips(failure["state"], failure["marks"]), tables.word(launch.get("reason") or failure["reason"]),
                tables.count(launch.get("exit_code")), _code(launch.get("command", "")),
                _code(launch.get("log_tail", ""))]))
    return out.only_filled()


def rules_table(report: dict[str, Any]) -> Table:
    """The twelve rules for reporting measurements, and whether this campaign keeps them."""
    out = Table("Rules", [Column("rule", True), Column("what it asks for"), Column("standing"), Column("why")])
    for rule in report["rules"]:
        out.rows.append(({}, [tables.count(rule["number"]), tables.word(rule["rule"]), tables.chips(rule["standing"]),
                              tables.word(rule["reason"])]))
    return out


def environment_table(sources: list[Source], labels: list[str]) -> Table:
    """The machine and the programs, as each file has them."""
    out = Table("Environment", [Column("name"), *(Column(label) for label in labels)])
    for name in sorted(set().union(*(source.campaign.environment for source in sources))):
        out.rows.append(({}, [_code(name), *(tables.word(source.campaign.environment.get(name, "")) for source in sources)]))
    if len(sources) == 1:
        out.columns[1] = Column("value")
    return out


def commands_table(source: Source) -> Table:
    """The first command of each point that was launched."""
    out = Table("Commands", [Column("point"), Column("command")])
    for index, command in source.campaign.launches.groupby("point", sort=True)["command"].first().items():
        out.rows.append(({}, [tables.word(point_name(source.campaign, index)), _code(command)]))
    return out


def point_name(campaign: Campaign, index: int) -> str:
    point = campaign.points.loc[index]
    return f"{point['kernel']} {words.point_name(point)}"


def _code(text: str) -> Cell:
    return Cell(text, text, code=True)


def _giga(value: Number) -> Number:
    return None if value is None else value / 1e9


def _tenths(value: Number) -> Cell:
    return Cell(f"{100 * value:.1f} %", float(value)) if tables.known(value) else Cell("")


def _scaled(value: Number, factor: float, unit: str) -> Cell:
    return Cell(f"{value / factor:.4g} {unit}", float(value)) if tables.known(value) else Cell("")


def _bytes(value: Number) -> Cell:
    if value is None or not tables.known(value) or not value:
        return Cell("")
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB"), (0, "B")):
        if value >= 2**power:
            break
    return Cell(f"{value / 2**power:.3g} {unit}", float(value))


def _rate(quantity: dict[str, Any] | None) -> Cell:
    return tables.rate(quantity["value"], "bytes") if quantity else Cell("")


def _seconds(quantity: dict[str, Any] | None) -> Cell:
    if not quantity:
        return Cell("")
    interval = quantity["interval"] or {}
    return tables.seconds(quantity["value"], interval.get("low"), interval.get("high"))

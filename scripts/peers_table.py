"""The tables of docs/peers.md: phases of the peers, tasks per second at each chunk size, and the ratios of the report.

Ratios and their intervals are those of `scalelaw report`.  Of phases, which a report does not compare, these are
medians over launches.
"""
import sys
from pathlib import Path

from scalelaw_results import load
from scalelaw_results.program import ask

STARTED = ("start_up", "first_task", "steady", "shut_down")


def phases_of(campaign):
    """{point: {phase: median seconds over launches, of the slowest rank}}"""
    times = campaign.phase_times.merge(campaign.phases["name"], left_on="phase", right_index=True)
    slowest = times.groupby(["sample", "name"])["seconds"].max().unstack()
    joined = campaign.timed_samples()[["point"]].join(slowest, how="inner")
    return joined.groupby("point").median().to_dict("index")


def ratios_of(report):
    """{point of a peer: its time over ours, with the interval}: the report has ours over theirs."""
    out = {}
    for peer in report["peers"]:
        ratio, interval = peer["ratio"]["value"], peer["ratio"].get("interval")
        text = f"{1 / ratio:.3g}"
        if interval:
            text += f" [{1 / interval['high']:.3g}, {1 / interval['low']:.3g}]"
        if peer["peer"] not in out or 1 / ratio > out[peer["peer"]][0]:  # our best
            out[peer["peer"]] = (1 / ratio, text)
    return {point: text for point, (_, text) in out.items()}


def chunk_of(point):
    """Tasks that a worker gets at a time: an option of a library, or a parameter of the kernel."""
    return str((point["params"] | point["options"]).get("chunk", 0))


def text(seconds):
    return "-" if seconds is None else f"{seconds:.3g}"


def table(header, rows):
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main(path):
    campaign, report = load(path), ask("report", path)
    phases, ratios = phases_of(campaign), ratios_of(report)
    points = campaign.points
    for experiment in dict.fromkeys(points["experiment"]):
        some = points[(points["experiment"] == experiment) & (points["implementation"] != "scalelaw")]
        rows = []
        for number, point in some.iterrows():
            name = f"`{point['implementation']}`"
            if number not in phases:
                rows.append([name, point["reason"] or point["state"]])
                continue
            seconds = {phase: value for phase, value in phases[number].items() if value == value}
            if point["options"].get("pool") == "kept":  # started before
                seconds["start_up"] = seconds["shut_down"] = None
            tasks = point["work"]["items"]
            rate = (tasks - 1) / seconds["steady"] if seconds["steady"] else float("nan")
            rows.append([name, chunk_of(point), *(text(seconds.get(phase)) for phase in STARTED), f"{rate:.3g}", ratios.get(number, "-")])
        print(f"### {experiment}\n")
        table(["peer", "chunk", *(f"{phase} s" for phase in STARTED), "tasks/s", "its time / our best"], rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

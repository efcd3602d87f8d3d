"""The tables of docs/peers.md, from a results file of configs/peers-python.toml, as Markdown.

Times over those of our best model, with their intervals, are those of `scalelaw report`.  Of phases, which a report
does not compare, these are medians over launches.

usage: peers_table.py FILE.h5                 prints them
       peers_table.py FILE.h5 --write PAGE.md puts them between the two marks of the page
"""
import sys
from pathlib import Path

from scalelaw_results import load
from scalelaw_results.figures import words
from scalelaw_results.program import ask

STARTED = {"start_up": "start-up", "first_task": "first task", "shut_down": "end"}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
OWN = "scalelaw"


def number(value):
    """Three digits, with commas: 0.0291, 40.5, 11,200."""
    return f"{float(f'{value:.3g}'):,g}"


def phases_of(campaign):
    """{point: {phase: median over its launches of their median seconds, of the slowest rank}}"""
    times = campaign.phase_times.merge(campaign.phases["name"], left_on="phase", right_index=True)
    slowest = times.groupby(["sample", "name"])["seconds"].max().unstack()
    launches = campaign.counted_launches()
    timed = campaign.samples[~campaign.samples["diagnostic"].astype(bool)]
    timed = timed[timed["launch"].isin(launches.index[launches["state"] == "ok"])]
    by_launch = slowest.join(timed["launch"], how="inner").groupby("launch").median()
    by_point = by_launch.join(launches["point"]).groupby("point").median().to_dict("index")
    launched = {i: point["shares"] if point["shares"] >= 0 else i for i, point in campaign.points.iterrows()}
    return {i: by_point[own] for i, own in launched.items() if own in by_point}


def ratio_text(ratio):
    """The report has our time over the peer's; this is the peer's over ours."""
    interval = ratio.get("interval")
    text = number(1 / ratio["value"])
    return f"{text} [{number(1 / interval['high'])}, {number(1 / interval['low'])}]" if interval else text


class Figures:
    """What the tables show of each point of a peer."""

    def __init__(self, path):
        self.campaign = load(path)
        report = ask("report", path)
        self.points = self.campaign.points
        self.phases = phases_of(self.campaign)
        self.times = self.campaign.scaling.set_index("point")["time_s"].to_dict()
        self.peers = {}  # of each peer's point, beside our fastest
        for peer in report["peers"]:
            known = self.peers.get(peer["peer"])
            if known is None or peer["ratio"]["value"] < known["ratio"]["value"]:
                self.peers[peer["peer"]] = peer

    def of_peers(self, experiment):
        points = self.points
        return points[(points["experiment"] == experiment) & (points["implementation"] != OWN)]

    def ratio(self, point):
        return ratio_text(self.peers[point]["ratio"]) if point in self.peers else "-"

    def ours_ms(self, points):
        """The time of our best model beside these, in milliseconds."""
        times = [self.times[self.peers[point]["ours"]] for point in points if point in self.peers]
        return number(1000 * min(times)) if times else "-"

    def rate(self, point):
        """Tasks per second once workers have started and done a task."""
        tasks, phases = self.points.loc[point, "work"]["items"], self.phases.get(point)
        return number((tasks - 1) / phases["steady"]) if phases and phases["steady"] > 0 else "-"

    def start(self, point):
        phases = self.phases.get(point, {})
        seen = (phases.get(phase, float("nan")) for phase in STARTED)
        return [number(1000 * value) if value == value else "-" for value in seen]


def chunk_of(point):
    """Tasks that a worker gets at a time: an option of a library, or a parameter of the kernel."""
    return int((point["params"] | point["options"]).get("chunk", 0))


def chunk_title(chunk):
    return {0: "a chunk each", 1: "one task"}.get(chunk, f"{chunk} tasks")


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def measured(figures, some):
    return some[[point in figures.phases for point in some.index]]


def shared_parameters(some):
    """What all of these points have in common, as a reader would write it: steps = 10000, tasks = 100."""
    shared = set.intersection(*(set(params.items()) for params in some["params"]))
    return ", ".join(f"{name} = {value}" for name, value in sorted(shared) if name != "chunk")


def heading(figures, experiment, some):
    return [f"**{experiment}** (`{some.iloc[0]['kernel']}`; {shared_parameters(some)}): a pass takes our best "
            f"{figures.ours_ms(some.index)} ms."]


def start_table(figures, experiment):
    some = measured(figures, figures.of_peers(experiment))
    rows = [[f"`{point['implementation']}`", *figures.start(i), figures.ratio(i)] for i, point in some.iterrows()]
    return [*heading(figures, experiment, some), "",
            *markdown(["peer", *(f"{title} (ms)" for title in STARTED.values()), "its time / our best"], rows)]


def chunk_table(figures, experiment):
    """Tasks per second and the ratio at each chunk size; `-` where a library has no chunks of that size."""
    some = measured(figures, figures.of_peers(experiment))
    chunks = sorted({chunk_of(point) for _, point in some.iterrows()}, key=lambda chunk: (chunk == 0, chunk))
    rows = {}
    for i, point in some.iterrows():
        rows.setdefault(point["implementation"], {})[chunk_of(point)] = i
    cells = [[f"`{name}`", *(figures.rate(at[chunk]) if chunk in at else "-" for chunk in chunks),
              *(figures.ratio(at[chunk]) if chunk in at else "-" for chunk in chunks)] for name, at in rows.items()]
    titles = [chunk_title(chunk) for chunk in chunks]
    heads = [*(f"tasks/s: {title}" for title in titles), *(f"ratio: {title}" for title in titles)]
    return [*heading(figures, experiment, some),
            "Tasks per second, then the time over our best, by how many tasks a worker gets at a time.", "",
            *markdown(["peer", *heads], cells)]


def side_table(figures, experiments):
    """The ratios of experiments with one chunk for each worker, side by side."""
    columns = [measured(figures, figures.of_peers(experiment)) for experiment in experiments]
    names = dict.fromkeys(name for some in columns for name in some["implementation"])
    rows = [[f"`{name}`", *(" ".join(figures.ratio(i) for i in some.index[some["implementation"] == name]) or "-"
                            for some in columns)] for name in names]
    heads = [f"{experiment} ({figures.ours_ms(some.index)} ms)" for experiment, some in zip(experiments, columns)]
    return ["One chunk for each worker; in brackets, the time of our best.", "", *markdown(["peer", *heads], rows)]


def left_out(figures):
    skipped = figures.points[(figures.points["state"] == "skipped") & (figures.points["implementation"] != OWN)]
    reasons = dict(zip(skipped["implementation"], skipped["reason"]))
    return [f"`{name}` is left out: {reason}." for name, reason in reasons.items()] + [""] * bool(reasons)


def about(figures):
    campaign = figures.campaign
    launches = campaign.counted_launches().groupby("point").size()
    span = str(launches.min()) if launches.min() == launches.max() else f"{launches.min()} to {launches.max()}"
    return [f"Processor: {words.machine(campaign.environment)}. Launches of each point: {span}. Brackets are 95 %",
            "intervals, where there are six launches or more.", ""]


def lines_of(path):
    figures = Figures(path)
    peers = figures.points[figures.points["implementation"] != OWN]
    lines, side = about(figures), []
    for experiment in dict.fromkeys(peers["experiment"]):
        some = measured(figures, figures.of_peers(experiment))
        if some.empty:
            continue
        if all(point["options"].get("pool") != "kept" for _, point in some.iterrows() if "pool" in point["options"]):
            lines += start_table(figures, experiment)
        elif len({chunk_of(point) for _, point in some.iterrows()}) > 1:
            lines += chunk_table(figures, experiment)
        else:
            side.append(experiment)
    return lines + (side_table(figures, side) if side else []) + left_out(figures)


def write(page, lines):
    """Replaces what stands between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"peers-table: {page} lacks the marks '{BEGIN}' and '{END}'\n  hint: add them around the figures")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    made = lines_of(Path(sys.argv[1]))
    if len(sys.argv) == 4:
        write(Path(sys.argv[3]), made)
    else:
        print("\n".join(made))

"""`scalelaw report` and the Python package read the same file: they must say the same of it.  And what
docs/methodology.md says of a fit is enough to make it again."""

import itertools
import json
import os
import subprocess
import unittest
from pathlib import Path

import numpy as np
from scalelaw_results import load, scaling

SAMPLE = Path(__file__).resolve().parents[2] / "results" / "sample.h5"
SCALELAW = Path(os.environ.get("SCALELAW_BIN", "")) / "scalelaw"


def report_of(path):
    done = subprocess.run([SCALELAW, "report", path, "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def reported_points(path):
    """`report --format json` by the points' ids."""
    return {point["id"]: point for series in report_of(path)["series"] for point in series["points"]}


def least_squares(terms, times):
    """The coefficients, none below zero, that make the sum of ((T - terms @ theta) / T)^2 least: of all sets of
    terms the one with the least sum, the others zero."""
    scaled = terms / times[:, None]
    best, least = np.zeros(terms.shape[1]), np.inf
    for size in range(1, terms.shape[1] + 1):
        for chosen in itertools.combinations(range(terms.shape[1]), size):
            part, *_ = np.linalg.lstsq(scaled[:, chosen], np.ones(len(times)), rcond=None)
            miss = np.sum((1 - scaled[:, chosen] @ part) ** 2)
            if (part >= 0).all() and miss < least:
                best, least = np.zeros(terms.shape[1]), miss
                best[list(chosen)] = part
    return best


def parameters_by_hand(law, workers, times):
    """Of Amdahl's law or the USL, from the medians."""
    if law == "amdahl":
        a, b = least_squares(np.column_stack([np.ones_like(workers), 1 / workers]), times)
        return {"one_worker_s": a + b, "serial_fraction": a / (a + b)}
    t1, a, b = least_squares(np.column_stack([1 / workers, (workers - 1) / workers, workers - 1]), times)
    return {"one_worker_s": t1, "contention": a / t1, "coherency": b / t1}


def differences(reported, table):
    """What the report and a table of scaling() disagree on, to nine digits."""
    found = []
    for _, row in table.iterrows():
        if row["experiment"] == "ceilings":  # in no series: reported on their own
            continue
        point = reported[row["id"]]
        pairs = [
            ("median", point["median_s"], row["time"]),
            ("rate", point["rate"], row["throughput"]),
            ("own", (point["speedup_own"] or {}).get("value"), row["own_speedup"]),
            ("serial", (point["speedup_serial"] or {}).get("value"), row["serial_speedup"]),
        ]
        if point["interval_s"]:
            pairs += [(end, point["interval_s"][end], row[f"time_{end}"]) for end in ("low", "high")]
        for kind in ("own", "serial"):
            interval = (point[f"speedup_{kind}"] or {}).get("interval") or dict.fromkeys(("low", "high"))
            pairs += [(f"{kind} {end}", interval[end], row[f"{kind}_speedup_{end}"]) for end in ("low", "high")]
        for name, theirs, ours in pairs:
            if theirs is not None and not abs(theirs - ours) <= 1e-9 * abs(ours):
                found.append((row["id"], name, theirs, ours))
    return found


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reported = reported_points(SAMPLE)
        cls.table = scaling(load(SAMPLE))

    def test_the_same_medians_rates_and_speedups(self):
        self.assertGreater(len(self.table), 10)
        self.assertEqual(differences(self.reported, self.table), [])

    def test_a_difference_would_be_found(self):
        name = self.table["id"].iloc[0]
        wrong = self.reported | {name: self.reported[name] | {"median_s": 2 * self.reported[name]["median_s"]}}
        self.assertEqual([d[:2] for d in differences(wrong, self.table)], [(name, "median")])

    def test_a_difference_of_a_ratios_interval_would_be_found(self):
        name, point = next((n, p) for n, p in self.reported.items() if (p["speedup_own"] or {}).get("interval"))
        speedup = point["speedup_own"]
        wider = speedup | {"interval": speedup["interval"] | {"high": 2 * speedup["interval"]["high"]}}
        wrong = self.reported | {name: point | {"speedup_own": wider}}
        self.assertEqual([d[:2] for d in differences(wrong, self.table)], [(name, "own high")])


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class LawsTest(unittest.TestCase):
    def test_fits_are_made_again_from_the_raw_samples(self):
        campaign = load(SAMPLE)
        medians = campaign.timed_samples().groupby(["point", "launch"])["total_s"].median().groupby("point").median()
        compared = 0
        for series in report_of(SAMPLE)["series"]:
            points = [p for p in series["points"] if p["median_s"] and not p["oversubscribed"] and not p["busy"]]
            workers = np.array([p["workers"] for p in points], dtype=float)
            times = np.array([medians[p["point"]] for p in points])
            for law in series["laws"]:
                if not law["identifiable"] or law["law"] not in ("amdahl", "usl"):
                    continue
                for name, value in parameters_by_hand(law["law"], workers, times).items():
                    self.assertAlmostEqual(law["parameters"][name]["value"], value, delta=1e-9 * abs(value) + 1e-12)
                    compared += 1
        self.assertGreater(compared, 4)

    def test_a_weight_that_is_not_described_would_be_found(self):
        workers, times = np.array([1.0, 2, 4, 8]), np.array([1.0, 0.4, 0.5, 0.1])
        share = parameters_by_hand("amdahl", workers, times)["serial_fraction"]
        terms = np.column_stack([np.ones_like(workers), 1 / workers])
        a, b = np.linalg.lstsq(terms, times, rcond=None)[0]  # every second counts alike
        self.assertGreater(abs(share - a / (a + b)), 0.01)


if __name__ == "__main__":
    unittest.main()

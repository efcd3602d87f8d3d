"""`scalelaw report` and the Python package read the same file: they must say the same of it."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from scalelaw_results import load, scaling

SAMPLE = Path(__file__).resolve().parents[2] / "results" / "sample.h5"
SCALELAW = Path(os.environ.get("SCALELAW_BIN", "")) / "scalelaw"


def reported_points(path):
    """`report --format json` by the points' ids."""
    done = subprocess.run([SCALELAW, "report", path, "--format", "json"], capture_output=True, text=True, check=True)
    return {point["id"]: point for series in json.loads(done.stdout)["series"] for point in series["points"]}


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


if __name__ == "__main__":
    unittest.main()

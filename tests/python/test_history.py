"""Histories of thirty campaigns of the fake launcher: a step of 5 % is found at its place, and histories without a
change have none, but for the stated rate.  This takes minutes."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAMS = Path(os.environ.get("SCALELAW_BIN", ""))
CAMPAIGNS, HISTORIES = 30, 20


def config(seed, factor):
    return f"""
[campaign]
name = "nightly"
[measuring]
samples = 3
launches_max = 8
ceilings = false
[machine]
cores = 4
[fake]
noise_seed = {seed}
one_worker_s = {0.01 * factor}
launch_noise = 0.02
sample_noise = 0.01
[[experiment]]
kernel = "calibration"
models = ["serial", "openmp"]
size = [1e4, 1e5]
threads = [1, 2, 4]
"""


@unittest.skipUnless((PROGRAMS / "scalelaw-openmp").is_file(), "not built here: scalelaw-openmp")
class HistoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def scalelaw(self, *words):
        done = subprocess.run([PROGRAMS / "scalelaw", *words], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def measure(self, history, campaign, factor):
        (self.folder / "c.toml").write_text(config(1000 * history + campaign, factor))
        (self.folder / str(history)).mkdir(exist_ok=True)
        self.scalelaw("run", "c.toml", "--launcher", "fake", "-o", f"{history}/r{campaign}.h5")

    def history(self, history):
        return json.loads(self.scalelaw("history", str(history), "--format", "json"))

    def test_a_step_of_five_percent_is_found_at_its_place(self):
        for place in (10, 15, 26):
            with self.subTest(place):
                for campaign in range(CAMPAIGNS):
                    self.measure(place, campaign, 1.05 if campaign >= place else 1)
                found = self.history(place)
                self.assertEqual(len(found["campaigns"]), CAMPAIGNS)
                self.assertEqual(len(found["lines"]), 8)
                for line in found["lines"]:
                    [step] = line["steps"]
                    self.assertEqual((step["campaign"], step["campaign_before"]), (place, place - 1))
                    self.assertLess(step["ratio"]["low"], 1.05)
                    self.assertGreater(step["ratio"]["high"], 1.05)
                    self.assertIsNone(line["trend"])
                    self.assertEqual(step["changed"][0]["name"], "config.fake.one_worker_s")
                text = self.scalelaw("history", str(place), "-q")
                self.assertIn(f"8 of 8 points take more time from campaign {place + 1}", " ".join(text.split()))

    def test_nothing_is_found_where_nothing_changes(self):
        alarms = 0
        for history in range(100, 100 + HISTORIES):
            for campaign in range(CAMPAIGNS):
                self.measure(history, campaign, 1)
            alarms += any(line["steps"] or line["trend"] for line in self.history(history)["lines"])
        self.assertLessEqual(alarms, 1, f"of {HISTORIES}")


if __name__ == "__main__":
    unittest.main()

"""What hyperfine writes today is imported, and what is exported for it has the fields that it writes."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

if not shutil.which("hyperfine"):
    print("skipped: there is no hyperfine; scripts/setup --with peers installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SCALELAW_BIN", ROOT / "build/ci/bin")) / "scalelaw"


def scalelaw(*words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


class Hyperfine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "runs.json"
        subprocess.run(["hyperfine", "-N", "-r", "7", "-L", "threads", "1,2", "sleep 0.00{threads}",
                        "--export-json", self.file], check=True, capture_output=True)
        self.runs = json.loads(self.file.read_text())["results"]

    def test_its_medians_are_those_of_the_report(self):
        report = json.loads(scalelaw("report", self.file, "--format", "json"))
        self.assertEqual(len(report["series"]), 1)
        for run, row in zip(self.runs, report["scaling"], strict=True):
            self.assertEqual(row["time_s"], run["median"])
            self.assertEqual(row["times_s"], run["times"])
            self.assertEqual(row["workers"], int(run["parameters"]["threads"]))

    def test_the_export_has_its_fields_and_numbers(self):
        exported = json.loads(scalelaw("export", self.file, "--format", "hyperfine"))["results"]
        for run, ours in zip(self.runs, exported, strict=True):
            self.assertLessEqual(set(run), set(ours))
            self.assertEqual(ours["times"], run["times"])
            for field in ("median", "min", "max"):
                self.assertEqual(ours[field], run[field])
            self.assertAlmostEqual(ours["mean"], run["mean"], 12)
            self.assertAlmostEqual(ours["stddev"], statistics.stdev(run["times"]), 12)


if __name__ == "__main__":
    unittest.main()

"""scripts/score-laws scores the program itself, and docs/methodology.md has its scores."""

import csv
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SCALELAW_BIN", ROOT / "build/ci/bin")) / "scalelaw"


def scores_of(corpus, *more):
    return subprocess.run([sys.executable, ROOT / "scripts/score-laws", corpus, "--program", PROGRAM, *more],
                          capture_output=True, text=True)


def rows_of(text):
    """The table rows, without the numbers of cases."""
    return [re.sub(r" \(\d+\)", "", line) for line in text.splitlines() if line.startswith("|")]


class ScoreLaws(unittest.TestCase):
    def test_methodology_has_the_scores(self):
        done = scores_of(ROOT / "tests/data/scaling")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = rows_of(done.stdout)
        self.assertGreater(len(rows), 10)
        page = (ROOT / "docs/methodology.md").read_text().splitlines()
        for row in rows:
            self.assertIn(row, page)

    def test_perfect_scaling_is_predicted_without_error(self):
        self.assertIn("| combined | 0.0 / 0, 100 ", self.printed(lambda p: 100 / p))

    def test_a_turn_is_missed(self):
        """The negative control: what no law can know is no error of 0 %."""
        self.assertNotIn("| combined | 0.0 ", self.printed(lambda p: 100 / p if p < 16 else 200))

    def printed(self, seconds):
        with tempfile.TemporaryDirectory() as folder:
            with open(Path(folder) / "times.csv", "w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["series", "scaling", "p", "seconds", "repetition"])
                rows.writerows(["a/b/c", "strong", p, seconds(p), 1] for p in (1, 2, 4, 8, 16))
            done = scores_of(folder, "--calibrate")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_folder_without_series_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            done = scores_of(folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("hint:", done.stderr)


if __name__ == "__main__":
    unittest.main()

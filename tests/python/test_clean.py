"""scripts/clean removes what scripts made, and nothing else."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = ("build/ci/bin/scalelaw", "scripts/dist/a.whl", "scripts/scalelaw_results/__pycache__/a.pyc")
ALL = (".venv/bin/python", ".venv-peers/bin/python")
HOME = (".cache/scalelaw/memory-size.json", ".config/scalelaw/trusted", ".local/share/scalelaw/venv/bin/python",
        ".local/state/scalelaw/jobs/host-boot/1")
KEPT = ("results/study.h5", "scripts/scalelaw_results/a.py", "mine.toml")
KEPT_AT_HOME = (".cache/other", "study.h5")


class CleanTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.home = Path(folder.name) / "root", Path(folder.name) / "home"
        for base, names in ((self.root, MADE + ALL + KEPT), (self.home, HOME + KEPT_AT_HOME)):
            for name in names:
                (base / name).parent.mkdir(parents=True, exist_ok=True)
                (base / name).touch()
        for name in ("clean", "steps.sh"):
            shutil.copy(ROOT / "scripts" / name, self.root / "scripts" / name)

    def clean(self, *options, **variables):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        return subprocess.run([self.root / "scripts/clean", *options],
                              env=environment | {"HOME": str(self.home)} | variables, cwd=self.root.parent,
                              capture_output=True, text=True, check=False)

    def left(self):
        """What is left of the files of this test."""
        return {name for base in (self.root, self.home) for name in MADE + ALL + HOME + KEPT + KEPT_AT_HOME
                if (base / name).exists()}

    def test_builds_go_and_results_stay(self):
        self.assertEqual(self.clean().returncode, 0)
        self.assertEqual(self.left(), {*ALL, *HOME, *KEPT, *KEPT_AT_HOME})

    def test_all_takes_environments_and_what_is_at_home(self):
        self.assertEqual(self.clean("--all").returncode, 0)
        self.assertEqual(self.left(), {*KEPT, *KEPT_AT_HOME})

    def test_a_relative_xdg_folder_counts_for_nothing_as_in_the_programs(self):
        own = self.root.parent / "scalelaw"
        own.touch()
        self.assertEqual(self.clean("--all", XDG_DATA_HOME=".").returncode, 0)
        self.assertTrue(own.exists())
        self.assertEqual(self.left(), {*KEPT, *KEPT_AT_HOME})

    def test_a_dry_run_lists_and_removes_nothing(self):
        before = self.left()
        done = self.clean("--all", "--dry-run")
        self.assertEqual(self.left(), before)
        for name in ("build", ".venv", ".cache/scalelaw"):
            self.assertIn(name, done.stderr)

    def test_a_wrong_option_removes_nothing(self):
        before = self.left()
        self.assertEqual(self.clean("--everything").returncode, 1)
        self.assertEqual(self.left(), before)


if __name__ == "__main__":
    unittest.main()

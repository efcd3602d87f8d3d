"""scripts/run refuses wrong usage before it installs, builds or measures anything."""

import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run([ROOT / "scripts/run", *arguments], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=60)


class RunTest(unittest.TestCase):
    def assert_refused(self, arguments, what):
        done = run(*arguments)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(what, done.stderr)
        self.assertIn("hint:", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_wrong_usage_is_refused_with_a_remedy(self):
        self.assert_refused(["--frobnicate"], "unknown option '--frobnicate'")
        self.assert_refused(["a.toml", "b.toml"], "more than one config")
        self.assert_refused(["no/such.toml"], "cannot read the config 'no/such.toml'")

    def test_what_is_to_be_resumed_has_to_be_named(self):
        self.assert_refused([str(ROOT / "configs/smoke.toml"), "--", "--resume"], "which campaign")

    def test_help_explains_it(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("configs/laptop.toml", done.stdout)


if __name__ == "__main__":
    unittest.main()

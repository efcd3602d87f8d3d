"""The recipe of docs/continuous-integration.md, run as it stands there, with the fake launcher: what it says of a build
that is as fast as the last, of one that is slower, and of one with a point that fails."""

import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("SCALELAW_BIN", ""))
PAGE = ROOT / "docs/continuous-integration.md"

#: What JUnit's readers know of an element: its attributes, and the elements in it.
SUITE_COUNTS = {"tests", "failures", "errors", "skipped"}
ATTRIBUTES = {
    "testsuites": {"name", "time"} | SUITE_COUNTS,
    "testsuite": {"name", "time", "timestamp", "hostname"} | SUITE_COUNTS,
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def recipe():
    [script] = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return script


def config(one_worker_s=0.01, seed=1):
    return f"""
[campaign]
name = "nightly"
[measuring]
samples = 2
launches_max = 8
ceilings = false
[machine]
cores = 4
[fake]
noise_seed = {seed}
one_worker_s = {one_worker_s}
[[experiment]]
kernel = "calibration"
models = ["serial"]
size = [1e4, 1e5]
"""


@unittest.skipUnless((PROGRAMS / "scalelaw-serial").is_file(), "not built here: scalelaw-serial")
class RecipeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "ci.sh").write_text(recipe())

    def ci(self, text, run="--launcher fake"):
        (self.folder / "c.toml").write_text(text)
        return subprocess.run(["sh", "ci.sh", "c.toml", "kept"], cwd=self.folder, capture_output=True, text=True,
                              env=os.environ | {"SCALELAW": str(PROGRAMS / "scalelaw"), "SCALELAW_RUN": run})

    def kept(self):
        return len(list((self.folder / "kept").glob("*.h5")))

    def xml(self, name):
        """The document, after its structure and its counts have been checked."""
        root = ElementTree.parse(self.folder / name).getroot()
        self.assertEqual(root.tag, "testsuites")
        for element in root.iter():
            self.assertEqual(set(element.attrib), ATTRIBUTES[element.tag], element.tag)
            self.assertLessEqual({child.tag for child in element}, CHILDREN.get(element.tag, set()))
        for suite in [root, *root]:
            cases = list(suite.iter("testcase"))
            self.assertEqual(int(suite.get("tests")), len(cases))
            for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                self.assertEqual(int(suite.get(count)), sum(case.find(tag) is not None for case in cases))
        for suite in root:
            self.assertRegex(suite.get("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        return root

    def test_equal_builds_pass_and_are_kept(self):
        for seed in (1, 2, 3):
            done = self.ci(config(seed=seed))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.kept(), 3)
        self.assertEqual(self.xml("run.xml").get("failures"), "0")
        compare = self.xml("compare.xml")
        self.assertEqual((compare.get("tests"), compare.get("failures"), compare.get("errors")), ("2", "0", "0"))
        comment = (self.folder / "comment.md").read_text()
        self.assertIn("| verdict |", comment)
        self.assertIn("# History of 2 points in 3 campaigns", comment)

    def test_a_slower_build_fails_and_is_not_compared_with(self):
        self.assertEqual(self.ci(config()).returncode, 0)
        for _ in range(2):
            done = self.ci(config(one_worker_s=0.012, seed=2))
            self.assertEqual(done.returncode, 4, done.stderr)
            compare = self.xml("compare.xml")
            self.assertEqual(compare.get("failures"), "2")
            self.assertEqual({failure.get("type") for failure in compare.iter("failure")}, {"slower"})
            self.assertIn("| slower |", (self.folder / "comment.md").read_text())
        self.assertEqual(self.kept(), 1)
        self.assertEqual(self.ci(config(seed=3)).returncode, 0)

    def broken_driver(self):
        """A folder with a serial driver that describes itself, and fails otherwise."""
        drivers = self.folder / "drivers"
        drivers.mkdir()
        real = PROGRAMS / "scalelaw-serial"
        driver = drivers / "scalelaw-serial"
        driver.write_text(f'#!/bin/sh\ncase "$*" in *--describe*) exec "{real}" "$@" ;; esac\n'
                          'echo "out of <order> & \\"broken\\"" >&2\nexit 3\n')
        driver.chmod(0o755)
        return drivers

    def test_a_failing_point_fails_the_build(self):
        self.assertEqual(self.ci(config(), "--launcher direct").returncode, 0)
        done = self.ci(config(), f"--launcher direct --drivers {self.broken_driver()}")
        self.assertEqual(done.returncode, 3, done.stderr)
        run = self.xml("run.xml")
        self.assertEqual((run.get("failures"), run.get("errors")), ("2", "0"))
        for failure in run.iter("failure"):
            self.assertEqual(failure.get("type"), "crashed")
            self.assertIn('out of <order> & "broken"', failure.text)
        compare = self.xml("compare.xml")
        self.assertEqual((compare.get("failures"), compare.get("errors")), ("0", "2"))
        self.assertEqual(self.kept(), 1)

    def test_times_of_other_clocks_are_not_compared(self):
        self.assertEqual(self.ci(config()).returncode, 0)
        done = self.ci(config(), "--launcher direct")
        self.assertEqual(done.returncode, 1)
        self.assertIn("pretended in the old file and measured in the new one", " ".join(done.stderr.split()))
        self.assertEqual(self.kept(), 1)

    def test_wrong_usage_is_reported_as_such(self):
        done = self.ci("nonsense")
        self.assertEqual(done.returncode, 1)
        self.assertIn("hint:", done.stderr)
        self.assertEqual(self.kept(), 0)


if __name__ == "__main__":
    unittest.main()

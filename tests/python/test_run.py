"""scripts/run refuses wrong usage before it installs, builds or measures anything."""

import os
import shutil
import subprocess
import tempfile
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
        self.assert_refused([str(ROOT / "configs/smoke.toml"), "--", "--resume"], "--resume needs the campaign's file")

    def test_help_explains_it(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("configs/laptop.toml", done.stdout)


class PathsTest(unittest.TestCase):
    """scripts/run in a tree whose build is done, and whose programs say from where they were called."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "root"
        self.here = Path(self.folder.name) / "here"
        self.here.mkdir()
        (self.root / "scripts").mkdir(parents=True)
        for name in ("run", "steps.sh"):
            shutil.copy(ROOT / "scripts" / name, self.root / "scripts")
        self.program("scripts/setup", 'echo "setup $*" >>calls')
        self.program("scripts/plot", 'echo "plot $*" >>calls')
        self.program("bin/cmake", """
            while (($#)); do [[ $1 != --target ]] || echo "build ${*:2}" >>calls; shift; done
            mkdir -p ../root/build""")
        self.program("build/release/bin/scalelaw", """
            [[ " $* " != *" --preview "* ]] || word=" preview"
            echo "$1${word:-}" >>calls
            while (($#)); do case $1 in -o | --output) touch "$2" ;; --output=*) touch "${1#--output=}" ;; esac; shift; done""")
        (self.here / "my.toml").touch()

    def tearDown(self):
        self.folder.cleanup()

    def program(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(0o755)

    def run_here(self, *arguments):
        done = subprocess.run(["../root/scripts/run", *arguments], cwd=self.here, capture_output=True, text=True,
                              env=os.environ | {"PATH": f"{self.root}/bin:{os.environ['PATH']}"},
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = (self.here / "calls").read_text().splitlines()
        return [call for call in calls if not call.startswith("setup")]

    def test_paths_are_relative_to_the_callers_folder(self):
        for options in (["-o", "out.h5"], ["--output", "out.h5"], ["--output=out.h5"]):
            with self.subTest(options):
                calls = self.run_here("my.toml", "--", *options)
                self.assertEqual(calls, ["run preview", "report", "run", "report", "report", "plot out.h5 -o out.figures"])
                self.assertTrue((self.here / "out-preview.h5").exists())
                self.assertTrue((self.here / "out.txt").exists())
                self.assertTrue((self.here / "out.h5").exists())
                self.assertFalse((self.root / "out.h5").exists())
                (self.here / "calls").unlink()
                (self.here / "out.h5").unlink()

    def test_a_name_without_suffix_gets_its_figures_beside_it(self):
        self.assertEqual(self.run_here("my.toml", "--", "-o", "out")[-1], "plot out -o out.figures")

    def test_results_go_to_the_tree_unless_named(self):
        self.run_here("my.toml", "--no-preview")
        self.assertEqual(len(list((self.root / "results").glob("my-*.h5"))), 1)

    def test_a_preview_is_measured_before_the_build_is_whole(self):
        self.run_here("my.toml")
        names = [file.name for file in (self.root / "results").glob("*.h5")]
        self.assertEqual(len([name for name in names if name.endswith("-preview.h5")]), 1)
        self.assertEqual(len(names), 2)
        builds = (self.root / "calls").read_text().splitlines()
        self.assertEqual(builds, ["build scalelaw scalelaw-serial scalelaw-openmp"], "the other build is of everything")

    def test_a_preview_is_not_of_what_is_pretended_or_tried(self):
        for options in (["--dry-run"], ["--launcher", "fake"], ["--launcher=fake"]):
            with self.subTest(options):
                self.assertNotIn("run preview", self.run_here("my.toml", "--", *options))
                (self.here / "calls").unlink()
        self.assertNotIn("run preview", self.run_here("--no-preview", "my.toml"))


if __name__ == "__main__":
    unittest.main()

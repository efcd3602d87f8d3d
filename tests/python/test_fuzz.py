"""What scripts/fuzz says of fuzzers that find nothing, find something, and die."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# As libFuzzer, for each target that it is asked for.
FUZZER = r"""#!/usr/bin/env bash
for word; do
  case $word in --target=*) target=${word#*=} ;; -artifact_prefix=*) found=${word#*=} ;; esac
done
[[ $target == unborn ]] || echo "#1234	NEW    cov: 56 ft: 60 corp: 2/9b exec/s: 617"
case $target in
  broken) echo bytes >"${found}crash-1"; exit 77 ;;
  slow) echo bytes >"${found}slow-unit-1" ;;
  dead) kill -KILL $$ ;;
esac
"""


class FuzzTest(unittest.TestCase):
    def setUp(self) -> None:
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.root = Path(kept.name)
        for folder in ("scripts", "bin", "tests/fuzz/targets", "build/fuzz/bin"):
            (self.root / folder).mkdir(parents=True)
        for script in ("fuzz", "steps.sh"):
            shutil.copy(ROOT / "scripts" / script, self.root / "scripts")
        for name in ("sound", "broken", "slow", "dead", "unborn", "planted_fault"):
            (self.root / f"tests/fuzz/targets/{name}.cpp").touch()
        for path, text in (("build/fuzz/bin/fuzz-targets", FUZZER), ("bin/cmake", "#!/bin/sh\n"),
                           ("bin/clang++", "#!/bin/sh\n")):
            (self.root / path).write_text(text)
            (self.root / path).chmod(0o755)

    def fuzz(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"}
        return subprocess.run([self.root / "scripts/fuzz", *words], env=environment, capture_output=True, text=True,
                              check=False)

    def assert_says(self, target: str, says: str, status: int) -> None:
        done = self.fuzz("--seconds", "1", target)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stdout.split(None, 1)[0], target)
        self.assertTrue(done.stdout.rstrip().endswith(says), done.stdout)

    def test_nothing_was_found(self) -> None:
        self.assert_says("sound", "1234 executions,     56 edges covered, nothing found", 0)
        self.assert_says("slow", "nothing found", 0)

    def test_something_was_found(self) -> None:
        self.assert_says("broken", "1 found: build/fuzz/found/broken", 1)
        self.assertTrue((self.root / "build/fuzz/found/broken/crash-1").exists())

    def test_a_fuzzer_that_died_found_nothing_out(self) -> None:
        self.assert_says("dead", "ended with status 137: see build/fuzz/dead.log", 1)

    def test_a_fuzzer_that_ran_nothing_found_nothing_out(self) -> None:
        self.assert_says("unborn", "0 executions,      0 edges covered, not run once: see build/fuzz/unborn.log", 1)

    def test_all_targets_but_the_control(self) -> None:
        done = self.fuzz("--seconds", "1")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()],
                         ["broken", "dead", "slow", "sound", "unborn"])


if __name__ == "__main__":
    unittest.main()

"""Which sources clang-tidy is run on: those that have changed since they last passed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Notes whom it was asked for, and finds fault with sources that say so.
CLANG_TIDY = """#!/bin/sh
if [ "$1" = --version ]; then echo 14; exit; fi
for source; do :; done
basename "$source" >>"$ASKED"
if grep -q wrong "$source"; then echo "wrong.cpp:1: no good"; exit 1; fi
"""


class TidyTest(unittest.TestCase):
    def setUp(self) -> None:
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.root = Path(kept.name).resolve()
        self.build = self.root / "build"
        for folder in ("scripts", "build", "bin", "part"):
            (self.root / folder).mkdir()
        shutil.copy(ROOT / "scripts/tidy.py", self.root / "scripts")
        (self.root / "bin/clang-tidy").write_text(CLANG_TIDY)
        (self.root / "bin/clang-tidy").chmod(0o755)
        (self.root / ".clang-tidy").write_text("Checks: x\n")
        (self.root / "part/inner.hpp").write_text("int inner();\n")
        (self.root / "part/outer.hpp").write_text('#include "part/inner.hpp"\n')
        (self.root / "part/one.cpp").write_text('#include "part/outer.hpp"\n')
        (self.root / "part/two.cpp").write_text("int two();\n")
        self.compile_with("-O1")

    def compile_with(self, option: str) -> None:
        commands = [{"file": str(path), "command": f"c++ {option} {path}"}
                    for path in sorted((self.root / "part").glob("*.cpp"))]
        (self.build / "compile_commands.json").write_text(json.dumps(commands))

    def asked(self, *files: str, status: int = 0) -> set[str]:
        """The sources that clang-tidy was run on."""
        asked = self.root / "asked"
        asked.write_text("")
        environment = os.environ | {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "ASKED": str(asked)}
        words = [str(self.root / file) for file in files]
        done = subprocess.run([sys.executable, "-B", self.root / "scripts/tidy.py", self.build, *words],
                              env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return set(asked.read_text().split())

    def test_each_source_is_read_once(self) -> None:
        self.assertEqual(self.asked(), {"one.cpp", "two.cpp"})
        self.assertEqual(self.asked(), set())

    def test_a_header_is_part_of_the_sources_that_include_it(self) -> None:
        self.asked()
        (self.root / "part/inner.hpp").write_text("long inner();\n")
        self.assertEqual(self.asked(), {"one.cpp"})

    def test_rules_and_options_concern_every_source(self) -> None:
        self.asked()
        self.compile_with("-O2")
        self.assertEqual(self.asked(), {"one.cpp", "two.cpp"})
        (self.root / ".clang-tidy").write_text("Checks: y\n")
        self.assertEqual(self.asked(), {"one.cpp", "two.cpp"})

    def test_what_is_wrong_stays_wrong(self) -> None:
        (self.root / "part/two.cpp").write_text("int wrong();\n")
        self.assertEqual(self.asked(status=1), {"one.cpp", "two.cpp"})
        self.assertEqual(self.asked(status=1), {"two.cpp"})

    def test_only_sources_that_this_build_has_are_read(self) -> None:
        self.assertEqual(self.asked("part/two.cpp", "part/inner.hpp"), {"two.cpp"})


if __name__ == "__main__":
    unittest.main()

"""What every program does when a standard stream is closed or full.

Usage: test_streams.py BIN_FOLDER [unittest options]
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import programs
from programs import BIN, MODELS, PEERS, RAW_EXCEPTION, driver, peer, small_kernel

PROGRAMS = [BIN / "scalelaw", *(driver(m) for m in MODELS),
            *map(peer, PEERS)]


def short(program):
    return [*small_kernel(program.name.partition("peer-")[2]), "--samples", 1]


def shell(program, redirections, *arguments):
    """The program's exit status and what arrived on the streams that the shell left alone."""
    words = " ".join(f"'{a}'" for a in (program, *arguments))
    done = subprocess.run(["sh", "-c", f"exec {words} {redirections}"], capture_output=True,
                          env=programs.environment(), text=True, timeout=60)
    assert not RAW_EXCEPTION.search(done.stderr), done.stderr
    return done


CONFIG = '[campaign]\nname = "c"\n[[experiment]]\nkernel = "calibration"\nsize = 1e4\n'


class Streams(unittest.TestCase):
    def test_a_full_output_is_a_failure(self):
        for program in PROGRAMS:
            for arguments in (["--help"], *([["--describe"]] if program.name != "scalelaw" else [])):
                with self.subTest(program=program.name, arguments=arguments):
                    done = shell(program, ">/dev/full", *arguments)
                    self.assertEqual(done.returncode, 3, done.stderr)
                    self.assertIn("cannot write to the standard output: No space left", done.stderr)
                    self.assertIn("hint: ", done.stderr)
                    self.assertEqual(shell(program, ">/dev/null", *arguments).returncode, 0)

    def test_a_summary_on_a_full_output_is_a_failure_that_keeps_the_record(self):
        for program in PROGRAMS[1:]:
            with self.subTest(program=program.name), tempfile.TemporaryDirectory() as folder:
                done = shell(program, ">/dev/full", *short(program), "--record",
                             f"{folder}/r.jsonl")
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("cannot write to the standard output", done.stderr)
                self.assertIn('"end"', Path(f"{folder}/r.jsonl").read_text())

    def test_lists_and_checks_on_a_full_output_are_failures(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "c.toml"
            config.write_text(CONFIG)
            for arguments in (["list"], ["check", config]):
                done = shell(BIN / "scalelaw", ">/dev/full", *arguments)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("cannot write to the standard output", done.stderr)
                self.assertEqual(shell(BIN / "scalelaw", "", *arguments).returncode, 0)

    def test_a_closed_or_full_error_stream_does_not_change_the_exit_status(self):
        for program in PROGRAMS:
            for redirections in ("2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"):
                with self.subTest(program=program.name, redirections=redirections):
                    self.assertEqual(shell(program, redirections, "nonsense").returncode, 1)

    def test_closed_streams_do_not_end_up_in_a_file(self):
        for program in PROGRAMS[1:]:
            with self.subTest(program=program.name), tempfile.TemporaryDirectory() as folder:
                record_path = Path(folder) / "r.jsonl"
                done = shell(program, "<&- >&- 2>&-", *short(program), "--record", record_path)
                self.assertEqual(done.returncode, 0)
                lines = record_path.read_text().splitlines()
                self.assertTrue(all(line.startswith("{") for line in lines), lines)
                self.assertIn('"end"', lines[-1])

    def test_the_harness_works_without_any(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "c.toml"
            config.write_text(CONFIG)
            for redirections in ("<&- >&-", "<&- >&- 2>&-", "<&-"):
                with self.subTest(redirections=redirections):
                    done = shell(BIN / "scalelaw", redirections, "check", config)
                    self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

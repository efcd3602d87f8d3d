"""Programs that know nothing of scalelaw: the adapter is a driver like any other, and the examples become campaigns.

Usage: test_command.py BIN_FOLDER SOURCE_FOLDER [unittest options]
"""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

from programs import ADAPTER, BIN, RAW_EXCEPTION, environment, run

SOURCES = Path(sys.argv[2])
SCALELAW = BIN / "scalelaw"
HAS_MPI = bool(shutil.which("mpirun"))


def definition(command, **more):
    return {"name": "app", "kernel": "app", "command": command} | more


def adapter(defined, *words, **more):
    return run(BIN / ADAPTER, "--definition", json.dumps(defined), *words, **more)


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def record(self, defined, *words, status=0, **more):
        """The lines of the record of a run, and what the adapter said."""
        path = self.folder / "r.jsonl"
        done = adapter(defined, defined["kernel"], *words, "--record", path, **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return [json.loads(line) for line in path.read_text().splitlines()], done.stderr


class Conformance(Folder):
    """check-driver takes a program, so each definition is given one that starts the adapter with it."""

    def check(self, defined, *words):
        program = self.folder / ADAPTER
        quoted = json.dumps(defined).replace("'", "'\\''")
        program.write_text(f"#!/bin/sh\nexec {BIN / ADAPTER} --definition '{quoted}' \"$@\"\n")
        program.chmod(0o755)
        done = run(SCALELAW, "check-driver", program, "app", *words, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("FIX", done.stdout)
        return done.stdout

    def test_a_command_of_one_process(self):
        self.check(definition(["sh", "-c", "echo result: 7"], check="result: (.*)"))

    def test_a_command_with_threads_size_and_parameters(self):
        self.check(definition(["sh", "-c", "echo took 0.001; echo {size} {threads} {eps}"], time="took ([0-9.]+)",
                              model={"threaded": True}, work="size^2", unit="cells"),
                   "--", "--size", "10", "--eps", "0.5")

    @unittest.skipUnless(HAS_MPI, "there is no MPI")
    def test_a_command_with_ranks(self):
        said = self.check(definition(["sh", "-c", "sleep 0.05"], model={"ranked": True}))
        self.assertRegex(said, "ok +2 ranks")


class Records(Folder):
    def test_a_command_is_repeated_for_its_samples(self):
        lines, _ = self.record(definition(["sh", "-c", "echo {sample} >> " + str(self.folder / "runs")]),
                               "--samples", 3, "--warmups", 2)
        self.assertEqual((self.folder / "runs").read_text().split(), list("01234"))
        self.assertEqual([line["record"] for line in lines], ["header", *["sample"] * 3, "end"])
        for sample in lines[1:4]:
            rank = sample["ranks"][0]
            self.assertEqual(rank["total_s"], rank["process_s"])
            self.assertGreater(rank["peak_bytes"], 0)
            self.assertGreaterEqual(rank["involuntary_switches"], 0)
            self.assertGreaterEqual(rank["major_faults"], 0)
        ways = lines[0]["observed"].keys() | lines[0]["unobserved"].keys()
        self.assertEqual(ways, {"steal", "usage", "counters", "energy"})

    def test_a_time_may_match_several_times(self):
        script = "for i in 1 2 3; do echo t=0.00$i; done; sleep 0.02"
        lines, _ = self.record(definition(["sh", "-c", script], time="t=([0-9.]+)"), "--samples", 2)
        self.assertEqual([line["total_s"] for line in lines[1:-1]], [0.001, 0.002, 0.003])
        lines, _ = self.record(definition(["sh", "-c", "echo t=5 >&2; sleep 0.02"], time="t=([0-9.]+)", time_unit="ms"),
                               "--samples", 2)
        self.assertEqual([line["total_s"] for line in lines[1:-1]], [0.005, 0.005])

    def test_setup_and_teardown_run_once_around_a_launch(self):
        log = self.folder / "log"
        note = lambda word: ["sh", "-c", f"echo {word} >> {log}"]  # noqa: E731
        defined = definition(note("run"), setup=note("setup"), teardown=note("teardown"))
        self.record(defined, "--samples", 2)
        self.assertEqual(log.read_text().split(), ["setup", "run", "run", "teardown"])
        log.unlink()
        _, said = self.record(defined | {"command": ["sh", "-c", "exit 4"]}, status=3)
        self.assertIn("sh ended with exit code 4", said)
        self.assertEqual(log.read_text().split(), ["setup", "teardown"])
        log.unlink()
        _, said = self.record(defined | {"setup": ["sh", "-c", "echo no disk; exit 1"]}, status=3)
        self.assertIn("`setup` ended with exit code 1: no disk", said)
        self.assertFalse(log.exists())

    def test_the_command_gets_what_its_config_says(self):
        defined = definition(["sh", "-c", "echo got $A $OMP_NUM_THREADS {threads} {seed} {eps} {{}} $(pwd)"],
                             model={"threaded": True}, env={"A": "{size}"}, folder="/", check="got (.*)")
        lines, _ = self.record(defined, "--size", 12, "--threads", 2, "--seed", 5, "--eps", "x y")
        self.assertEqual(lines[1]["facts"], {"check": "12 2 2 5 x y {} /"})

    def test_what_is_wrong_is_said_with_the_text_that_was_seen(self):
        for more, status, words in [
                ({"time": "took ([0-9.]+)"}, 3, "`time` finds nothing: 'took ([0-9.]+)'; the output ends with 'x=1'"),
                ({"time": "x=(.*)", "command": ["echo", "x=many"]}, 3, "found 'many', which is not a number"),
                ({"time": "x=(.*)", "command": ["echo", "x=900"]}, 3, "900 s together, and the process lasted"),
                ({"time": "x=(.*)", "command": ["echo", "x=0.0"]}, 3, "found '0.0': the program must run longer"),
                ({"check": "y=(.*)"}, 2, "`check` finds nothing: 'y=(.*)'; the output ends with 'x=1'"),
                ({"check": "x=(.*)", "check_tolerance": 0.1, "command": ["echo", "x=many"]}, 2, "'many' is not a nu"),
                ({"command": ["sh", "-c", "echo bad >&2; exit 9"]}, 3, "sh ended with exit code 9: bad"),
                ({"command": ["sh", "-c", "kill -SEGV $$"]}, 3, "sh was killed by signal 11")]:
            with self.subTest(more=more):
                _, said = self.record(definition(["echo", "x=1"]) | more, status=status)
                self.assertIn(words, said)
                self.assertTrue(said.startswith(f"{ADAPTER}: ") or f"\n{ADAPTER}: " in said)

    def test_its_output_is_passed_on(self):
        done = adapter(definition(["sh", "-c", "echo out; echo err >&2; printf end"]), "app")
        self.assertEqual((done.stdout, done.stderr), ("out\nend", "err\n"))

    def test_threads_that_are_bound_are_seen(self):
        # A library that binds the adapter itself, as OpenMP's does, would bind the command, too.
        lines, _ = self.record(definition(["sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"]),
                               variables={"OMP_PROC_BIND": "close", "OMP_PLACES": "cores"})
        header = lines[0]
        self.assertEqual(header["binding"], "observed")
        allowed = os.sched_getaffinity(0)
        cpus = header["ranks"][0]["threads"][0]["cpus"]
        seen = {n for part in cpus.split(",") for a, _, b in [part.partition("-")] for n in range(int(a), int(b or a) + 1)}
        self.assertEqual(seen, allowed)

    @unittest.skipUnless(HAS_MPI, "there is no MPI")
    def test_ranks_leave_their_parts(self):
        defined = definition(["sh", "-c", "echo r=$OMPI_COMM_WORLD_SIZE {ranks} {nodes}; sleep 0.05"],
                             model={"ranked": True}, check="r=(.*)")
        lines, said = self.ranked(defined, 2)
        self.assertEqual(lines[0]["placement"], {"nodes": 1, "ranks": 2, "threads": 1})
        self.assertEqual(lines[1]["facts"], {"check": "2 2 1"})
        for rank in lines[1]["ranks"]:
            self.assertLessEqual({"total_s", "process_s", "user_s", "system_s", "peak_bytes", "involuntary_switches"},
                                 set(rank))
        self.assertEqual(said, "")
        self.assertEqual(os.listdir(self.folder), ["r.jsonl"])

    @unittest.skipUnless(HAS_MPI, "there is no MPI")
    def test_a_rank_that_fails_is_named(self):
        defined = definition(["sh", "-c", "test $OMPI_COMM_WORLD_RANK = 0 || exit 7; sleep 0.1"], model={"ranked": True})
        _, said = self.ranked(defined, 2, status=3)
        self.assertIn("rank 1: sh ended with exit code 7", said)

    def ranked(self, defined, ranks, status=0):
        path = self.folder / "r.jsonl"
        done = run(BIN / ADAPTER, "--definition", json.dumps(defined), "app", "--record", path, ranks=ranks)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return [json.loads(line) for line in path.read_text().splitlines()], done.stderr


QUICK = """
[measuring]
samples = 1
warmups = 0
launches_min = 2
launches_max = 2
[measuring.gate]
enabled = false
"""
ASKED = """
[campaign]
name = "asked"
[[driver]]
name = "app"
command = ["./app", "{size}"]
setup = ["./app", "before"]
teardown = ["./app", "after"]
[[experiment]]
driver = "app"
size = 5
"""


class Question(Folder):
    """Before a command of a config runs for the first time, a terminal is asked."""

    def setUp(self):
        super().setUp()
        app = self.folder / "app"
        app.write_text('#!/bin/sh\necho "$1" >> ran\n')
        app.chmod(0o755)
        (self.folder / "c.toml").write_text(QUICK + ASKED)

    def run_it(self, **streams):
        """The exit status and stderr of `scalelaw run`; `streams`: of its process, those of a pipe unless given."""
        words = [SCALELAW, "run", "c.toml", "-o", "r.h5", "--overwrite"]
        variables = environment() | {"XDG_CONFIG_HOME": str(self.folder)}
        return subprocess.Popen(words, cwd=self.folder, env=variables, stdout=subprocess.DEVNULL, **streams)

    def answered(self, typed):
        """The exit status, and what the terminal shows, where this is typed at the question."""
        screen, theirs = pty.openpty()
        process = self.run_it(stdin=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(screen, 4096):
                shown += chunk
                if typed is not None and b"[y/N] " in shown:
                    os.write(screen, typed)
                    typed = None
        except OSError:  # the other end is closed
            pass
        finally:
            os.close(screen)
        return process.wait(timeout=60), shown.decode().replace("\r\n", "\n")

    def ran(self):
        path = self.folder / "ran"
        return path.read_text().split() if path.exists() else []

    def assert_not_run(self, status, said):
        self.assertEqual(status, 1, said)
        self.assertIn("it was not confirmed\n  hint: answer y, or give --yes", said)
        self.assertEqual(self.ran(), [])
        self.assertFalse((self.folder / "scalelaw/trusted").exists())

    def test_yes_runs_it_and_is_remembered(self):
        for answer in (b"y\n", b"yes\n", b"Y\n"):
            with self.subTest(answer=answer):
                status, said = self.answered(answer)
                self.assertEqual(status, 0, said)
                self.assertRegex(said, r"app: ./app '\{size\}'\n +before each launch: ./app before\n"
                                       r" +after each launch: ./app after\nRun this\? \[y/N\] ")
                self.assertEqual(sorted(set(self.ran())), ["5", "after", "before"])
                status, said = self.answered(None)
                self.assertEqual(status, 0, said)
                self.assertNotIn("Run this?", said)
            shutil.rmtree(self.folder / "scalelaw")

    def test_anything_else_does_not(self):
        for answer in (b"n\n", b"\n", b"yep\n", b"\x04"):
            with self.subTest(answer=answer):
                self.assert_not_run(*self.answered(answer))

    def test_without_a_terminal_it_is_not_asked(self):
        for name in ("stdin", "stderr"):
            screen, theirs = pty.openpty()
            other = {"stdin": "stderr", "stderr": "stdin"}[name]
            with self.subTest(no_terminal=name), tempfile.TemporaryFile() as file:
                process = self.run_it(**{name: file, other: theirs})
                os.close(theirs)
                self.assertEqual(process.wait(timeout=60), 1)
                file.seek(0)
                said = file.read() if name == "stderr" else os.read(screen, 4096)
                said = said.decode().replace("\r\n", "\n")
                self.assertNotIn("[y/N]", said)
                self.assertIn("before each launch: ./app before", said)
                digest = re.search(r"give --yes, or add to \S+/scalelaw/trusted: ([0-9a-f]{64})", said)
                self.assertIsNotNone(digest, said)
                self.assertEqual(self.ran(), [])
            os.close(screen)


SIZES = {"jacobi": 200, "pi": 100_000, "matmul": 60, "singular": 100}


class Examples(unittest.TestCase):
    """Each program of examples/, with its config at a tiny size."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        for path in (SOURCES / "examples").iterdir():
            if path.suffix in (".c", ".f90", ".py", ".toml") or path.name == "Makefile":
                shutil.copy(path, cls.folder)
        cls.environment = environment() | {"XDG_CONFIG_HOME": str(cls.folder)}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def scalelaw(self, *words, status=0):
        done = subprocess.run([SCALELAW, *map(str, words)], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotRegex(done.stderr, RAW_EXCEPTION)
        return done

    def campaign(self, name):
        """The report of a quick campaign of an example, as JSON."""
        text = (self.folder / f"{name}.toml").read_text()
        text = re.sub("(?m)^size = .*", f"size = {SIZES[name]}", text)
        text = re.sub('(?m)^(threads|ranks) = "auto"', r"\1 = [1, 2]\noversubscribe = true", text)
        if name == "singular":
            text = text.replace('"python3"', json.dumps(sys.executable))
        (self.folder / f"quick-{name}.toml").write_text(QUICK + text)
        self.scalelaw("run", "--yes", f"quick-{name}.toml", "-o", f"{name}.h5")
        return json.loads(self.scalelaw("report", f"{name}.h5", "--format", "json").stdout)

    def check(self, name):
        report = self.campaign(name)
        states = [point["state"] for series in report["series"] for point in series["points"]]
        self.assertEqual(len(states), 2)
        for state in states:
            self.assertIn(state, ("converged", "not_converged", "unstable"))
        two = report["scaling"][1]
        self.assertGreater(two["own_speedup"], 0)
        self.assertEqual(two["serial_name"], f"{name}, one worker")
        self.assertGreater(len(report["findings"]), 0)
        self.assertIn(name, report["findings"][0]["text"])

    def make(self, name):
        done = subprocess.run(["make", name], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "", "a program without warnings")

    def test_a_c_program_with_openmp(self):
        self.make("jacobi")
        self.check("jacobi")

    @unittest.skipUnless(HAS_MPI and shutil.which("mpicc"), "there is no MPI")
    def test_a_c_program_with_mpi(self):
        self.make("pi")
        self.check("pi")

    @unittest.skipUnless(shutil.which("gfortran"), "there is no gfortran")
    def test_a_fortran_program(self):
        self.make("matmul")
        self.check("matmul")

    def test_a_numpy_script(self):
        if subprocess.run([sys.executable, "-c", "import numpy"], capture_output=True).returncode:
            self.skipTest("there is no NumPy")
        self.check("singular")

    def test_each_config_is_short(self):
        for name in SIZES:
            lines = [line for line in (SOURCES / f"examples/{name}.toml").read_text().splitlines() if line.strip()]
            self.assertLessEqual(len(lines), 12, name)
            tomllib.loads("\n".join(lines))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)

"""The kits of contract/, and docs/bring-your-own.md, whose examples are compiled and measured as a reader would.

Usage: test_kits.py BIN_FOLDER SOURCE_FOLDER [unittest options]
"""

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

try:
    import conformance
    import h5py
except ImportError as missing:
    print(f"{missing}; scripts/setup installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it
from programs import BIN, run

SOURCES = Path(sys.argv[2]).resolve()
SCALELAW = BIN / "scalelaw"
TEXT = (SOURCES / "docs/bring-your-own.md").read_text()
PYTHON = Path(sys.executable).parent
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
STRICT = {"cc": ["-std=c11", *WARNINGS], "mpicc": ["-std=c11", *WARNINGS], "c++": ["-std=c++17", *WARNINGS],
          "gfortran": ["-std=f2008", "-Wall", "-Wextra", "-Werror"],
          "mpifort": ["-std=f2008", "-Wall", "-Wextra", "-Werror"]}
# What the document describes without an example.
OTHERS = ["cc -O1 every_kind.c -o every_kind", "c++ -O1 -pthread own_threads.cpp -o own_threads",
          "mpicc -O1 own_mpi.c -o own_mpi",
          "mpicc -O1 -c -x c -DSCALELAW_IMPLEMENTATION -DSCALELAW_USE_MPI scalelaw.h -o scalelaw_mpi.o",
          "mpifort -O1 scalelaw.f90 ranks.f90 scalelaw_mpi.o -o ranks"]
MOST_LINES = {".py": 29}  # others: 39

KINDS = ("every_kind", "every_kind.py")

FOLDER = tempfile.TemporaryDirectory()
HERE = Path(FOLDER.name)
ENVIRONMENT = {"PATH": f"{PYTHON}:{os.environ['PATH']}"}


def fences(kind):
    """[(name or "", text)] of the document's code blocks of a language."""
    return re.findall(rf"^```{re.escape(kind)}(?: (\S+))?\n(.*?)^```$", TEXT, re.M | re.S)


def named_examples():
    return {name: text for kind in ("c", "cpp", "fortran", "python") for name, text in fences(kind)}


def lines_of_shell():
    return [shlex.split(line) for _, text in fences("sh") for line in text.splitlines()]


def missing(program):
    return shutil.which(program) is None


def has_mpi4py():
    done = subprocess.run([sys.executable, "-c", "from mpi4py import MPI"], capture_output=True, check=False,
                          env=os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
    return done.returncode == 0


@functools.cache
def without():
    """The programs of the document that cannot be built here."""
    out = set()
    if missing("mpicc") or missing("mpirun"):
        out.add("divisors_mpi")
    if missing("gfortran"):
        out.add("divisors_fortran")
    if missing("mpirun") or not has_mpi4py():
        out.add("divisors_mpi.py")
    assert not (out and os.environ.get("CI")), f"{out}: nothing may be missing in CI"
    return out


def compile_strictly(command):
    compiler, *rest = command
    done = subprocess.run([compiler, *STRICT[compiler], *rest], cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr}"


def setUpModule():
    for kit in ("scalelaw.h", "scalelaw.f90", "scalelaw_driver.py"):
        shutil.copy(SOURCES / "contract" / kit, HERE)
    for name, text in named_examples().items():
        (HERE / name).write_text(text)
    for path in (SOURCES / "tests/contract/kits").iterdir():
        shutil.copy(path, HERE)
    builds = [*lines_of_shell(), *map(shlex.split, OTHERS)]
    builds = [words for words in builds if words[0] in STRICT and not missing(words[0])]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compile_strictly, [words for words in builds if "fort" not in words[0]]))
    for words in builds:
        if "fort" in words[0]:  # with what has been made of the header
            compile_strictly(words)
    for words in lines_of_shell():
        if words[0] == "chmod":
            subprocess.run(words, cwd=HERE, check=True)


def tearDownModule():
    FOLDER.cleanup()


def here(program, *words, ranks=None, **more):
    return run(HERE / program, *words, ranks=ranks, variables=ENVIRONMENT | more.pop("variables", {}), cwd=HERE, **more)


def record_of(program, *words, ranks=None, variables=None, status=0):
    path = HERE / f"{program}.jsonl"
    path.unlink(missing_ok=True)
    done = here(program, *words, "--record", path, ranks=ranks, variables=variables or {})
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in path.read_text().splitlines()]


def for_each_kit(test):
    """A test of every_kind.c and of every_kind.py."""
    @functools.wraps(test)
    def of_both(self):
        for program in KINDS:
            with self.subTest(program=program):
                test(self, program)

    return of_both


class Document(unittest.TestCase):
    def test_every_example_is_short(self):
        self.assertEqual(len(named_examples()), 6)
        for name, text in named_examples().items():
            with self.subTest(name=name):
                self.assertLessEqual(text.count("\n"), MOST_LINES.get(Path(name).suffix, 39))

    def test_every_example_is_built_and_checked_there(self):
        checked = {words[2].removeprefix("./") for words in lines_of_shell() if words[1:2] == ["check-driver"]}
        self.assertEqual({Path(name).stem for name in named_examples()} - {Path(name).stem for name in checked}, set())

    def test_every_example_passes_check_driver(self):
        programs = [words[2] for words in lines_of_shell() if words[1:2] == ["check-driver"]]
        programs = [program for program in programs if program.removeprefix("./") not in without()]

        def check(program):
            return run(SCALELAW, "check-driver", program, variables=ENVIRONMENT, cwd=HERE, timeout=300)

        with ThreadPoolExecutor(2) as pool:
            for program, done in zip(programs, pool.map(check, programs)):
                with self.subTest(program=program):
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    self.assertNotIn("FIX", done.stdout)

    def test_its_links_lead_somewhere(self):
        for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
            self.assertTrue((SOURCES / "docs" / link).exists(), link)


class Campaign(unittest.TestCase):
    """The phases of a foreign program reach the report."""

    def measure(self, config, **programs):
        folder = Path(tempfile.mkdtemp(dir=HERE))
        for name, program in programs.items():
            (folder / f"scalelaw-{name}").write_bytes((HERE / program).read_bytes())
            (folder / f"scalelaw-{name}").chmod(0o755)
        shutil.copy(HERE / "scalelaw_driver.py", folder)
        (folder / "c.toml").write_text(
            '[campaign]\nname = "c"\n[measuring]\nsamples = 2\nlaunches_min = 1\nlaunches_max = 2\nceilings = false\n'
            f'[measuring.gate]\nenabled = false\n[[experiment]]\nkernel = "divisors"\n{config}')
        done = run(SCALELAW, "run", folder / "c.toml", "-o", folder / "out.h5", "--drivers", folder,
                   variables=ENVIRONMENT, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder / "out.h5"

    def test_of_the_document_runs_as_it_is_but_for_its_size(self):
        (_, text), = [fence for fence in fences("toml") if fence[0] == "divisors.toml"]
        few = "threads = [1, 2]\noversubscribe = true"
        for plain, small in (("size = 1e8", "size = 1e6"), ('threads = "auto"', few)):
            self.assertIn(plain, text)
            text = text.replace(plain, small)
        config = HERE / "divisors.toml"
        config.write_text(text + "[measuring]\nsamples = 2\nlaunches_min = 1\nlaunches_max = 1\nceilings = false\n"
                                 "[measuring.gate]\nenabled = false\n")
        self.assertEqual(run(SCALELAW, "check", config, "--yes", cwd=HERE).returncode, 0)
        done = run(SCALELAW, "run", config, "--yes", "-o", HERE / "divisors.h5", cwd=HERE, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLessEqual({("small", "serial"), ("large", "parallel")}, self.parts(HERE / "divisors.h5"))
        with h5py.File(HERE / "divisors.h5") as file:
            self.assertEqual({row["implementation"].decode() for row in file["points"][...]}, {"divisors"})

    def parts(self, path):
        """{(part, role)} of /account, with the seconds of each."""
        with h5py.File(path) as file:
            return {(row["part"].decode(), row["role"].decode()) for row in file["account"][...] if row["seconds"] > 0}

    @unittest.skipIf("divisors_mpi" in without(), "no MPI")
    def test_has_a_waterfall_with_the_phases_of_threads_and_of_ranks(self):
        path = self.measure("size = 1e6\nthreads = [1, 2]\nranks = [1, 2]\noversubscribe = true\n",
                            openmp="divisors", mpi="divisors_mpi")
        parts = self.parts(path)
        for part in (("small", "serial"), ("large", "parallel"), ("reduce", "transfer")):
            self.assertIn(part, parts)
        report = json.loads(run(SCALELAW, "report", path, "--format", "json").stdout)
        self.assertEqual({series["model"] for series in report["series"]}, {"openmp", "mpi"})
        for series in report["series"]:
            self.assertGreater(series["a_priori_serial_share"], 0)
            one, two = series["points"]
            self.assertGreater(two["a_priori"]["speedup"], 1)
            self.assertIsNotNone(two["waterfall"]["serial"])
            for point in (one, two):
                self.assertGreater(point["pop"]["load_balance"], 0)

    def test_binds_the_threads_of_python(self):
        path = self.measure("size = 1e6\nthreads = [1, 2]\n" + "oversubscribe = true\n" * (os.cpu_count() < 2),
                            threads="divisors.py")
        self.assertIn(("small", "serial"), self.parts(path))
        with h5py.File(path) as file:
            states = {row["state"].decode() for row in file["points"][...]}
        self.assertLessEqual(states, {"ok", "not_converged"})


class Kits(unittest.TestCase):
    """every_kind.c and every_kind.py: what each kit makes of the same kernels."""

    def test_describe_every_kind_of_parameter_alike(self):
        described = []
        for program in KINDS:
            catalogue = conformance.parse(here(program, "--describe").stdout)
            self.assertEqual(conformance.catalogue_faults(catalogue, program), [])
            self.assertEqual(catalogue["implementation"], "every_kind")
            words = ["kinds", "--size", "2k", "--a-count=1_000", "--number", "0.25", "--flag", "--text", 'a "b"\n',
                     "--way", "long", "--seed", 9]
            answer = conformance.parse(here(program, *words, "--describe").stdout)
            self.assertEqual(conformance.answer_faults(answer, "kinds", catalogue), [])
            self.assertEqual(answer["params"] | {"fault": ""},
                             {"size": 2000, "a_count": 1000, "number": 0.25, "flag": True, "text": 'a "b"\n',
                              "fault": ""})
            for kernel in catalogue["kernels"].values():
                for param in kernel["params"]:
                    param.pop("choices", None)
            described.append((catalogue["kernels"], answer["work"]))
        self.assertEqual(described[0], described[1])

    @for_each_kit
    def test_record_what_was_asked_for(self, program):
        for words in ([], ["--batch", 3], ["--warmups", 0, "--batch", 2]):
            lines = record_of(program, "kinds", "--size", 1000, "--text", "x", "--way", "long", "--samples", 3,
                              "--diagnostics", 1, "--seed", 5, *words)
            self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])
            header = lines[0]
            self.assertEqual(header["options"], {"way": "long"})
            self.assertEqual((header["params"]["text"], header["seed"]), ("x", 5))
            self.assertEqual([line["diagnostic"] for line in lines[1:-1]], [False] * 3 + [True])
            self.assertEqual(lines[1]["facts"], {"count": "3", "rest": "0.5 0 x long"})
            self.assertEqual([rank["items"] for rank in lines[1]["ranks"]], [10])

    @for_each_kit
    def test_charge_time_to_the_phases(self, program):
        rank = record_of(program, "kinds", "--size", 1e6)[1]["ranks"][0]
        phases = rank["phases_s"]
        self.assertGreater(phases["first"], 0)
        self.assertGreater(phases["then"], 0)
        self.assertLessEqual(sum(phases.values()), rank["total_s"] * (1 + 1e-9))
        self.assertAlmostEqual(rank["busy_s"][0], phases["then"])

    @for_each_kit
    def test_need_no_phases_and_no_facts(self, program):
        lines = record_of(program, "plain", "--samples", 2)
        self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])
        self.assertEqual(lines[1]["facts"], {})

    @for_each_kit
    def test_say_that_a_result_is_wrong(self, program):
        lines = record_of(program, "kinds", "--fault", "wrong", "--samples", 2, status=2)
        self.assertEqual(lines[1]["fault"], 'pass 0 is "wrong"')
        self.assertEqual(lines[-1], {"record": "end", "samples": 2, "verified": False})
        self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])

    @for_each_kit
    def test_say_that_results_differ(self, program):
        lines = record_of(program, "kinds", "--fault", "changing", "--samples", 2, status=2)
        self.assertTrue(lines[1]["verified"])
        self.assertEqual(lines[2]["fault"], "the result differs from the first sample's")

    @for_each_kit
    def test_refuse_wrong_usage_with_a_remedy(self, program):
        for words, says in ((["kinds", "--number", "2"], "--number: 2 is outside 0 .. 1"),
                            (["kinds", "--number", "many"], "'many' is not a number"),
                            (["kinds", "--size", "0"], "0 is outside 1 .. 1000000000"),
                            (["kinds", "--fault", "all"], "--fault"), (["kinds", "--text"], "--text"),
                            (["kinds", "--flag=3"], "--flag"), (["kinds", "more"], "more"),
                            (["kinds", "--a_count", "3"], "--a_count"), (["plain", "--size", "3"], "--size"),
                            (["kinds", "--threads", "2"], "one thread"), (["--samples=3"], "--samples"),
                            (["kinds", "--samples", "0"], "0 is outside 1 .. 1000000000"),
                            (["kinds", "--fault", "refused"], "'fault' refuses"),
                            (["kinds", "--fault", "refused", "--check"], "'fault' refuses"), (["kind"], "kind"),
                            ([], "which kernel?")):
            done = here(program, *words)
            self.assertEqual(done.returncode, 1, f"{words} {done.stderr}")
            self.assertRegex(done.stderr, rf"(?m)^{program}: .*{re.escape(says)}.*\n  hint: .+")

    @for_each_kit
    def test_fail_with_their_own_status(self, program):
        for fault in ("failing", "early" if program == "every_kind" else "raising"):
            lines = HERE / "lost.jsonl"
            words = ["kinds", "--fault", fault, "--warmups", "0", "--batch", "1", "--record", lines]
            done = subprocess.run([HERE / program, *words], env=os.environ | ENVIRONMENT, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertRegex(done.stderr, rf"(?m)^{program}: .+\n  hint: .+")
            self.assertNotIn('"end"', lines.read_text())

    def test_take_counts_as_every_driver_does(self):
        """The Python kit's are those of the peer NumPy, in test_drivers.py."""
        from test_drivers import Counts
        for text, value in Counts.GOOD.items():
            answer = json.loads(here("every_kind", "kinds", f"--a-count={text}", "--describe").stdout)
            self.assertEqual(answer["params"]["a_count"], value, text)
        for text, reason in Counts.BAD.items():
            done = here("every_kind", "kinds", f"--a-count={text}")
            self.assertEqual(done.returncode, 1, text)
            self.assertIn(f"--a-count: '{text}' {reason}", done.stderr)

    def test_write_bytes_that_are_no_text(self):
        for text, shown in ((b"gr\xfcn", "gr\\xfcn"), ("grün".encode(), "grün"), (b"\xed\xa0\x80", "\\xed\\xa0\\x80")):
            answer = json.loads(here("every_kind", "kinds", "--text", text, "--describe").stdout)
            self.assertEqual(answer["params"]["text"], shown)
            self.assertIn(shown, here("every_kind", text).stderr)

    @for_each_kit
    def test_bear_closed_and_full_streams(self, program):
        def shell(redirections, *words):
            return here("/bin/sh", "-c", f'exec "$0" "$@" {redirections}', HERE / program, *words)

        for words in (["--describe"], ["--help"], ["kinds", "--samples", "1"]):
            done = shell(">/dev/full", *words)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(done.stderr, "cannot write to the standard output: No space left.*\n  hint: .+")
        self.assertEqual(shell("2>&-", "nonsense").returncode, 1)
        path = HERE / "closed.jsonl"
        self.assertEqual(shell("<&- >&- 2>&-", "kinds", "--record", path).returncode, 0)
        self.assertIn('"end"', path.read_text().splitlines()[-1])

    @for_each_kit
    def test_write_a_record_to_a_pipe_at_the_end(self, program):
        pipe = HERE / f"{program}.pipe"
        done = here("/bin/sh", "-c", f'mkfifo {pipe}; cat {pipe} & "$0" "$@" >&2; wait', HERE / program, "kinds",
                    "--size", 10, "--record", pipe)
        kinds = [json.loads(line)["record"] for line in done.stdout.splitlines()]
        self.assertEqual(kinds, ["header", *["sample"] * 5, "end"])

    @for_each_kit
    def test_are_not_started_as_copies(self, program):
        done = here(program, "kinds", variables={"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("started as ", done.stderr)


class Threads(unittest.TestCase):
    def test_are_those_asked_for_each_with_its_mask_and_its_work(self):
        for program in ("divisors", "divisors_fortran", "divisors.py"):
            if program in without():
                continue
            header, *samples, _ = record_of(program, "divisors", "--limit", 1e6, "--threads", 3)
            threads = header["ranks"][0]["threads"]
            self.assertEqual([thread["thread"] for thread in threads], [0, 1, 2])
            for thread in threads:
                self.assertRegex(thread["cpus"], r"^\d+([-,]\d+)*$")
            for sample in samples:
                busy = sample["ranks"][0]["busy_s"]
                self.assertEqual(len(busy), 3)
                self.assertGreater(min(busy), 0)
                self.assertGreater(len(set(busy)), 1, "each its own time")

    def test_may_be_the_programs_own(self):
        header, sample, _ = record_of("own_threads", "wait", "--threads", 2, "--samples", 1)
        self.assertEqual((header["model"], header["binding"]), ("threads", "observed"))
        self.assertEqual(header["build"]["version"], "1.2")
        self.assertTrue(all(re.match(r"\d", thread["cpus"]) for thread in header["ranks"][0]["threads"]))
        first, second = sample["ranks"][0]["busy_s"]
        self.assertGreater(first, 0)
        self.assertGreater(second, 0)

    def test_of_a_library_are_not_measured_unseen(self):
        (HERE / "late.py").write_text("#!/usr/bin/env python3\nimport threading, time\n"
                                      "threading.Thread(target=lambda: time.sleep(60), daemon=True).start()\n"
                                      + (HERE / "every_kind.py").read_text())
        (HERE / "late.py").chmod(0o755)
        done = here("late.py", "plain")
        self.assertEqual(done.returncode, 3)
        self.assertIn("a library has started threads: there are 2, not 1", done.stderr)

    def test_default_to_the_number_of_openmp(self):
        for program in ("divisors", "divisors.py"):
            header = record_of(program, "divisors", "--limit", 1e5, variables={"OMP_NUM_THREADS": "2"})[0]
            self.assertEqual(header["placement"], {"nodes": 1, "ranks": 1, "threads": 2})


@unittest.skipIf("divisors_mpi" in without(), "no MPI")
class Ranks(unittest.TestCase):
    def test_share_the_work_and_meet_in_diagnostic_samples(self):
        for program in {"divisors_mpi", "divisors_mpi.py"} - without():
            lines = record_of(program, "divisors", "--limit", 1e6, "--samples", 2, "--diagnostics", 1, ranks=3)
            self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])
            header, *samples, _ = lines
            self.assertEqual(header["placement"], {"nodes": 1, "ranks": 3, "threads": 1})
            self.assertEqual(len({rank["pid"] for rank in header["ranks"]}), 3)
            self.assertIsNotNone(header["mpi"])
            self.assertEqual(samples[0]["facts"], {"divisors": "13970034"})
            self.assertEqual(min(rank["wait_s"] for rank in samples[0]["ranks"]), 0, "the slowest does not wait")

    def test_may_start_mpi_themselves_and_wait_for_the_slowest(self):
        lines = record_of("own_mpi", "wait", "--samples", 1, "--diagnostics", 1, ranks=2)
        self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])
        self.assertEqual([rank["items"] for rank in lines[1]["ranks"]], [4, 3])
        self.assertGreater(lines[2]["ranks"][0]["wait_s"], 0)

    def test_have_one_verdict(self):
        lines = record_of("own_mpi", "wait", "--samples", 1, ranks=3, status=2)
        self.assertEqual(lines[1]["fault"], "a rank other than 0 found its part of the result wrong")

    @unittest.skipIf(missing("mpifort"), "no mpifort")
    def test_take_every_kind_of_parameter_in_fortran(self):
        words = ["--n", "1e4", "--times", 2, "--factor", 0.5, "--name", "euler", "--way", "other", "--note", "a b",
                 "--twice", "--seed", 3]
        lines = record_of("ranks", "add", *words, ranks=2)
        self.assertEqual(conformance.record_faults("\n".join(map(json.dumps, lines))), [])
        self.assertEqual(lines[1]["facts"], {"sum": "200010000 3 0.5 euler other a b T"})
        self.assertEqual([rank["items"] for rank in lines[1]["ranks"]], [10000, 10000])
        self.assertIn("the factor is too large", here("ranks", "add", "--factor", 2).stderr)

    def test_speak_once(self):
        done = here("divisors_mpi", "divisors", "--limit", "many", ranks=2)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("hint:"), 1, done.stderr)


class Header(unittest.TestCase):
    def test_compiles_under_each_standard(self):
        (HERE / "two.c").write_text('#include "scalelaw.h"\nint main(int argc, char** argv) {\n'
                                    "  scalelaw_begin(argc, argv);\n  return scalelaw_end();\n}\n")
        for standard in ("c11", "c17", "gnu17", "c++17", "c++20"):
            compiler, language = ("c++", "c++") if "++" in standard else ("cc", "c")
            done = subprocess.run([compiler, f"-std={standard}", *WARNINGS, "-fsyntax-only", "-x", language,
                                   "-DSCALELAW_IMPLEMENTATION", "two.c"], cwd=HERE, capture_output=True, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), standard)

    def test_says_when_it_comes_too_late(self):
        (HERE / "late.c").write_text('#include <stdio.h>\n#define SCALELAW_IMPLEMENTATION\n#include "scalelaw.h"\n')
        done = subprocess.run(["cc", "-std=c11", "-fsyntax-only", "late.c"], cwd=HERE, capture_output=True, text=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("include scalelaw.h before other headers", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)

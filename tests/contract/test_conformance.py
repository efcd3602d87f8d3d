"""Every driver and peer of the build, every kernel of each: what docs/record.md promises.

The programs are those in the folder that can describe themselves, and not a list of names.

Usage: test_conformance.py BIN_FOLDER [unittest options]
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

try:
    import conformance
except ImportError as missing:
    print(f"{missing}; scripts/setup installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it
from programs import BIN, EXHAUSTIVE, distinct, driver_programs, environment, run, under_mpirun

SEED = 7
FAULTY = Path(__file__).with_name("faulty_driver.py")


def option(name, value):
    return [f"--{name.replace('_', '-')}", str(value)]


def program_paths():
    return driver_programs(BIN)


def sizes(usual):
    """From small to the usual one."""
    size = 64
    while size < usual:
        yield size
        size *= 16
    yield usual


class Driver:
    """A program, its catalogue, and a small run of each kernel."""

    def __init__(self, path):
        self.path = path
        done = run(path, "--describe")
        assert done.returncode == 0, f"{path.name} --describe: {done.stderr}"
        self.catalogue = conformance.parse(done.stdout)
        self.model = self.catalogue["model"]

    def describe(self, *words):
        return run(self.path, *words, "--seed", SEED, "--describe")

    def small(self, kernel):
        """The words of a small run, and the answer to them.  A driver may refuse its defaults: then another choice."""
        described = self.catalogue["kernels"][kernel]
        usual = {param["name"]: param["default"] for param in described["params"]}.get(described["size_parameter"])
        choices = [option(param["name"], choice)
                   for param in described["params"] for choice in param.get("choices", [])]
        for chosen in ([], *choices):
            for size in [option(described["size_parameter"], size) for size in sizes(usual)] if usual else [[]]:
                done = self.describe(kernel, *size, *chosen)
                if done.returncode == 0:
                    return [kernel, *size, *chosen], conformance.parse(done.stdout)
        raise AssertionError(f"{self.path.name} {kernel} refuses every size: {done.stderr}")


class Case:
    """A kernel of a driver, with the words of a small run and the answer to them."""

    def __init__(self, driver, kernel):
        self.driver, self.kernel = driver, kernel
        self.words, self.answer = driver.small(kernel)
        self.described = driver.catalogue["kernels"][kernel]

    def within(self, test):
        return test.subTest(driver=self.driver.path.name, kernel=self.kernel)


DRIVERS = [Driver(path) for path in program_paths()]
CASES = [Case(driver, kernel) for driver in DRIVERS for kernel in driver.catalogue["kernels"]]
PATHS = distinct(driver.path for driver in DRIVERS)
DISTINCT = [driver for driver in DRIVERS if driver.path in PATHS]
# Starting ranks takes long: each kernel with those of one driver, and each such driver with some kernel.
RANKED = [case for case in CASES if case.driver.model["ranked"]]
if not EXHAUSTIVE and RANKED:
    ranked = list(dict.fromkeys(case.driver for case in RANKED))
    RANKED = [case for case in RANKED
              if case.driver is ranked[list(case.driver.catalogue["kernels"]).index(case.kernel) % len(ranked)]]


class Conformance(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def record_of(self, driver, words, *more, ranks=None):
        path = self.folder / "record.jsonl"
        path.unlink(missing_ok=True)
        done = run(driver.path, *words, "--seed", SEED, "--warmups", 0, "--samples", 2, *more, "--record", path,
                   ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        text = path.read_text()
        self.assertEqual(conformance.record_faults(text), [])
        return [json.loads(line) for line in text.splitlines()]

    def assert_refused(self, done, driver, statuses=(1,)):
        self.assertIn(done.returncode, statuses, done.stderr)
        self.assertRegex(done.stderr, rf"(?m)^{driver.path.name}: .+\n  hint: .+")

    def test_there_are_drivers_and_peers_and_each_describes_itself(self):
        self.assertGreater(len(DRIVERS), 0)
        for driver in DRIVERS:
            with self.subTest(driver=driver.path.name):
                self.assertEqual(conformance.catalogue_faults(driver.catalogue, driver.path.name), [])

    def test_each_kernel_describes_its_work(self):
        for case in CASES:
            with case.within(self):
                self.assertEqual(conformance.answer_faults(case.answer, case.kernel, case.driver.catalogue), [])

    def test_more_of_the_size_is_more_work(self):
        for case in CASES:
            with case.within(self):
                if case.words[1:2] != option(case.described["size_parameter"], 0)[:1]:
                    continue  # it has no size
                kernel, size, value, *chosen = case.words
                more = conformance.parse(case.driver.describe(kernel, size, 1000 * int(value), *chosen).stdout)
                self.assertGreater(more["work"]["operations"], case.answer["work"]["operations"])

    def test_those_left_out_are_peers_of_one_script(self):
        self.assertLessEqual({driver.model["name"] for driver in DRIVERS}, {one.model["name"] for one in DISTINCT})
        left_out = [driver.path.name for driver in DRIVERS if driver not in DISTINCT]
        scripts = [driver.path.name for driver in DRIVERS if driver.path.read_bytes().startswith(b"#!")]
        self.assertLessEqual(set(left_out), set(scripts))
        self.assertTrue(not scripts or len(left_out) < len(scripts), "one of them is tried")
        self.assertEqual({case.driver for case in RANKED}, {one for one in DRIVERS if one.model["ranked"]})

    def test_each_record_keeps_the_rules_and_says_what_was_asked_for(self):
        for case in CASES:
            for batch in ([], ["--batch", 3])[:1 + (case.driver in DISTINCT)]:
                with case.within(self):
                    self.check_record(case, batch)

    def check_record(self, case, batch):
        diagnostics = int(case.answer["work"].get("diagnostics", True))
        threads = 2 if case.driver.model["threaded"] else 1
        lines = self.record_of(case.driver, case.words, *batch, *["--threads", 2] * (threads > 1),
                               *["--diagnostics", 1] * diagnostics)
        asked = {"seed": SEED, "warmups": 0, "samples": 2, "diagnostics": diagnostics}
        if batch:
            asked["batch"] = batch[1]
        faults = conformance.echo_faults(lines[0], case.driver.catalogue, case.kernel, case.answer, **asked)
        self.assertEqual(faults, [])
        self.assertEqual([line["diagnostic"] for line in lines[1:-1]], [False, False] + [True] * diagnostics)
        self.assertEqual(lines[-1], {"record": "end", "samples": 2, "verified": True})
        self.assertEqual([len(rank["threads"]) for rank in lines[0]["ranks"]], [threads])

    def test_ranks_share_the_work(self):
        if not shutil.which("mpirun"):
            self.skipTest("there is no mpirun")
        for case in RANKED:
            with case.within(self):
                threads = ["--threads", 1] if case.driver.model["threaded"] else []
                lines = self.record_of(case.driver, case.words, *threads, ranks=2)
                self.assertEqual(len(lines[0]["ranks"]), 2)

    def test_wrong_usage_is_refused_with_a_remedy(self):
        for driver in DRIVERS:
            with self.subTest(driver=driver.path.name):
                self.assertEqual(run(driver.path, "--help").returncode, 0)
                for words in ([], ["no_such_kernel"], ["--no-such-option"]):
                    self.assert_refused(run(driver.path, *words), driver)
        for case in CASES:
            with case.within(self):
                for words in (["--no-such-option"], ["--samples", "many"]):
                    self.assert_refused(run(case.driver.path, *case.words, *words), case.driver)
                if not case.driver.model["threaded"]:
                    self.assert_refused(run(case.driver.path, *case.words, "--threads", 2), case.driver)

    def test_each_described_value_is_taken_or_refused_with_a_remedy(self):
        for case in CASES:
            for one in [*case.described["params"], *case.described["options"]]:
                for value in one.get("choices", []):
                    with case.within(self):
                        done = case.driver.describe(*case.words, *option(one["name"], value))
                        if done.returncode != 0:
                            self.assert_refused(done, case.driver)
                if one["type"] == "choice":
                    with case.within(self):
                        done = case.driver.describe(*case.words, *option(one["name"], "no-such-value"))
                        self.assert_refused(done, case.driver)

    def test_files_are_checked_without_a_word(self):
        for case in CASES:
            with case.within(self):
                done = run(case.driver.path, *case.words, "--check")
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_record_that_cannot_be_written_is_a_failure(self):
        for driver in DISTINCT:
            words, _ = driver.small(next(iter(driver.catalogue["kernels"])))
            with self.subTest(driver=driver.path.name):
                few = [*words, "--warmups", 0, "--samples", 1]
                self.assert_refused(run(driver.path, *few, "--record", self.folder / "no/folder"), driver, (1, 3))
                self.assert_refused(run(driver.path, *few, "--record", "/dev/full"), driver, (3,))

    def test_sigterm_ends_a_run_and_leaves_what_was_measured(self):
        for driver in DISTINCT:
            words, _ = driver.small(next(iter(driver.catalogue["kernels"])))
            with self.subTest(driver=driver.path.name):
                self.check_sigterm(driver, words)

    def check_sigterm(self, driver, words):
        path = self.folder / f"{driver.path.name}.jsonl"
        command = [str(word) for word in (driver.path, *words, "--warmups", 0, "--samples", 10**6, "--batch", 1000,
                                          "--record", path)]
        with_mpirun = driver.model["ranked"] and shutil.which("mpirun")
        process = subprocess.Popen(under_mpirun(command, 2) if with_mpirun else command, env=environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            deadline = time.monotonic() + 60
            while process.poll() is None and not (path.exists() and "\n" in path.read_text()):
                self.assertLess(time.monotonic(), deadline, "no record")
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGTERM)
            self.assertNotEqual(process.wait(timeout=10), 0)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        lines = path.read_text().splitlines()
        self.assertEqual(conformance.schema_faults(conformance.parse(lines[0]), "header"), [])
        self.assertNotIn('"end"', lines[-1])


class NegativeControl(unittest.TestCase):
    """The checks find what is wrong with a driver that breaks a promise."""

    def faulty(self, fault, *words):
        return run(FAULTY, *words, variables={"FAULT": fault})

    def test_the_correct_driver_and_one_that_knows_less_pass(self):
        for variant in ("", "knows_less", "no_diagnostics", "no_size"):
            catalogue = conformance.parse(self.faulty(variant, "--describe").stdout)
            answer = conformance.parse(self.faulty(variant, "add", "--length", 10, "--describe").stdout)
            self.assertEqual(conformance.catalogue_faults(catalogue, FAULTY.name), [])
            self.assertEqual(conformance.answer_faults(answer, "add", catalogue), [])
            self.assertEqual(self.record_faults(variant), [], variant)

    def record_faults(self, fault):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "r.jsonl"
            more = [] if fault == "no_diagnostics" else ["--diagnostics", 1]
            self.faulty(fault, "add", "--length", 10, "--samples", 2, *more, "--record", path)
            return conformance.record_faults(path.read_text())

    def test_faults_of_a_catalogue_are_found(self):
        for fault in ("no_model", "no_title", "describe_schema_1", "size_parameter_unknown", "default_not_a_choice",
                      "choice_without_choices", "type_unknown", "default_of_another_type", "default_too_small",
                      "need_of_nothing", "need_of_two_things", "need_of_no_value", "two_of_a_name", "a_fixed_word"):
            catalogue = conformance.parse(self.faulty(fault, "--describe").stdout)
            self.assertNotEqual(conformance.catalogue_faults(catalogue, FAULTY.name), [], fault)

    def test_faults_of_an_answer_are_found(self):
        catalogue = conformance.parse(self.faulty("", "--describe").stdout)
        for fault in ("answer_without_work", "operations_negative", "holds_half", "answer_lacks_a_parameter",
                      "answer_of_another_kernel"):
            answer = conformance.parse(self.faulty(fault, "add", "--length", 10, "--describe").stdout)
            self.assertNotEqual(conformance.answer_faults(answer, "add", catalogue), [], fault)

    def test_faults_of_a_record_are_found(self):
        for fault in ("record_schema_1", "unknown_role", "cpus_not_a_list", "placement_disagrees", "phase_missing",
                      "phase_not_in_header", "phase_too_long", "phase_negative", "items_do_not_add_up",
                      "facts_not_texts", "verified_with_a_fault", "total_is_0", "total_is_nan", "no_verified",
                      "index_from_1", "diagnostic_not_marked", "busy_of_no_thread", "end_counts_diagnostics",
                      "end_not_verified", "no_end", "no_header", "writes_text"):
            self.assertNotEqual(self.record_faults(fault), [], fault)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

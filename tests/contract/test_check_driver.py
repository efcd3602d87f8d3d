"""`scalelaw check-driver`: it passes every driver and peer of the build, and finds each fault of faulty_driver.py.

Usage: test_check_driver.py BIN_FOLDER [unittest options]
"""

import json
import os
import shutil
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faulty_driver
from programs import BIN, driver_programs, run

SCALELAW = BIN / "scalelaw"

# All drivers and all planted faults take minutes: the test with the label `long` asks for them.
EXHAUSTIVE = "SCALELAW_EXHAUSTIVE" in os.environ


def quick_copy(folder):
    """The faulty driver, started without what its Python need not load: it is started thousands of times."""
    copy = Path(folder) / "faulty_driver.py"
    _, rest = Path(faulty_driver.__file__).read_text().split("\n", 1)
    copy.write_text(f"#!{os.path.realpath(sys.executable)} -SE\n{rest}")
    copy.chmod(0o755)
    return copy


FOLDER = tempfile.TemporaryDirectory()
FAULTY = quick_copy(FOLDER.name)

# What check-driver says of each fault: the check that finds it, and words of what it found.
EXPECTED = {
    "no_model": ("--describe", "`model` is missing"),
    "no_title": ("--describe", "`model.title` is missing"),
    "describe_schema_1": ("--describe", "`schema` must be 2, not 1"),
    "size_parameter_unknown": ("--describe", "`kernels.add.size_parameter` is \"magnitude\", and the kernel"),
    "default_not_a_choice": ("--describe", "`kernels.add.options[0].default` must be one of its choices (loop,"),
    "choice_without_choices": ("--describe", "`kernels.add.options[0].choices` is missing"),
    "type_unknown": ("--describe", "`kernels.add.params[0].type` must be one of count, number"),
    "default_of_another_type": ("--describe", "`kernels.add.params[0].default` must be a whole number"),
    "default_too_small": ("--describe", "`kernels.add.params[0].default` must be at least 1000000000"),
    "need_of_nothing": ("--describe", "`kernels.add.options[1].needs[0].option` is \"speed\", and the"),
    "need_of_two_things": ("--describe", "`kernels.add.options[1].needs[0]` must have exactly one of"),
    "need_of_no_value": ("--describe", "`kernels.add.options[1].needs[0].is[0]` must be one of its choices"),
    "two_of_a_name": ("--describe", "is \"length\", which is used twice"),
    "a_fixed_word": ("--describe", "`kernels.add.options[1].name` is \"samples\", which is a word of every driver"),
    "describe_not_json": ("--describe", "printed no JSON on stdout: kernels: add"),
    "describe_fails": ("--describe", "ended with exit status 3: faulty_driver.py: it cannot describe itself"),
    "answer_without_work": ("--describe", "`work` is missing"),
    "operations_negative": ("--describe", "`work.operations` must not be negative, but is -1"),
    "holds_half": ("--describe", "`work.holds.root` must be one of whole, share, nothing, not \"half\""),
    "answer_lacks_a_parameter": ("--describe", "`params.seed` is missing"),
    "answer_of_another_kernel": ("--describe", "`kernel` is \"multiply\", and 'add' was asked for"),
    "size_ignored": ("size", "`work.operations` is 1000000.0 with 10, and"),
    "operations_constant": ("size", "`work.operations` is 500000 with 10, and 500000 with 1"),
    "defaults_refused": ("--describe", "ended with exit status 1: faulty_driver.py: it adds nothing yet"),
    "help_fails": ("--help", "ended with exit status 1"),
    "help_says_nothing": ("--help", "printed nothing on stdout"),
    "unknown_kernel_accepted": ("unknown kernel", "ended with exit status 0, not with 1"),
    "unknown_option_accepted": ("unknown option", "ended with exit status 0, not with 1"),
    "no_hint": ("unknown option", "has no line '  hint: REMEDY' on stderr"),
    "another_name_in_messages": ("no kernel", "has no line 'faulty_driver.py: WHAT' on stderr"),
    "usage_is_status_2": ("unknown kernel", "ended with exit status 2"),
    "bad_count_accepted": ("--samples many", "ended with exit status 0, not with 1"),
    "prints_raw_exception": ("--samples many", "printed an uncaught exception: ValueError"),
    "bad_choice_accepted": ("--way no-such-value", "ended with exit status 0, not with 1"),
    "option_value_crashes": ("--way no-such-value", "was ended by signal 11"),
    "check_refused": ("--check", "ended with exit status 1: faulty_driver.py: there is no option '--check'"),
    "check_talks": ("--check", "printed on stderr although nothing is wrong: all is well"),
    "no_record": ("run", "the record is empty"),
    "ignores_record": ("run", "the driver left no record"),
    "writes_text": ("run", "line 1: it is not JSON"),
    "no_header": ("run", "sample before the header"),
    "no_end": ("run", "the record has no end"),
    "fewer_samples": ("run", "the record has 1 timed samples, not the 2 asked for"),
    "more_samples": ("run", "`samples` is 3, but the record has 2"),
    "record_schema_1": ("run", "`schema` is 1"),
    "unknown_role": ("run", "role"),
    "another_kernel": ("run", "`kernel` is \"multiply\", not \"add\""),
    "another_model": ("run", "`model` is \"mpi\", not \"toy\""),
    "another_driver": ("run", "`driver` is \"scalelaw-other\", not \"faulty_driver.py\""),
    "another_implementation": ("run", "`implementation` is \"other\", not \"toy\""),
    "another_seed": ("run", "`seed` is 1, not 7"),
    "params_without_length": ("run", "`params.length` is missing"),
    "params_not_as_given": ("run", "`params.length` is "),
    "no_params": ("run", "`params` is missing"),
    "options_without_way": ("run", "`options.way` is missing"),
    "an_option_not_described": ("run", "`options.speed` is not an option that --describe lists"),
    "an_option_not_at_its_default": ("run", "`options.way` is \"formula\", not \"loop\""),
    "work_is_another": ("run", "`work.operations` is 1, not "),
    "samples_not_echoed": ("run", "`samples` is 7, not 2"),
    "warmups_not_echoed": ("run", "`warmups` is 3, not 0"),
    "batch_ignored": ("--batch 3", "`batch` is 1, not 3"),
    "cpus_not_a_list": ("run", "`ranks[0].threads[0].cpus` must be a CPU list"),
    "placement_disagrees": ("run", "`placement.ranks` is 3, but the header lists 1"),
    "phase_missing": ("run", "prepare"),
    "phase_not_in_header": ("run", "dream"),
    "phase_too_long": ("run", "longer than the total"),
    "phase_negative": ("run", "must be a duration, not -0.001 s"),
    "items_do_not_add_up": ("run", "`ranks` have more items than the "),
    "facts_not_texts": ("run", "`facts.sum` must be a text, not 3"),
    "verified_with_a_fault": ("run", "`verified` is true, but `fault` is \"the sum is wrong\""),
    "total_is_0": ("run", "`total_s` must not be 0"),
    "total_is_nan": ("run", "it is not JSON"),
    "no_verified": ("run", "`verified` is missing"),
    "not_verified": ("run", "sample 0 is not verified: the sum is wrong"),
    "index_from_1": ("run", "`index` is 1, where sample 0 belongs"),
    "total_of_all_passes": ("run", "longer than the launch of"),
    "busy_of_no_thread": ("run", "`ranks[0].busy_s` has 0 entries, and the rank has 1 threads"),
    "end_not_verified": ("run", "`verified` is false, but every sample's is true"),
    "diagnostics_refused": ("--diagnostics 1", "ended with exit status 1"),
    "diagnostic_not_marked": ("--diagnostics 1", "`samples` is 2, but the record has 3"),
    "end_counts_diagnostics": ("--diagnostics 1", "`samples` is 3, but the record has 2"),
    "crashes": ("run", "was ended by signal 11"),
    "hangs": ("run", "was still running after 3 s"),
    "lost_record_is_success": ("--record in no folder", "ended with exit status 0, not with 1 or 3"),
    "full_disk_is_success": ("--record on a full disk", "ended with exit status 0, not with 3"),
    "hangs_on_sigterm": ("SIGTERM", "was still running 5 s after SIGTERM"),
    "succeeds_on_sigterm": ("SIGTERM", "ended with exit status 0 after SIGTERM"),
    "leaves_a_process": ("SIGTERM", "left running after SIGTERM: sleep"),
    "threads_ignored": ("--threads 2", "`ranks[0].threads` has 1 entries, and the rank was to have 2"),
    "ranks_ignored": ("2 ranks", "`ranks` has 1 entries, and the launch had 2"),
}


def check_driver(program, *words, fault="", limit=60):
    return run(SCALELAW, "check-driver", program, "--limit", limit, *words, variables={"FAULT": fault}, timeout=600)


def findings_of(done):
    return json.loads(done.stdout)["checks"]


class CheckDriver(unittest.TestCase):
    def test_every_driver_and_peer_passes(self):
        programs = driver_programs(BIN)
        if not EXHAUSTIVE:  # contract.conformance runs all of them
            programs = programs[-1:]
        self.assertGreater(len(programs), 0)
        for program in programs:
            with self.subTest(program=program.name):
                done = check_driver(program, limit=60)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn("nothing to fix", done.stdout.splitlines()[-1])

    def test_a_correct_driver_passes_whatever_it_may_know(self):
        variants = ["", *faulty_driver.VARIANTS]
        for variant in variants if EXHAUSTIVE else variants[::2]:
            if variant == "ranked" and not shutil.which("mpirun"):
                continue
            with self.subTest(variant=variant):
                done = check_driver(FAULTY, fault=variant)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("FIX", done.stdout)

    def test_every_fault_has_an_expectation(self):
        self.assertEqual(set(EXPECTED), set(faulty_driver.FAULTS))

    def test_each_fault_is_found_and_named(self):
        def with_fault(fault):
            return check_driver(FAULTY, "--format", "json", fault=fault, limit=3 if fault == "hangs" else 60)

        few = list(EXPECTED) if EXHAUSTIVE else list(EXPECTED)[::12]
        faults = [fault for fault in few if fault != "ranks_ignored" or shutil.which("mpirun")]
        with ThreadPoolExecutor(2) as pool:
            results = zip(faults, pool.map(with_fault, faults))
        for fault, done in results:
            check, words = EXPECTED[fault]
            with self.subTest(fault=fault):
                self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                fixes = [one for one in findings_of(done) if one["verdict"] == "fix"]
                said = [one["found"] for one in fixes if one["check"] == check]
                self.assertTrue(any(words in found for found in said), fixes)
                self.assertTrue(all(one["remedy"] and one["command"] for one in fixes))

    def test_lines_say_what_to_fix_and_how_to_see_it_again(self):
        done = check_driver(FAULTY, fault="no_end")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, r"(?m)^  ok   --help$")
        self.assertRegex(done.stdout, r"(?m)^  FIX  run: the record has no end.*\n"
                                      r" +write what .*\n +\$ .*faulty_driver.py add ")
        self.assertRegex(done.stdout.splitlines()[-1], r"^.*faulty_driver.py: \d+ checks, \d+ to fix")

    def test_a_kernel_and_options_of_its_runs_can_be_given(self):
        done = check_driver(FAULTY, "add", "--", "--length", 3, "--way", "formula")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = check_driver(FAULTY, "add", "--format", "json", "--", "--length", 3, fault="no_end")
        self.assertIn("--length 3", [one["command"] for one in findings_of(found) if one["check"] == "run"][0])

    def test_wrong_usage_is_explained(self):
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder) / "text"
            text.write_text("no program")
            for words, says in (([], "'program' is missing"), ([text], "cannot be executed"),
                                (["no-such-program"], "there is no program 'no-such-program'"),
                                ([FAULTY, "ad"], "has no kernel 'ad'"),
                                ([FAULTY, "--", "--length", 3], "--length is an option of a kernel, but no kernel is"),
                                ([FAULTY, "add", "more"], "unexpected argument 'more'"),
                                ([FAULTY, "--format", "xml"], "xml"), ([FAULTY, "--limit", "0"], "--limit")):
                with self.subTest(words=words):
                    done = run(SCALELAW, "check-driver", *words)
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertIn(says, done.stderr)

    def test_a_program_that_is_no_driver_is_told_so(self):
        for program in ("/bin/true", "/bin/false", "/bin/echo"):
            done = check_driver(program)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertRegex(done.stdout, r"(?m)^  FIX  --describe: ")

    def test_a_signal_stops_it_in_order(self):
        # In the foreground, timeout sends one signal.  Otherwise it sends another to the group, and a second one ends
        # the program at once, unless it comes before the first was handled.
        done = run("sh", "-c", 'timeout --foreground --signal TERM 2 "$@"; echo "status $?"', "sh",
                   SCALELAW, "check-driver", FAULTY, variables={"FAULT": "hangs"})
        self.assertIn("stopped by signal 15 after", done.stderr)
        self.assertIn("status 124", done.stdout)

    def test_nothing_is_left_in_the_temporary_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run(SCALELAW, "check-driver", FAULTY, variables={"TMPDIR": folder, "FAULT": "crashes"}, timeout=120)
            self.assertEqual(done.returncode, 3)
            self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

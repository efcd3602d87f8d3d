"""What this project's drivers and peers do beyond the contract (test_conformance.py): their messages, what they link.

Usage: test_drivers.py BIN_FOLDER [unittest options]
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from programs import BIN, MODELS, PEERS, distinct, driver, peer, ranked, run, small_kernel

SMALL = ["calibration", "--operations", "1e5", "--items", "16"]


def programs():
    """(program, kernel) of every driver and peer that is built, and of one of those that are alike."""
    known = distinct(peer(name) for name in PEERS)
    return ([(driver(m), SMALL) for m in MODELS]
            + [(peer(name), small_kernel(name)) for name in PEERS if peer(name) in known])


class Record(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.record_path = Path(self.folder) / "record.jsonl"

    def lines(self, model, ranks=None):
        return self.record(driver(model), *SMALL, "--samples", 3, "--diagnostics", 1, ranks=ranks)

    def test_every_program_chooses_its_passes_with_and_without_warm_ups(self):
        for program, kernel in programs():
            for options, passes in ((["--warmups", 0], None), ([], None), (["--batch", "auto"], None),
                                    (["--batch", "0"], None), (["--warmups", 0, "--batch", 3], 3)):
                with self.subTest(program=program.name, options=options):
                    header, *samples, end = self.record(program, *kernel, *options, "--samples", 2)
                    self.assertEqual(end["samples"], 2)
                    if passes is not None:
                        self.assertEqual(header["batch"], passes)
                        continue
                    for sample in samples:
                        self.assertGreaterEqual(sample["total_s"] * header["batch"],
                                                1000 * header["timer"]["resolution_s"])

    def test_a_record_to_a_pipe_comes_whole(self):
        for program, kernel in programs():
            done = run("sh", "-c", 'f=$1; shift; mkfifo $f; cat $f & "$@" >&2; wait', "sh",
                       f"{self.folder}/{program.name}", program, *kernel, "--record",
                       f"{self.folder}/{program.name}")
            kinds = [json.loads(line)["record"] for line in done.stdout.splitlines()]
            self.assertEqual(kinds, ["header", *["sample"] * 5, "end"], program.name)

    def record(self, program, *arguments, ranks=None):
        done = run(program, *arguments, "--record", self.record_path, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in self.record_path.read_text().splitlines()]

    def test_every_model_has_the_same_facts(self):
        facts = set()
        for model in MODELS:
            _, *samples, _ = self.lines(model, ranked(model))
            self.assertEqual(len(samples), 4)
            facts |= {json.dumps(sample["facts"], sort_keys=True) for sample in samples}
        self.assertEqual(len(facts), 1)

    def test_a_counter_of_several_ranks_loses_nothing_but_in_a_race(self):
        for model in (name for name in MODELS if ranked(name)):
            for update in ("race", "lock", "atomic", "reduction"):
                with self.subTest(model=model, update=update):
                    _, sample, _ = self.record(driver(model), "shared_counter", "--increments", 2000, "--update", update,
                                               "--warmups", 0, "--samples", 1, "--batch", 1, ranks=2)
                    self.assertTrue(sample["verified"])
                    self.assertLess(int(sample["facts"]["lost"]), 2000)
                    if update != "race":
                        self.assertEqual(sample["facts"], {"count": "2000", "lost": "0"})

    def test_threads_report_where_they_may_run(self):
        if "openmp" not in MODELS:
            self.skipTest("no OpenMP driver")
        header = self.lines("openmp")[0]
        threads = header["ranks"][0]["threads"]
        self.assertEqual([t["thread"] for t in threads], [0, 1])
        for thread in threads:
            self.assertRegex(thread["cpus"], r"^\d+([-,]\d+)*$")

    def test_a_record_that_cannot_be_written_is_an_error(self):
        done = run(driver("serial"), *SMALL, "--record", f"{self.folder}/missing/record.jsonl")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the record", done.stderr)


class Describe(unittest.TestCase):
    def test_a_kernel_is_described_without_being_measured(self):
        for model in MODELS:
            done = run(driver(model), *SMALL, "--describe")
            self.assertEqual(done.returncode, 0, done.stderr)
            described = json.loads(done.stdout)
            self.assertEqual(described["work"]["items"], 16)
            self.assertEqual(described["params"]["operations"], 100000)
            self.assertIn(described["size_parameter"], described["params"])

    def test_peers_have_parameters_of_the_kernels_they_stand_beside(self):
        own = json.loads(run(driver("serial"), "--describe").stdout)["kernels"]
        for name in PEERS:
            for kernel, described in json.loads(run(peer(name), "--describe").stdout)["kernels"].items():
                defaults = {p["name"]: (p["type"], p["default"]) for p in own[kernel]["params"]}
                for param in described["params"]:
                    self.assertEqual((param["type"], param["default"]), defaults[param["name"]], param)
                self.assertEqual([p["name"] for p in described["params"]], list(defaults), name)


class BadUsage(unittest.TestCase):
    def expect(self, status, fragment, *arguments, model="serial", ranks=None):
        done = run(driver(model), *arguments, ranks=ranks)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(fragment, done.stderr)
        return done

    def test_names_the_remedy(self):
        cases = [
            ("which kernel?", []),
            ("unknown kernel 'unknown_kernel'", ["unknown_kernel", "--size", "3"]),
            ("--nothing", ["calibration", "--nothing"]),
            ("negative", ["calibration", "--operations", "-3"]),
            ("not a whole number", ["calibration", "--operations", "1.5"]),
            ("too large", ["calibration", "--operations", "1e30"]),
            ("not a number", ["calibration", "--operations", "many"]),
            ("outside [0, 1)", ["calibration", "--serial-fraction", "1.5"]),
            ("magic not in {static,dynamic,guided}", ["calibration", "--schedule", "magic"]),
            ("magic not in {auto,scalar,", ["calibration", "--isa", "magic"]),
            ("--l1-bytes 1 is too small", ["prime_sieve", "--limit", "1e6", "--l1-bytes", "1"]),
            ("--l2-bytes 16383 is too small", ["prime_sieve", "--l2-bytes", "16383"]),
            ("one thread per process", ["calibration", "--threads", "2"]),
            ("no effect: the serial driver has one process", ["calibration", "--distribution", "dynamic"]),
            ("no effect: the serial driver has one process", ["calibration", "--rank-chunk", "3"]),
            ("no effect with --data local", ["calibration", "--overlap"]),
            ("the serial driver has one thread per process", ["calibration", "--schedule", "guided"]),
            ("the serial driver has one thread per process", ["calibration", "--schedule", "static"]),
            ("the serial driver has one thread per process", ["calibration", "--chunk", "7"]),
        ]
        for fragment, arguments in cases:
            with self.subTest(arguments=arguments):
                done = self.expect(1, fragment, *arguments)
                self.assertTrue("hint:" in done.stderr or "see " in done.stderr, done.stderr)

    def test_an_empty_input_is_none(self):
        for options in (["matrix_mean", "--rows", "40", "--cols", "40"],
                        ["dot_product", "--length", "40"],
                        ["image_compression", "--width", "40", "--height", "40"]):
            done = run(driver("serial"), *options, "--input", "", "--samples", 1)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("verified", done.stdout)
            self.expect(1, f"{options[1]} is determined by --input", *options, "--input", "x.h5:/m")

    def test_bounds_the_threads(self):
        if "openmp" not in MODELS:
            self.skipTest("no OpenMP driver")
        self.expect(1, "16385 is outside 0 .. 16384", *SMALL, "--threads", "16385",
                    model="openmp")
        done = run(driver("openmp"), *SMALL, variables={"OMP_NUM_THREADS": "100000"})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("OMP_NUM_THREADS asks for 100000 threads", done.stderr)
        self.assertIn("hint:", done.stderr)

    def test_is_said_once_however_many_ranks(self):
        if "mpi" not in MODELS:
            self.skipTest("no MPI driver")
        for arguments in (["calibration", "--imbalance", "2"], ["calibration", "--nothing"]):
            done = self.expect(1, "scalelaw-mpi:", *arguments, model="mpi", ranks=3)
            self.assertEqual(done.stderr.count("scalelaw-mpi:"), 1, done.stderr)

    def test_contradicting_options_are_refused(self):
        if "mpi" not in MODELS:
            self.skipTest("no MPI driver")
        self.expect(1, "no input to scatter", *SMALL, "--data", "scatter", model="mpi")
        self.expect(1, "--overlap", *SMALL, "--overlap", model="mpi")
        self.expect(1, "file not in {local,scatter}", *SMALL, "--data", "file", model="mpi")
        self.expect(1, "no effect without --input", "dot_product", "--data", "file", model="mpi")
        self.expect(1, "--rank-chunk", *SMALL, "--rank-chunk", "3", model="mpi", ranks=2)
        self.expect(1, "--rank-chunk", "matrix_mean", "--data", "scatter", "--rank-chunk", "3",
                    "--rows", "100", "--cols", "100", model="mpi", ranks=2)
        self.expect(1, "a driver whose model has threads", *SMALL, "--schedule", "guided", model="mpi")
        for options in (["--distribution", "dynamic"], ["--data", "scatter", "--overlap"]):
            done = run(driver("mpi"), "matrix_mean", "--rows", 100, "--cols", 100,
                       "--rank-chunk", "3", *options, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
        if "hybrid" in MODELS:
            done = run(driver("hybrid"), *SMALL, "--schedule", "guided", "--chunk", "2", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)


class Counts(unittest.TestCase):
    """Every program takes the same counts, and refuses the same with the same words."""

    GOOD = {"1K": 1000, "1k": 1000, "1KiB": 1024, "1Ki": 1024, "4KB": 4000, "2MB": 2 * 10**6, "1e6": 10**6,
            "1E+3": 1000, "10_000": 10000, "1.5e3": 1500, "1.5Ki": 1536, "+7": 7, "5.": 5, ".5e1": 5, "12B": 12,
            "2.50e2": 250, "1_0.0": 10, "100e-2": 1, "0": 0}
    BAD = {"-3": "is negative", "1.5": "is not a whole number", "1e30": "is too large (the limit is 2^63 - 1)",
           "9223372036854775808": "is too large", "many": "is not a number",
           "1__0": "is not a number", "_1": "is not a number", "1_": "is not a number", "0x10": "is not a number",
           "1e": "has no exponent after its 'e'", "1KK": "is not a number", "1iB": "is not a number",
           "1 000": "is not a number", "1,000": "is not a number", "inf": "is not a number",
           "nan": "is not a number", "\u0661": "is not a number", "1e-1": "is not a whole number",
           "10Ti_": "is not a number"}

    def programs(self):
        return [driver("serial"), *(peer(name) for name in ("numpy", "openblas") if name in PEERS)]

    def test_are_what_people_write(self):
        for program in self.programs():
            for text, value in self.GOOD.items():
                with self.subTest(program=program.name, text=text):
                    done = run(program, "dot_product", f"--length={text}", "--describe")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(json.loads(done.stdout)["params"]["length"], value)

    def test_are_refused_alike(self):
        for program in self.programs():
            for text, reason in self.BAD.items():
                with self.subTest(program=program.name, text=text):
                    done = run(program, "dot_product", f"--length={text}")
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(f"--length: '{text}' {reason}", done.stderr)
                    self.assertIn("write a whole number such as 1000, 10_000, 1e9, 4Gi or 64M", done.stderr)

    def test_have_the_same_bounds(self):
        for program in self.programs():
            for option, text, reason in (("--samples", "0", "0 is outside 1 .. 1000000000"),
                                         ("--batch", "1e10", "1e10 is outside 0 .. 1000000000"),
                                         ("--threads", "1e6", "1e6 is outside 0 .. 16384"),
                                         ("--length", "1e17", "1e17 is outside 0 .. 1125899906842624"),
                                         ("--batch", "never", "'never' is not a number"),
                                         ("--warmups", "auto", "'auto' is not a number")):
                with self.subTest(program=program.name, option=option):
                    done = run(program, "dot_product", option, text)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(f"{option}: {reason}", done.stderr)


@unittest.skipUnless("mpi" in MODELS, "no driver of MPI")
class Messages(unittest.TestCase):
    def samples(self, operation, size):
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "r.jsonl"
            done = run(driver("mpi"), "collectives", "--operation", operation, "--bytes", size, "--samples", 2,
                       "--batch", 1, "--record", record, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [json.loads(line) for line in record.read_text().splitlines()]
        return [line for line in lines if line["record"] == "sample"]

    def test_that_are_small_leave_before_they_are_received_and_large_ones_do_not(self):
        for size, answer in ((8, "yes"), (2**20, "no")):
            with self.subTest(size=size):
                self.assertEqual({sample["facts"]["sent_ahead"] for sample in self.samples("send", size)}, {answer})

    def test_take_time_only_where_the_call_is_timed(self):
        for operation in ("send", "receive"):
            for sample in self.samples(operation, 1000):
                with self.subTest(operation=operation):
                    self.assertTrue(sample["verified"], sample["fault"])
                    caller, other = (rank["total_s"] for rank in sample["ranks"])
                    self.assertGreater(caller, 0)
                    self.assertEqual(other, 0)


class Memory(unittest.TestCase):
    def test_that_there_is_not_is_said_once_with_a_remedy(self):
        for model, arguments in (("serial", ["dot_product", "--length", "1e13"]),
                                 ("mpi", ["collectives", "--bytes", "1e12", "--operation", "gather"]),
                                 ("mpi", ["dot_product", "--length", "1e13", "--data", "scatter"])):
            if model not in MODELS:
                continue
            with self.subTest(model=model, arguments=arguments):
                done = run(driver(model), *arguments, ranks=2 if model == "mpi" else None)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, r"needs [\d.]+ TiB, but only [\d.]+ \w+ available on ")
                self.assertEqual(done.stderr.count("hint: choose a smaller size, or use more nodes"), 1)

    def test_that_runs_out_on_the_way_is_said_so(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/large.pgm", "wb") as file:
                file.write(b"P5 10000 12000 255\n")
                file.truncate(19 + 120_000_000)
            size = 260 << 20
            done = run(driver("serial"), "image_compression", "--mode", "pipeline", "--input", folder + "/large.pgm",
                       "--output-dir", f"{folder}/out",
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stderr, "needs more memory than there is|the system refuses .* of memory")
            self.assertIn("hint: choose a smaller size", done.stderr)


class Campaigns(unittest.TestCase):
    def test_with_the_defaults_measure_every_peer(self):
        of_dot = [name for name in PEERS
                  if "dot_product" in json.loads(run(peer(name), "--describe").stdout)["kernels"]]
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "c.toml"
            config.write_text("[campaign]\nname = \"c\"\n[measuring]\nlaunches_min = 1\nlaunches_max = 1\nsamples = 2\nceilings = false\n"
                              "[measuring.gate]\nenabled = false\n[[experiment]]\nkernel = \"dot_product\"\n"
                              f"size = 1e4\npeers = {json.dumps(of_dot)}\n")
            done = run(BIN / "scalelaw", "run", config, "-o", f"{folder}/out.h5")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("crashed", done.stdout)
            for name in of_dot:
                listed = run(BIN / "scalelaw", "report", f"{folder}/out.h5", "--format", "csv").stdout
                self.assertRegex(listed, f"(?m)^.*,{name},.*(ok|not_converged)")


class Copies(unittest.TestCase):
    """A driver that shares no work among ranks, started as several."""

    def warnings(self, model, ranks=None, variables=None):
        done = run(driver(model), *SMALL, "--samples", 1, ranks=ranks, variables=variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr.count("warning: started as")

    def test_are_warned_of_once(self):
        if not any(map(ranked, MODELS)):
            self.skipTest("no mpirun")
        for model in MODELS:
            if ranked(model):
                self.assertEqual(self.warnings(model, ranks=2), 0)
                continue
            self.assertEqual(self.warnings(model, ranks=2), 1)
            self.assertEqual(self.warnings(model, ranks=1), 0, "as a harness may start it")
            self.assertEqual(self.warnings(model), 0)

    def test_are_known_by_other_launchers_variables(self):
        for variables, expected in (
                ({"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0"}, 1),
                ({"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "1"}, 0),
                ({"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"}, 0),
                ({"SLURM_NTASKS": "4", "SLURM_PROCID": "0"}, 0),  # a batch script, not a step
                ({"PMI_SIZE": "2", "PMI_RANK": "0"}, 1),
                ({"PMI_SIZE": "1", "PMI_RANK": "0", "SLURM_STEP_NUM_TASKS": "2"}, 0)):
            with self.subTest(variables=variables):
                self.assertEqual(self.warnings("serial", variables=variables), expected)


class Links(unittest.TestCase):
    def test_the_serial_driver_links_neither_mpi_nor_openmp(self):
        def libraries(model):
            return subprocess.run(["ldd", driver(model)], capture_output=True, text=True,
                                  check=True).stdout

        self.assertNotRegex(libraries("serial"), r"libmpi|libgomp|libomp")
        if "hybrid" in MODELS:  # the same look finds both where they are
            self.assertRegex(libraries("hybrid"), r"libmpi")
            self.assertRegex(libraries("hybrid"), r"libgomp|libomp")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

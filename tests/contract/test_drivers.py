"""The drivers' promises: docs/record.md, exit statuses, messages, what they link.

Usage: test_drivers.py BIN_FOLDER RECORD_MD [unittest options]
"""

import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from programs import BIN, MODELS, PEERS, driver, peer, run, small_kernel

RECORD_MD = Path(sys.argv[2])
SMALL = ["calibration", "--operations", "1e5", "--items", "16"]


def rows_in_document(heading):
    """[(keys, meaning)] of the table under a heading of docs/record.md."""
    section = RECORD_MD.read_text().split(f"## `{heading}`")[1].split("\n## ")[0]
    cells = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`(\w+)`", row[1]), row[3]) for row in cells]


def keys_in_document(heading):
    return {key for keys, _ in rows_in_document(heading) for key in keys}


def nested_in_document(heading):
    """{key: the names inside of it, at any depth} for the keys whose meaning shows an object."""
    return {keys[0]: names for keys, meaning in rows_in_document(heading)
            if (names := set(re.findall(r'[{,]\s*"(\w+)"', meaning)))}


def names_inside(value):
    """The keys of a value and of all objects in it."""
    if isinstance(value, list):
        return set().union(*map(names_inside, value)) if value else set()
    if isinstance(value, dict):
        return set(value).union(*map(names_inside, value.values()))
    return set()


def work_in_document():
    example = re.search(r'"work": \{([^}]*)\}', RECORD_MD.read_text())[1]
    return set(re.findall(r'"(\w+)":', example))


def programs():
    """(program, kernel, ranks) of every driver and peer that is built."""
    return ([(driver(m), SMALL, 2 if m in ("mpi", "hybrid") else None) for m in MODELS]
            + [(peer(name), small_kernel(name), None) for name in PEERS])


class Record(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.report = Path(self.folder) / "record.jsonl"

    def lines(self, model, ranks=None):
        return self.record(driver(model), *SMALL, "--samples", 3, "--diagnostics", 1, ranks=ranks)

    def test_every_program_chooses_its_passes_with_and_without_warm_ups(self):
        for program, kernel, _ in programs():
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

    def test_every_program_writes_what_the_document_says(self):
        nested = nested_in_document("header") | {"work": work_in_document()}
        self.assertEqual(set(nested), {"schedule", "placement", "ranks", "timer", "build", "mpi", "work"})
        for program, kernel, ranks in programs():
            with self.subTest(program=program.name):
                header, *samples, end = self.record(program, *kernel, "--samples", 3, "--diagnostics", 1,
                                                    ranks=ranks)
                self.assertEqual(set(header), keys_in_document("header"))
                for key, names in nested.items():
                    if header[key] is not None:
                        self.assertEqual(names_inside(header[key]), names, key)
                self.assertTrue(all(isinstance(value, str) for value in header["build"].values()))
                self.assertEqual([s["diagnostic"] for s in samples], [False] * 3 + [True])
                for sample in samples:
                    self.assertEqual(set(sample), keys_in_document("sample"))
                    self.assertEqual(names_inside(sample["ranks"]), nested_in_document("sample")["ranks"])
                    self.assertTrue(sample["verified"], sample["fault"])
                self.assertEqual(end, {"record": "end", "samples": 3, "verified": True})

    def test_a_record_to_a_pipe_comes_whole(self):
        for program, kernel, _ in programs():
            done = run("sh", "-c", 'f=$1; shift; mkfifo $f; cat $f & "$@" >&2; wait', "sh",
                       f"{self.folder}/{program.name}", program, *kernel, "--report",
                       f"{self.folder}/{program.name}")
            kinds = [json.loads(line)["record"] for line in done.stdout.splitlines()]
            self.assertEqual(kinds, ["header", *["sample"] * 5, "end"], program.name)

    def record(self, program, *arguments, ranks=None):
        done = run(program, *arguments, "--report", self.report, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in self.report.read_text().splitlines()]

    def test_every_model_writes_what_the_document_says(self):
        facts = set()
        for model in MODELS:
            ranks = 2 if model in ("mpi", "hybrid") else None
            header, *samples, end = self.lines(model, ranks)
            with self.subTest(model=model):
                self.assertEqual(set(header), keys_in_document("header"))
                self.assertEqual(header["model"], model)
                self.assertEqual(len(header["ranks"]), ranks or 1)
                self.assertEqual(len(samples), 4)
                for sample in samples:
                    self.assertEqual(set(sample), keys_in_document("sample"))
                    self.assertTrue(sample["verified"], sample["fault"])
                    self.assertGreater(sample["total_s"], 0)
                    for rank in sample["ranks"]:
                        self.assertLessEqual(rank["total_s"], sample["total_s"])
                        self.assertGreaterEqual(rank["wait_s"], 0)
                    facts.add(json.dumps(sample["facts"], sort_keys=True))
                self.assertEqual([s["diagnostic"] for s in samples], [False] * 3 + [True])
                self.assertEqual(end, {"record": "end", "samples": 3, "verified": True})
        self.assertEqual(len(facts), 1)

    def test_threads_report_where_they_may_run(self):
        if "openmp" not in MODELS:
            self.skipTest("no OpenMP driver")
        header = self.lines("openmp")[0]
        threads = header["ranks"][0]["threads"]
        self.assertEqual([t["thread"] for t in threads], [0, 1])
        for thread in threads:
            self.assertRegex(thread["cpus"], r"^\d+([-,]\d+)*$")

    def test_a_report_that_cannot_be_written_is_an_error(self):
        done = run(driver("serial"), *SMALL, "--report", f"{self.folder}/missing/record.jsonl")
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

    def test_all_kernels_are_listed(self):
        for program, _, _ in programs():
            with self.subTest(program=program.name):
                listed = json.loads(run(program, "--describe").stdout)
                self.assertEqual(set(listed), {"implementation", "model", "kernels"})
                for kernel in listed["kernels"].values():
                    self.assertEqual(set(kernel), {"summary", "size_parameter", "modes", "params"})
                    self.assertIn("data", kernel["modes"])
                    self.assertIn(kernel["size_parameter"], [p["name"] for p in kernel["params"]])
                    for param in kernel["params"]:
                        is_choice = param["type"] == "choice"
                        self.assertIn(param["type"], ("count", "number", "bool", "text", "choice"))
                        self.assertEqual(set(param) - {"choices"}, {"name", "type", "default", "help"})
                        self.assertEqual("choices" in param, is_choice, param)
                        self.assertTrue(not is_choice or param["default"] in param["choices"])
        for model in MODELS:
            self.assertEqual(json.loads(run(driver(model), "--describe").stdout)["model"], model)

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
            ("no kernel 'unknown_kernel'", ["unknown_kernel", "--size", "3"]),
            ("--nothing", ["calibration", "--nothing"]),
            ("negative", ["calibration", "--operations", "-3"]),
            ("not a whole number", ["calibration", "--operations", "1.5"]),
            ("too large", ["calibration", "--operations", "1e30"]),
            ("not a number", ["calibration", "--operations", "many"]),
            ("outside [0, 1)", ["calibration", "--serial-fraction", "1.5"]),
            ("choose one of", ["calibration", "--schedule", "magic"]),
            ("choose one of", ["calibration", "--isa", "magic"]),
            ("--l1-bytes 1 is too small", ["prime_sieve", "--limit", "1e6", "--l1-bytes", "1"]),
            ("--l2-bytes 16383 is too small", ["prime_sieve", "--l2-bytes", "16383"]),
            ("one thread per process", ["calibration", "--threads", "2"]),
            ("nothing is distributed", ["calibration", "--distribution", "dynamic"]),
            ("nothing is distributed", ["calibration", "--rank-chunk", "3"]),
            ("nothing is distributed", ["calibration", "--overlap"]),
            ("nothing is dealt to threads", ["calibration", "--schedule", "guided"]),
            ("nothing is dealt to threads", ["calibration", "--schedule", "static"]),
            ("nothing is dealt to threads", ["calibration", "--chunk", "7"]),
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
        self.expect(1, "--input", *SMALL, "--data", "file", model="mpi")
        self.expect(1, "--rank-chunk", *SMALL, "--rank-chunk", "3", model="mpi", ranks=2)
        self.expect(1, "--rank-chunk", "matrix_mean", "--data", "scatter", "--rank-chunk", "3",
                    "--rows", "100", "--cols", "100", model="mpi", ranks=2)
        self.expect(1, "scalelaw-hybrid", *SMALL, "--schedule", "guided", model="mpi")
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
            size = 200 << 20
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
        if "mpi" not in MODELS:
            self.skipTest("no mpirun")
        for model in ("serial", "openmp"):
            self.assertEqual(self.warnings(model, ranks=2), 1)
            self.assertEqual(self.warnings(model, ranks=1), 0, "as a harness may start it")
            self.assertEqual(self.warnings(model), 0)
        for model in ("mpi", "hybrid"):
            self.assertEqual(self.warnings(model, ranks=2), 0)

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


class Pipeline(unittest.TestCase):
    """image_compression --mode pipeline: a folder in, a folder out."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.photos = self.folder / "photos"
        self.photos.mkdir()
        for i in range(7):
            width, height = 40 + 31 * i, 90 - 11 * i
            pixels = bytes((x * 7 + y * (i + 3)) % 256 for y in range(height)
                           for x in range(3 * width))
            header = f"P6 {width} {height} 255\n".encode()
            (self.photos / f"photo{i}.ppm").write_bytes(header + pixels)

    def compress(self, model, *options, ranks=None):
        return run(driver(model), "image_compression", "--input", self.photos, "--warmups", 0,
                   "--samples", 1, *options, ranks=ranks)

    def files(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_every_model_writes_the_files_of_mode_data(self):
        done = self.compress("serial", "--output-dir", self.folder / "data")
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = self.files(self.folder / "data")
        self.assertEqual(len(expected), 7)
        for model in MODELS:
            for ranks in (None, 2, 3) if model in ("mpi", "hybrid") else (None,):
                out = self.folder / f"{model}{ranks}"
                report = self.folder / f"{model}{ranks}.jsonl"
                done = self.compress(model, "--mode", "pipeline", "--output-dir", out, "--report",
                                     report, ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.files(out), expected, model)
                self.assertIn("overlap", done.stdout)
                header, sample, end = map(json.loads, report.read_text().splitlines())
                self.assertEqual(header["mode"], "pipeline")
                self.assertEqual([one["stage"] for one in sample["stages"]],
                                 ["read", "decode", "compress", "write"])
                self.assertGreater(min(one["busy_s"] for one in sample["stages"]), 0)
                self.assertEqual(sample["facts"]["images"], "7")
                self.assertTrue(end["verified"])

    def test_has_the_digest_of_mode_data(self):
        digests = []
        for mode in ("data", "pipeline"):
            report = self.folder / f"{mode}.jsonl"
            self.compress("serial", "--mode", mode, "--output-dir", self.folder / "out",
                          "--report", report)
            digests.append(json.loads(report.read_text().splitlines()[1])["facts"]["digest"])
        self.assertEqual(digests[0], digests[1])

    def test_names_a_file_that_turns_out_damaged(self):
        done = self.compress("serial", "--output-dir", self.folder / "good")
        bad = self.photos / "photo9.jpg"
        bad.write_bytes((self.folder / "good" / "photo6.jpg").read_bytes()[:-40])
        for model in MODELS:
            ranks = 2 if model in ("mpi", "hybrid") else None
            done = self.compress(model, "--mode", "pipeline", "--output-dir",
                                 self.folder / "out", ranks=ranks)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("photo9.jpg", done.stderr)
            self.assertIn("hint:", done.stderr)

    def test_a_rank_that_fails_while_others_send_ends_the_launch(self):
        self.compress("serial", "--output-dir", self.folder / "good")
        bad = self.photos / "photo9.jpg"
        bad.write_bytes((self.folder / "good" / "photo6.jpg").read_bytes()[:-40])
        for model in (m for m in MODELS if m in ("mpi", "hybrid")):
            done = self.compress(model, "--data", "file", "--distribution", "dynamic",
                                 "--rank-chunk", 1, ranks=3)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("photo9.jpg", done.stderr)

    def test_names_a_file_that_is_no_image(self):
        (self.photos / "notes.txt").write_text("not an image\n")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", self.folder / "out")
        self.assertEqual(done.returncode, 1)
        self.assertIn("notes.txt", done.stderr)

    def test_skips_hidden_files(self):
        (self.photos / ".DS_Store").write_text("a file manager's")
        (self.photos / ".photo.ppm").write_bytes((self.photos / "photo0.ppm").read_bytes())
        (self.photos / ".cache").mkdir()
        for mode in ("data", "pipeline"):
            done = self.compress("serial", "--mode", mode, "--output-dir", self.folder / mode)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(self.files(self.folder / mode)),
                             [f"photo{i}.jpg" for i in range(7)])
        for path in self.photos.glob("photo*"):
            path.unlink()
        done = self.compress("serial")
        self.assertEqual(done.returncode, 1)
        self.assertIn("hidden", done.stderr)
        self.assertIn("hint:", done.stderr)

    def test_names_all_that_is_no_image(self):
        (self.photos / "Thumbs.db").write_text("thumbnails")
        (self.photos / "more").mkdir()
        for i in range(3):
            (self.photos / f"notes{i}.txt").write_text("not an image\n")
        done = self.compress("serial")
        self.assertEqual(done.returncode, 1)
        for part in ("5 entries", "Thumbs.db: not a PNG", "more: a folder", "notes0.txt",
                     "notes2.txt", "hint:"):
            self.assertIn(part, done.stderr)
        for i in range(3, 20):
            (self.photos / f"notes{i:02}.txt").write_text("not an image\n")
        done = self.compress("serial")
        self.assertIn("22 entries", done.stderr)
        self.assertIn("and 12 more", done.stderr)
        self.assertEqual(done.stderr.count("\n    "), 11, done.stderr)

    def test_refuses_what_it_cannot_write(self):
        blocked = self.folder / "file"
        blocked.write_text("in the way")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", blocked)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(blocked), done.stderr)

    def test_fails_on_an_output_that_cannot_be_replaced(self):
        out = self.folder / "out"
        (out / "photo3.jpg").mkdir(parents=True)  # a folder where a file must go
        (out / "photo3.jpg" / "full").write_text("")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", out)
        self.assertEqual(done.returncode, 1)
        self.assertIn("photo3.jpg", done.stderr)

    def test_never_overwrites_its_input(self):
        done = self.compress("serial", "--output-dir", self.folder / "made")
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = self.folder / "made"  # of .jpg files
        before = self.files(folder)
        link = self.folder / "link"
        link.symlink_to(folder)
        linked = self.folder / "linked"  # another folder, whose file is the input's by a link
        linked.mkdir()
        (linked / "photo0.jpg").symlink_to(folder / "photo0.jpg")
        hard = self.folder / "hard"
        hard.mkdir()
        (hard / "photo3.jpg").hardlink_to(folder / "photo3.jpg")
        cases = [(folder, linked), (folder, hard), (folder / "photo0.jpg", folder),
                 (folder / "photo0.jpg", link), (linked, folder)]
        for model in MODELS:
            ranks = 2 if model in ("mpi", "hybrid") else None
            for source, target in cases if ranks is None else cases[:1]:
                for mode in ("data", "pipeline"):
                    with self.subTest(model=model, mode=mode, source=source, target=target):
                        done = run(driver(model), "image_compression", "--mode", mode, "--input",
                                   source, "--output-dir", target, ranks=ranks)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertRegex(done.stderr, r"overwrite the input '.*photo\d.jpg'")
                        self.assertIn("hint: choose another --output-dir", done.stderr)
                        self.assertEqual(self.files(folder), before)

    def test_never_overwrites_an_input_with_an_unfinished_file(self):
        folder = self.folder / "photos"
        (folder / "photo0.ppm").rename(folder / "photo0.jpg.part")
        before = self.files(folder)
        done = run(driver("serial"), "image_compression", "--input", folder / "photo0.jpg.part",
                   "--output-dir", folder)  # becomes photo0.jpg.jpg
        self.assertEqual(done.returncode, 0, done.stderr)
        (folder / "photo0.jpg.jpg").unlink()
        (folder / "photo0.ppm").symlink_to(folder / "photo0.jpg.part")
        done = run(driver("serial"), "image_compression", "--input", folder / "photo0.ppm",
                   "--output-dir", folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("photo0.jpg.part' would overwrite", done.stderr)
        (folder / "photo0.ppm").unlink()
        self.assertEqual(self.files(folder), before)

    def expect_failed_writing(self, done, out, name):
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(name, done.stderr)
        self.assertEqual(done.stderr.count("hint:"), 1, done.stderr)
        self.assertNotIn("result", done.stdout, "a summary of what failed")
        self.assertEqual([p.name for p in out.iterdir() if p.suffix == ".part"], [])

    def test_a_full_disk_is_a_failure_while_running(self):
        for model in MODELS:
            ranks = 2 if model in ("mpi", "hybrid") else None
            for mode in ("data", "pipeline"):
                out = self.folder / f"{model}-{mode}"
                out.mkdir()
                (out / "photo3.jpg.part").symlink_to("/dev/full")
                report = self.folder / "record.jsonl"
                done = self.compress(model, "--mode", mode, "--output-dir", out, "--report",
                                     report, ranks=ranks)
                with self.subTest(model=model, mode=mode):
                    self.expect_failed_writing(done, out, "photo3.jpg' cannot be written: No space")
                    self.assertFalse((out / "photo3.jpg").exists())
                    self.assertNotIn('"record":"end"', report.read_text())
        out = self.folder / "generated"
        out.mkdir()
        (out / "image_000001.jpg.part").symlink_to("/dev/full")
        done = run(driver("serial"), "image_compression", "--images", 2, "--width", 64, "--height",
                   64, "--output-dir", out)
        self.expect_failed_writing(done, out, "image_000001.jpg")

    def test_a_file_that_grows_too_large_is_a_failure_while_running(self):
        for mode in ("data", "pipeline"):
            out = self.folder / mode
            done = run(driver("serial"), "image_compression", "--mode", mode, "--input",
                       self.photos, "--output-dir", out,
                       restore_signals=False,  # SIGXFSZ stays ignored
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)))
            self.expect_failed_writing(done, out, "File too large")

    def test_refuses_options_without_a_meaning_and_says_what_to_do(self):
        for options, remedy in ((["--mode", "pipeline"], "--output-dir"),
                                (["--mode", "pipeline", "--output-dir", self.folder / "o",
                                  "--diagnostics", 1], "--diagnostics"),
                                (["--mode", "pipeline", "--output-dir", self.folder / "o",
                                  "--schedule", "guided"], "--schedule")):
            done = self.compress("serial", *options)
            self.assertEqual(done.returncode, 1)
            self.assertIn(remedy, done.stderr)
        done = self.compress("serial", "--mode", "pipeline", "--describe")
        self.assertEqual(done.returncode, 1, "described before it is known where to write")
        self.assertIn("--output-dir", done.stderr)
        done = run(driver("serial"), "image_compression", "--mode", "pipeline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--input", done.stderr)
        done = run(driver("serial"), *SMALL, "--mode", "pipeline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("leave --mode away", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)

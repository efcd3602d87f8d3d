"""The peers of peers/python: pools and clusters that compute a kernel's tasks.

Usage: test_python_peers.py BIN_FOLDER [--all] [unittest options]

Without --all, the peers by Python's standard library are run, each on one kernel; with it, all that are installed, on
every kernel, and `scalelaw check-driver` with each.
"""
import json
import os
import shutil
import signal
import struct
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
from programs import BIN, driver, environment, run, starts_workers, under_mpirun, words

ALL = "--all" in sys.argv
NAMES = sorted(path.name.removeprefix("scalelaw-peer-") for path in BIN.glob("scalelaw-peer-*") if starts_workers(path))
SAID = {name: run(BIN / f"scalelaw-peer-{name}", "--describe") for name in NAMES}
READY = {name: json.loads(said.stdout) for name, said in SAID.items() if said.returncode == 0}
STANDARD = ("futures-threads", "futures-processes", "pool-map", "pool-imap-unordered", "pool-apply-async",
            "shared-memory", "shared-array")
SMALL = {"prime_sieve": {"limit": 3_000_000, "twins": True}, "dot_product": {"length": 300_000},
         "matrix_mean": {"rows": 300, "cols": 700}, "image_compression": {"images": 3, "width": 100, "height": 70},
         "task_batch": {"tasks": 60, "weights": "linear", "steps": 2000, "chunk": 7}}
PHASES = {"start_up", "first_task", "steady"}
sys.path.insert(0, str(BIN))


def program(name):
    return BIN / f"scalelaw-peer-{name}"


def words_of(kernel):
    return [kernel, *words(SMALL[kernel])]


def kernel_data(kernel, question, given=None):
    return subprocess.run([BIN / "scalelaw_peers/kernel-data", *words_of(kernel), question], input=given,
                          stdin=None if given is not None else subprocess.DEVNULL, capture_output=True, check=False)


def cases():
    """(peer, kernel)"""
    if ALL:
        return [(name, kernel) for name, said in READY.items() for kernel in said["kernels"]]
    kernels = list(SMALL)
    return [(name, kernels[i % len(kernels)]) for i, name in enumerate(STANDARD) if name in READY]


class PythonPeers(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.shared = set(os.listdir("/dev/shm"))

    def command(self, name, *more, threads=2):
        asked = ["--threads", threads] if READY[name]["model"]["threaded"] else []
        return [str(word) for word in (program(name), *more, *asked, "--warmups", 0, "--record",
                                       self.folder / "record.jsonl")]

    def environment(self):
        return environment() | {"TMPDIR": str(self.temporary), "OMP_PROC_BIND": "close"}

    def lines(self):
        text = (self.folder / "record.jsonl").read_text()
        self.assertEqual(conformance.record_faults(text), [])
        return [json.loads(line) for line in text.splitlines()]

    def measured(self, name, kernel, *more):
        command = self.command(name, *words_of(kernel), "--samples", 1, *more)
        if READY[name]["model"]["ranked"]:
            command = under_mpirun(command, 2)
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=300,
                              check=False)
        self.assertEqual(done.returncode, 0, f"{name} {kernel}: {done.stderr}")
        self.assertEqual(done.stderr, "", f"{name} {kernel}")
        return self.lines()

    def left(self):
        """Processes that a driver of this test has started, and files."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                variables = Path(f"/proc/{pid}/environ").read_bytes()
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"TMPDIR={self.temporary}".encode() in variables and int(pid) != os.getpid() and state != "Z":
                found.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
        of_python = ("scalelaw-peer", "sem.mp", "sem.loky", "psm_", "joblib")
        segments = [name for name in set(os.listdir("/dev/shm")) - self.shared if name.startswith(of_python)]
        return found + segments + os.listdir(self.temporary)

    def assert_nothing_is_left(self):
        deadline = time.monotonic() + 20
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.left(), [])

    def test_each_describes_itself_or_says_what_is_missing(self):
        self.assertGreaterEqual(set(NAMES), {*STANDARD, "ray", "dask-array", "dask-delayed", "joblib-loky",
                                             "joblib-threading", "ipyparallel", "dispy", "mpi4py", "mpi4py-futures",
                                             "cupy"})
        self.assertGreaterEqual(set(READY), set(STANDARD), [SAID[name].stderr for name in STANDARD])
        for name, said in SAID.items():
            with self.subTest(peer=name):
                if name in READY:
                    self.assertEqual(conformance.catalogue_faults(READY[name], program(name).name), [])
                else:
                    self.assertEqual(said.returncode, 1)
                    self.assertRegex(said.stderr, rf"^{program(name).name}: .+\n  hint: .+")

    def test_parameters_are_those_of_the_kernels(self):
        own = json.loads(run(driver("serial"), "--describe").stdout)["kernels"]
        for name, said in READY.items():
            for kernel, described in said["kernels"].items():
                with self.subTest(peer=name, kernel=kernel):
                    self.assertEqual([(param["name"], param["type"] == "count", param["default"])
                                      for param in described["params"]],
                                     [(param["name"], param["type"] == "count", param["default"])
                                      for param in own[kernel]["params"]])

    def test_every_kind_of_task_has_the_facts_of_the_kernel(self):
        given = {"tasks": 20, "weights": "power_law", "steps": 500, "bytes": 30_000, "latency_us": 100,
                 "working_set": 50_000, "chunk": 3, "reading": "dropped"}  # where a file system has no O_DIRECT
        for name, kinds in (("futures-threads", ("memory", "disk", "network")), ("pool-map", ("wait", "disk", "network"))):
            for kind in kinds:
                with self.subTest(peer=name, kind=kind):
                    said = ["task_batch", *words(given | {"kind": kind}), "--warmups", 0, "--samples", 1, "--record"]
                    self.assertEqual(run(program(name), *said, self.folder / "peer.jsonl", "--threads", 2).returncode, 0)
                    self.assertEqual(run(driver("serial"), *said, self.folder / "own.jsonl").returncode, 0)
                    peer, own = ([json.loads(line) for line in (self.folder / f"{one}.jsonl").read_text().splitlines()]
                                 for one in ("peer", "own"))
                    self.assertTrue(peer[-1]["verified"])
                    self.assertEqual(peer[1]["facts"], own[1]["facts"])
                    self.assert_nothing_is_left()

    def test_facts_are_those_of_the_kernel(self):
        for name, kernel in cases():
            with self.subTest(peer=name, kernel=kernel):
                header, sample, end = self.measured(name, kernel)
                self.assertTrue(end["verified"])
                self.assertEqual(header["agreement"], "kernel")
                run(driver("serial"), *words_of(kernel), "--samples", 1, "--record", self.folder / "own.jsonl")
                own = json.loads((self.folder / "own.jsonl").read_text().splitlines()[1])["facts"]
                self.assertEqual(set(sample["facts"]), set(own))
                for fact, text in own.items():
                    if header["tolerance"] == 0:
                        self.assertEqual(sample["facts"][fact], text)
                    else:
                        self.assertAlmostEqual(float(sample["facts"][fact]), float(text),
                                               delta=header["tolerance"] * float(text))
                self.assert_nothing_is_left()

    def test_phases_are_apart_and_workers_prove_their_cores(self):
        for name, kernel in cases() if ALL else cases()[:2]:
            with self.subTest(peer=name, kernel=kernel):
                header, sample, _ = self.measured(name, kernel)
                self.assertGreaterEqual({phase["name"] for phase in header["phases"]}, PHASES)
                self.assertGreater(sample["ranks"][0]["phases_s"]["first_task"], 0)
                masks = [thread["cpus"] for rank in header["ranks"] for thread in rank["threads"]]
                self.assertEqual(len(masks), 1 if READY[name]["model"]["device"] else 2)
                if len(os.sched_getaffinity(0)) > 1 and not READY[name]["model"]["ranked"]:
                    self.assertEqual(len(set(masks)), 2, "each worker has a core of its own")

    def test_each_chunk_size_and_each_pool_give_the_same(self):
        for name in ["pool-apply-async", *(["ray", "dask-array"] if ALL else [])]:
            if name not in READY:
                continue
            facts = []
            for more in (["--chunk", 1], ["--chunk", 3, "--pool", "kept", "--samples", 2]):
                lines = self.measured(name, "dot_product", *more)
                facts += [line["facts"]["sum"] for line in lines[1:-1]]
            with self.subTest(peer=name):
                self.assertEqual(len(set(facts)), 1)

    def forks(self, pool, samples):
        """How many processes a peer whose workers are forked starts."""
        (self.folder / "sitecustomize.py").write_text(
            "import os\n"
            f"os.register_at_fork(after_in_child=lambda: open({str(self.folder / 'forks')!r}, 'a').write('x'))\n")
        (self.folder / "forks").unlink(missing_ok=True)
        words = self.command("pool-apply-async", *words_of("dot_product"), "--pool", pool, "--samples", samples)
        subprocess.run(words, env=self.environment() | {"PYTHONPATH": str(self.folder)}, check=True, timeout=300,
                       stdout=subprocess.DEVNULL)
        return len((self.folder / "forks").read_text())

    def test_a_kept_pool_starts_its_workers_once(self):
        self.assertEqual(self.forks("kept", 3), self.forks("kept", 1))
        self.assertGreater(self.forks("fresh", 3), self.forks("fresh", 1))

    def test_nothing_is_left_whatever_happens(self):
        names = ["pool-map", "shared-memory"] + [name for name in READY if ALL and not READY[name]["model"]["ranked"]]
        for name in dict.fromkeys(names):
            for number in (signal.SIGTERM, signal.SIGKILL):
                with self.subTest(peer=name, signal=number):
                    self.end_during(name, number)

    def end_during(self, name, number):
        command = self.command(name, *words_of("dot_product"), "--samples", 1_000_000, "--pool", "kept")
        (self.folder / "record.jsonl").unlink(missing_ok=True)
        with subprocess.Popen(command, env=self.environment(), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 300
            while not self.has_a_line() and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.01)
            self.assertIsNone(process.poll())
            self.assertTrue(self.left(), "workers and a folder are there")
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=20), -number)
        self.assert_nothing_is_left()

    def has_a_line(self):
        path = self.folder / "record.jsonl"
        return path.exists() and "\n" in path.read_text()

    def test_nothing_is_left_after_a_failure(self):
        done = subprocess.run(self.command("pool-map", *words_of("dot_product"), "--samples", 1, "--batch", 1)[:-1]
                              + ["/dev/full"], env=self.environment(), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("hint:", done.stderr)
        self.assert_nothing_is_left()

    def test_passes_leave_no_file_open(self):
        done = subprocess.run(["bash", "-c", 'ulimit -n 100; exec "$@"', "bash",
                               *self.command("futures-threads", *words_of("dot_product"), "--pool", "fresh",
                                             "--samples", 1, "--batch", 120)],
                              env=self.environment(), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_wrong_result_is_found(self):
        wrong = {"prime_sieve": struct.pack("=qQq", 1, 2, 3), "dot_product": struct.pack("=d", 5.0),
                 "matrix_mean": bytes(8 * (300 + 700 + 1)),
                 "image_compression": b"".join(struct.pack("=q", 2) + b"\xff\xd8" for _ in range(3))}
        for kernel, result in wrong.items():
            with self.subTest(kernel=kernel):
                done = kernel_data(kernel, "judge", result)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotEqual(json.loads(done.stdout)["fault"], "")
                self.assertEqual(kernel_data(kernel, "judge", result[:-1]).returncode, 1)

    def test_a_blas_on_several_threads_is_refused(self):
        from scalelaw_driver import RunFailure
        from scalelaw_peers.pools import PoolPass
        one_pass = PoolPass()
        asked = type("Run", (), {"threads": 2})
        for pools, right in (({"openblas": 1}, True), ({"openblas": 2}, False)):
            one_pass.reports = {0: {"pools": {"openblas": 1}}, 1: {"pools": pools}}
            if right:
                one_pass.check_workers(asked)
            else:
                self.assertRaisesRegex(RunFailure, "openblas computes on 2 threads in worker 1", one_pass.check_workers,
                                       asked)

    def test_what_a_peer_cannot_do_is_refused(self):
        for more in (["dot_product", "--input", "x.h5:/x,/y"], ["prime_sieve", "--limit", "1e15"],
                     ["prime_sieve", "--l1-bytes", "32768"], ["image_compression", "--spread", "2"],
                     ["dot_product", "--accuracy", "dot2"]):
            with self.subTest(words=more):
                done = run(program("pool-map"), *more, "--describe")
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, r"^scalelaw-peer-pool-map: .+\n  hint: .+")

    def test_a_campaign_sweeps_chunks_and_compares_facts(self):
        config = self.folder / "c.toml"
        config.write_text('[campaign]\nname = "c"\n[measuring]\nsamples = 1\nwarmups = 0\ndiagnostics = 0\n'
                          'launches_min = 1\nlaunches_max = 1\nceilings = false\n[measuring.gate]\nenabled = false\n'
                          '[[experiment]]\nkernel = "dot_product"\nmodels = ["openmp"]\nsize = 200000\nthreads = 2\n'
                          'peers = ["futures-threads", "cupy"]\npeer_options = { chunk = [1, 0] }\n'
                          'oversubscribe = true\n')
        file = self.folder / "c.h5"
        done = run(BIN / "scalelaw", "run", config, "-o", file, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        series = json.loads(run(BIN / "scalelaw", "report", file, "--format", "json").stdout)["series"]
        points = [one | point for one in series for point in one["points"]]
        chunks = [point["options"].get("chunk") for point in points
                  if point["implementation"] == "futures-threads" and point["state"] != "skipped"]
        self.assertEqual(sorted(map(str, chunks)), ["1", "None"])
        if "cupy" not in READY:
            cupy = next(point for point in points if point["implementation"] == "cupy")
            self.assertEqual(cupy["state"], "skipped")
            self.assertIn("device", cupy["reason"])

    @unittest.skipUnless(ALL, "minutes")
    def test_check_driver_passes_each(self):
        for name in READY:
            with self.subTest(peer=name):
                done = run(BIN / "scalelaw", "check-driver", program(name), timeout=3000)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_check_driver_passes_a_pool(self):
        done = run(BIN / "scalelaw", "check-driver", program("futures-threads"), "dot_product", timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *(word for word in sys.argv[2:] if word != "--all")], verbosity=1)

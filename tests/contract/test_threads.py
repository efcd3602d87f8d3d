"""As many threads as asked for, or an error that says why there are fewer.

Usage: test_threads.py BIN_FOLDER [unittest options]
"""

import json
import os
import resource
import sys
import tempfile
import unittest
from pathlib import Path

from programs import BIN, DRIVERS, MODELS, PEERS, driver, peer, run, small_kernel, words

ONCE = ["--warmups", 0, "--samples", 1, "--batch", 1]
OTHER_RUNTIMES = sorted(Path("/usr/lib").glob("llvm-*/lib/libomp.so.5"))[:1]


@unittest.skipUnless("openmp" in MODELS, "no OpenMP driver")
class Threads(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.record_path = self.folder / "record.jsonl"

    def expect_refused(self, remedy, *arguments, variables, ranks=None):
        done = run(*arguments, *ONCE, variables=variables, ranks=ranks)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("OpenMP started 1 thread, not the 2 requested", done.stderr)
        self.assertIn(f"hint: {remedy}", done.stderr)
        self.assertNotIn("verified", done.stdout)
        return done

    def threads_of_record(self):
        header = json.loads(self.record_path.read_text().splitlines()[0])
        threads = [thread for rank in header["ranks"] for thread in rank["threads"]]
        for thread in threads:
            self.assertEqual(set(thread), {"thread", "cpus", "last_cpu"}, "no thread is null")
        return header["placement"]["threads"], len(threads)

    def test_a_limit_below_what_is_asked_for_is_an_error(self):
        openmp = DRIVERS["openmp"]
        for kernel in openmp.kernels:
            for options in openmp.option_sets(kernel):
                with self.subTest(kernel=kernel, options=options):
                    self.expect_refused("OMP_THREAD_LIMIT=1 allows no more: unset it, or use --threads 1",
                                        openmp.path, kernel, *words(openmp.small(kernel, 1)), *words(options),
                                        "--threads", 2, variables={"OMP_THREAD_LIMIT": "1"})

    def test_of_a_folder_of_images_too(self):
        photos = self.folder / "photos"
        photos.mkdir()
        for i in range(3):
            (photos / f"{i}.pgm").write_bytes(b"P5 40 30 255\n" + bytes(range(240)) * 5)
        for mode in (["--schedule", "static"], ["--mode", "pipeline"]):
            with self.subTest(mode=mode):
                self.expect_refused("OMP_THREAD_LIMIT=1", driver("openmp"), "image_compression",
                                    "--input", photos, "--output-dir", self.folder / "out", *mode,
                                    "--threads", 2, variables={"OMP_THREAD_LIMIT": "1"})

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "one core holds one bound thread")
    def test_threads_of_drivers_and_peers_have_a_core_each(self):
        """Bound as the harness binds them.  A driver that starts itself anew must not keep the binding of its first
        thread."""
        bound = {"OMP_NUM_THREADS": "2", "OMP_PLACES": "cores", "OMP_PROC_BIND": "close"}
        programs = [DRIVERS["openmp"].path, *(peer(name) for name in PEERS if not name.startswith("numpy"))]
        for program in programs:
            name = program.name.removeprefix("scalelaw-peer-")
            arguments = small_kernel(name if name in PEERS else None)
            with self.subTest(program=program.name):
                done = run(program, *arguments, *ONCE, "--threads", 2, "--record", self.record_path, variables=bound)
                self.assertEqual(done.returncode, 0, done.stderr)
                header = json.loads(self.record_path.read_text().splitlines()[0])
                cores = [thread["cpus"] for thread in header["ranks"][0]["threads"]]
                self.assertEqual(len(set(cores)), 2, cores)

    def test_every_variable_at_fault_is_named(self):
        for variable, value in (("OMP_THREAD_LIMIT", "1"), ("OMP_MAX_ACTIVE_LEVELS", "0")):
            self.expect_refused(f"{variable}={value}", driver("openmp"), "calibration", "--operations",
                                "1e4", "--threads", 2, variables={variable: value})

    def test_of_every_peer(self):
        for name in PEERS:
            if name.startswith("numpy"):
                continue
            program, arguments = peer(name), small_kernel(name)
            with self.subTest(program=name):
                if name == "stdpar":  # whose threads are not OpenMP's
                    done = run(program, *arguments, *ONCE, "--threads", 5, "--record", self.record_path,
                               variables={"OMP_THREAD_LIMIT": "1"})
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(self.threads_of_record(), (5, 5))
                    continue
                self.expect_refused("OMP_THREAD_LIMIT=1", program, *arguments, "--threads", 2,
                                    variables={"OMP_THREAD_LIMIT": "1"})

    @unittest.skipUnless("numpy" in PEERS, "NumPy's peer is not built")
    def test_numpys_library_has_one_whatever_is_asked_for(self):
        for program in ("numpy", "numpy-gemv-rows"):
            done = run(peer(program), "matrix_mean", "--rows", 600, "--cols", 600,
                       "--record", self.record_path, variables={"OPENBLAS_NUM_THREADS": "4",
                                                           "OMP_NUM_THREADS": "4"})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.threads_of_record(), (1, 1))

    def test_by_default_the_limit_counts(self):
        for variables, expected in (({"OMP_NUM_THREADS": "2", "OMP_THREAD_LIMIT": "1"}, 1),
                                    ({"OMP_NUM_THREADS": "3", "OMP_THREAD_LIMIT": "2"}, 2),
                                    ({"OMP_NUM_THREADS": "2", "OMP_MAX_ACTIVE_LEVELS": "0"}, 1),
                                    ({"OMP_NUM_THREADS": "2,1", "OMP_NESTED": "true"}, 2),
                                    ({"OMP_NUM_THREADS": "2"}, 2)):
            with self.subTest(variables=variables):
                done = run(driver("openmp"), "calibration", "--operations", "1e4", *ONCE, "--record",
                           self.record_path, variables=variables)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.threads_of_record(), (expected, expected))

    @unittest.skipUnless(os.geteuid() == 0, "nobody else to be")
    def test_threads_that_the_system_refuses(self):
        self.folder.chmod(0o777)
        (self.folder / "a.pgm").write_bytes(b"P5 40 30 255\n" + bytes(1200))
        words = [[driver("serial"), "image_compression", "--mode", "pipeline", "--input", self.folder / "a.pgm",
                  "--output-dir", self.folder / "out"]]
        if "stdpar" in PEERS:
            words.append([peer("stdpar"), "dot_product", "--length", 1000, "--threads", 3])
        for command in words:
            with self.subTest(command=command):
                done = run(*command, user=65534,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, "the system (cannot start more threads|started 1 threads?, not the 3)")
                self.assertIn("ulimit -u", done.stderr)

    def test_a_dynamic_team_is_as_large_as_asked_for(self):
        done = run(driver("openmp"), "dot_product", "--length", "1e4", "--threads", 3, *ONCE, "--record",
                   self.record_path, variables={"OMP_DYNAMIC": "true", "OMP_NUM_THREADS": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.threads_of_record(), (3, 3))

    @unittest.skipUnless(OTHER_RUNTIMES, "no libomp")
    def test_of_another_openmp_library(self):
        other = {"LD_PRELOAD": str(OTHER_RUNTIMES[0])}
        words = [driver("openmp"), "dot_product", "--length", "1e4", "--threads", 2]
        done = run(*words, *ONCE, "--record", self.record_path, variables=other)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.threads_of_record(), (2, 2))
        for variable in ("OMP_THREAD_LIMIT", "KMP_DEVICE_THREAD_LIMIT"):
            self.expect_refused(f"{variable}=1", *words, variables=other | {variable: "1"})

    @unittest.skipUnless("hybrid" in MODELS, "no hybrid driver")
    def test_of_several_ranks_with_one_message(self):
        words = [driver("hybrid"), "dot_product", "--length", "1e4", "--threads", 2]
        done = self.expect_refused("OMP_THREAD_LIMIT=1", *words, ranks=3,
                                   variables={"OMP_THREAD_LIMIT": "1"})
        self.assertEqual(done.stderr.count("scalelaw-hybrid:"), 1, done.stderr)
        done = self.expect_refused("OMP_THREAD_LIMIT=1", *words, *ONCE, ":", "-np", 1, "env",
                                   "OMP_THREAD_LIMIT=1", *words, ranks=2, variables={})
        self.assertEqual(done.stderr.count("scalelaw-hybrid:"), 1, done.stderr)

    def test_of_a_campaign_says_why(self):
        config = self.folder / "c.toml"
        config.write_text('[campaign]\nname = "c"\n[measuring]\nsamples = 1\nlaunches_min = 1\nlaunches_max = 1\nceilings = false\n'
                          '[measuring.gate]\nenabled = false\n[machine]\ncores = 2\n[[experiment]]\n'
                          'kernel = "calibration"\nsize = 1e4\nmodels = "openmp"\nthreads = [2]\n')
        done = run(BIN / "scalelaw", "run", config, "-o", self.folder / "out.h5",
                   variables={"OMP_THREAD_LIMIT": "1"})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("OpenMP started 1 thread, not the 2 requested", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

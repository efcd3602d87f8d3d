"""Results of the memory-bound kernels have the same bits in every model, placement and instruction set.

Usage: test_same_bits.py BIN_FOLDER [unittest options]
"""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import programs

SHAPES = {"one row": (1, 150_001), "one column": (150_001, 1), "flat": (8, 40_003),
          "tall": (40_003, 8), "square": (700, 2_500)}


def placements():
    """(model, ranks, threads) of each model that was built."""
    every = [("serial", 1, 1), *[("openmp", 1, t) for t in (1, 2, 3, 4)],
             *[("mpi", n, 1) for n in (1, 2, 3, 4)], ("hybrid", 2, 2)]
    return [p for p in every if p[0] in programs.MODELS]


def instruction_sets():
    """Those that the processor and the build have, by asking for each."""
    def works(isa):
        return run("serial", 1, 1, "dot_product", "--length", 1, "--isa", isa).returncode == 0
    return [isa for isa in ("scalar", "neon", "avx2", "avx512") if works(isa)]


def run(model, ranks, threads, *arguments):
    command = [programs.driver(model), *arguments, "--warmups", 0, "--samples", 1, "--batch", 1]
    if model in ("openmp", "hybrid"):
        command += ["--threads", threads]
    return programs.run(*command, ranks=ranks if model in ("mpi", "hybrid") else None, timeout=120,
                        variables={"OMP_WAIT_POLICY": "passive"})


class SameBits(unittest.TestCase):
    def facts(self, model, ranks, threads, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "record.jsonl"
            done = run(model, ranks, threads, *arguments, "--report", report)
            self.assertEqual(done.returncode, 0, done.stderr)
            header, sample, _ = map(json.loads, report.read_text().splitlines())
        self.assertEqual(header["placement"]["ranks"], ranks)
        self.assertEqual(header["placement"]["threads"], threads)
        return sample["facts"]

    def expect_same(self, *arguments):
        isas = instruction_sets()
        self.assertIn("scalar", isas)
        expected = self.facts("serial", 1, 1, *arguments)
        self.assertGreater(len(expected), 0)
        for isa in isas:
            with self.subTest(arguments=arguments, isa=isa):
                self.assertEqual(self.facts("serial", 1, 1, *arguments, "--isa", isa), expected)
        for place in placements():
            with self.subTest(arguments=arguments, place=place):
                self.assertEqual(self.facts(*place, *arguments), expected)

    def test_of_the_means_of_every_shape(self):
        for rows, columns in SHAPES.values():
            for type_ in ("f64", "f32"):
                self.expect_same("matrix_mean", "--rows", rows, "--cols", columns, "--type", type_)

    def test_of_the_dot_product(self):
        for type_ in ("f64", "f32"):
            for accuracy in ("standard", "dot2"):
                self.expect_same("dot_product", "--length", 100_003, "--type", type_,
                                 "--accuracy", accuracy)

    def test_and_another_input_has_others(self):
        arguments = ("matrix_mean", "--rows", 300, "--cols", 300)
        self.assertNotEqual(self.facts("serial", 1, 1, *arguments),
                            self.facts("serial", 1, 1, *arguments, "--seed", 2))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

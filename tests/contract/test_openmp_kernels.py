"""Every kernel of the OpenMP driver, with each variant and each option, on three threads: for builds with a sanitizer,
which end a program that has a fault with an exit status of its own.

Usage: test_openmp_kernels.py FOLDER_OF_PROGRAMS
"""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from described import Driver, environment, words  # noqa: E402

OPENMP = Driver(Path(sys.argv[1]) / "scalelaw-openmp")


class OpenmpKernels(unittest.TestCase):
    def test_each_variant_and_option(self):
        for kernel in OPENMP.kernels:
            variants, options = OPENMP.variants(kernel), OPENMP.option_sets(kernel)
            for params, chosen in [(one, {}) for one in variants] + [(variants[0], one) for one in options[1:]]:
                with self.subTest(kernel=kernel, params=params, options=chosen):
                    done = subprocess.run([OPENMP.path, kernel, *words(params), *words(chosen), "--threads", "3",
                                           "--warmups", "0", "--samples", "2"], capture_output=True, text=True,
                                          timeout=300, env=environment(), check=False)
                    self.assertEqual(done.returncode, 0, done.stderr[-4000:])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])

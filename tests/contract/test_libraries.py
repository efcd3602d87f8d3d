"""Which libraries a driver loads: none from the current folder, and those of files only with a file.

Usage: test_libraries.py BIN_FOLDER [unittest options]
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from image_makers import plain_png
from programs import BIN, MODELS, driver

OF_FILES = ("libjpeg", "libspng", "libz.", "libhdf5")


def looked_for(program, *words, folder):
    """The paths at which the loader looks for libraries while the program runs in the folder."""
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LD_DEBUG": "libs"})
    if done.returncode != 0:
        raise AssertionError(done.stderr[-2000:])
    return re.findall(r"trying file=(\S+)", done.stderr)


def in_current_folder(paths):
    return [path for path in paths if not path.startswith("/")]


def of_files(paths):
    return [path for path in paths if Path(path).name.startswith(OF_FILES)]


class Libraries(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_no_program_looks_for_libraries_in_the_current_folder(self):
        for program in [BIN / "scalelaw", *map(driver, MODELS)]:
            with self.subTest(program=program.name):
                self.assertEqual(in_current_folder(looked_for(program, "--version", folder=self.folder)), [])

    def test_a_run_path_with_an_empty_part_would_be_noticed(self):
        done = subprocess.run([driver("serial"), "--version"], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "LD_DEBUG": "libs", "LD_LIBRARY_PATH": "/nowhere:"}, timeout=60)
        self.assertNotEqual(in_current_folder(re.findall(r"trying file=(\S+)", done.stderr)), [])

    def test_libraries_of_files_are_loaded_with_a_file(self):
        small = ["--samples", "1", "--warmups", "0"]
        paths = looked_for(driver("serial"), "prime_sieve", "--limit", "1000", *small, folder=self.folder)
        self.assertEqual(of_files(paths), [])
        (self.folder / "a.png").write_bytes(plain_png(16, 16))
        paths = looked_for(driver("serial"), "image_compression", "--input", "a.png", *small, folder=self.folder)
        self.assertNotEqual(of_files(paths), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

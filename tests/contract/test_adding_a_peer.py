"""docs/adding-a-peer.md: its peer, configured as the build would, checked and compared with the kernel beside it.

Usage: test_adding_a_peer.py BIN_FOLDER SOURCE_FOLDER [unittest options]
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from programs import BIN, driver, run

SOURCES = Path(sys.argv[2]).resolve()
TEXT = (SOURCES / "docs/adding-a-peer.md").read_text()

# The part of the build that a folder of peers/ sees, without compilers.
PROJECT = f"""cmake_minimum_required(VERSION 3.25)
project(peers LANGUAGES NONE)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${{PROJECT_BINARY_DIR}}/bin)
set(PROJECT_SOURCE_DIR {SOURCES})
set(SCALELAW_NUMPY_PYTHON {sys.executable})
include({SOURCES}/cmake/Peers.cmake)
file(GLOB parts ${{CMAKE_CURRENT_LIST_DIR}}/*/peer.cmake)
foreach(part ${{parts}})
  include(${{part}})
endforeach()
"""


class Peer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "python").mkdir()
        for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", TEXT, re.M | re.S):
            (cls.folder / "python" / name).write_text(text)
        (cls.folder / "CMakeLists.txt").write_text(PROJECT)
        subprocess.run(["cmake", "-S", cls.folder, "-B", cls.folder / "build"], check=True, capture_output=True)
        cls.program = cls.folder / "build/bin/scalelaw-peer-python"

    def test_keeps_the_contract(self):
        done = run(BIN / "scalelaw", "check-driver", self.program, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_has_the_parameters_of_the_kernel(self):
        def params(program):
            kernel = json.loads(run(program, "--describe").stdout)["kernels"]["dot_product"]
            return {param["name"]: (param["type"], param["default"]) for param in kernel["params"]}

        self.assertEqual(params(self.program), params(driver("serial")))

    def test_is_named_by_a_config(self):
        bin_folder = self.folder / "bin"
        shutil.copytree(self.program.parent, bin_folder)
        shutil.copy(driver("serial"), bin_folder)
        config = re.search(r"^```toml\n(.*?)^```$", TEXT, re.M | re.S)[1]
        (self.folder / "c.toml").write_text(config)
        done = run(BIN / "scalelaw", "check", self.folder / "c.toml", "--drivers", bin_folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("python", done.stdout)

    def test_links_lead_somewhere(self):
        for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
            self.assertTrue((SOURCES / "docs" / link).exists(), link)
        for path in re.findall(r"`((?:peers|scripts|configs|contract)/[\w./]+)`", TEXT):
            self.assertTrue((SOURCES / path).exists() or "NAME" in path, path)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)

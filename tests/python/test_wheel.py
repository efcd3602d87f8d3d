"""The wheel of the Python package: it has all that the package needs, and works without the checkout."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "results" / "sample.h5"


class VersionTest(unittest.TestCase):
    def test_program_package_and_citation_have_one_version(self):
        program = re.search(r"project\(scalelaw VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        package = tomllib.loads((ROOT / "scripts/pyproject.toml").read_text())["project"]["version"]
        citation = re.search(r"(?m)^version: (\S+)$", (ROOT / "CITATION.cff").read_text())[1]
        self.assertEqual((package, citation), (program, program))
        self.assertIn(f"## [{program}]", (ROOT / "CHANGELOG.md").read_text())


@unittest.skipUnless(importlib.util.find_spec("build"), "this Python has no package build; scripts/setup --with test")
class WheelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        source = cls.folder / "source"
        shutil.copytree(ROOT / "scripts", source, ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", cls.folder, source],
                       check=True, capture_output=True)
        cls.wheel, = cls.folder.glob("scalelaw_results-*.whl")

    def test_it_has_every_file_of_the_package_and_no_other(self):
        package = ROOT / "scripts/scalelaw_results"
        expected = {str(path.relative_to(package.parent)) for path in package.rglob("*")
                    if path.is_file() and "__pycache__" not in path.parts}
        names = {name for name in zipfile.ZipFile(self.wheel).namelist() if ".dist-info/" not in name}
        self.assertEqual(names, expected)

    def test_it_reads_and_draws_without_the_checkout(self):
        place = self.folder / "place"
        zipfile.ZipFile(self.wheel).extractall(place)
        environment = os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        program = f"""
import scalelaw_results, sys
assert scalelaw_results.__file__.startswith({str(place)!r}), scalelaw_results.__file__
print(len(scalelaw_results.scaling(scalelaw_results.load({str(SAMPLE)!r}))))"""
        done = subprocess.run([sys.executable, "-P", "-c", program], env=environment, cwd=self.folder, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(int(done.stdout), 10)


if __name__ == "__main__":
    unittest.main()

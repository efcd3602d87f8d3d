"""The recipes of packaging/ name only options, presets and packages that this tree has.

Usage: test_recipes.py SOURCE_FOLDER [unittest options]
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from recipes import Build, EasyConfig, SpackRecipe, faults

SOURCE = Path(sys.argv[1]).resolve()
BUILD = Build(SOURCE)
SPACK = SOURCE / "packaging/spack/spack_repo/scalelaw/packages/scalelaw/package.py"
EASYCONFIG, = (SOURCE / "packaging/easybuild").glob("*.eb")


def asked_presets(text):
    return set(re.findall(r"\bc(?:make|test) (?:--build )?--preset[ =]([a-z]\w*)", text))


class SpackTest(unittest.TestCase):
    def setUp(self):
        self.recipe = SpackRecipe(SPACK.read_text(), SPACK)

    def test_it_names_what_the_build_looks_for(self):
        self.assertEqual(faults(BUILD, self.recipe.packages(), self.recipe.arguments()), [])

    def test_variants_switch_their_part_off(self):
        for variant, package in (("mpi", "MPI"), ("openmp", "OpenMP")):
            name = f"CMAKE_DISABLE_FIND_PACKAGE_{package}"
            self.assertEqual((self.recipe.arguments()[name], self.recipe.arguments(variant)[name]), ("False", "True"))

    def test_it_takes_the_source_from_its_own_checkout(self):
        self.assertEqual(self.recipe.recipe.git, SOURCE.as_uri())

    def test_it_asks_for_the_versions_that_the_build_asks_for(self):
        least = re.search(r"cmake_minimum_required\(VERSION (\S+)\)", (SOURCE / "CMakeLists.txt").read_text())[1]
        self.assertIn(f"cmake@{least}:", self.recipe.words("depends_on"))
        said = (SOURCE / "docs/installing.md").read_text()
        for compiler, name in (("gcc", "GCC"), ("clang", "Clang")):
            refused = [spec for spec in self.recipe.words("conflicts") if spec.startswith(f"%{compiler}@:")]
            self.assertEqual(len(refused), 1)
            self.assertIn(f"{name} {int(refused[0].rpartition(':')[2]) + 1}", said)

    def test_what_is_wrong_shows(self):
        text = SPACK.read_text()
        wrong = SpackRecipe(text.replace('"SCALELAW_TESTS"', '"SCALELAW_TEST"').replace('("re2")', '("pcre2")'), SPACK)
        self.assertEqual(faults(BUILD, wrong.packages(), wrong.arguments()),
                         ["no CMake file has the option SCALELAW_TEST",
                          "tests/install/recipes.py does not say what 'pcre2' is",
                          "the build requires re2, which the recipe lacks"])
        self.assertEqual(faults(BUILD, self.recipe.packages(), ["CMAKE_DISABLE_FIND_PACKAGE_X"]),
                         ["no CMake file has the option CMAKE_DISABLE_FIND_PACKAGE_X"])


class EasyBuildTest(unittest.TestCase):
    def setUp(self):
        self.recipe = EasyConfig(EASYCONFIG.read_text())

    def test_it_names_what_the_build_looks_for(self):
        self.assertEqual(faults(BUILD, self.recipe.packages(), self.recipe.options()), [])

    def test_packages_of_the_system_are_those_of_setup(self):
        for names in self.recipe.osdependencies:
            self.assertEqual(set(names) - BUILD.system_packages, set())

    def test_its_name_says_its_version_and_toolchain(self):
        toolchain = self.recipe.toolchain
        self.assertEqual(EASYCONFIG.name, f"scalelaw-{BUILD.version}-{toolchain['name']}-{toolchain['version']}.eb")
        self.assertEqual(self.recipe.version, BUILD.version)

    def test_easybuild_accepts_its_style(self):
        self.assertEqual(self.check_style(EASYCONFIG)[0], 0)

    def test_easybuild_refuses_another_style(self):
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder) / EASYCONFIG.name
            wrong.write_text(EASYCONFIG.read_text() + "x=1\n")
            status, said = self.check_style(wrong)
        self.assertNotEqual(status, 0)
        self.assertIn("E225", said)

    def check_style(self, path):
        """The exit status of what `eb --check-style` calls, and what it says."""
        program = shutil.which("eb")
        if program is None:
            self.skipTest("there is no eb in PATH: pip install easybuild pycodestyle, in a Python environment")
        # Not by eb itself, which refuses to run as root, and where there is no program for modules.
        python = Path(program).resolve().parent / "python3"
        asks = "from easybuild.framework.easyconfig.style import check_easyconfigs_style as check"
        done = subprocess.run([python, "-B", "-c", f"import sys; {asks}; sys.exit(check(sys.argv[1:]))", path],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def test_what_is_wrong_shows(self):
        text = EASYCONFIG.read_text()
        wrong = EasyConfig(text.replace("SCALELAW_TESTS", "WITH_TESTS").replace("    ('fmt', '11.2.0'),\n", ""))
        self.assertEqual(faults(BUILD, wrong.packages(), wrong.options()),
                         ["no CMake file has the option WITH_TESTS", "the build requires fmt, which the recipe lacks"])


class PresetsTest(unittest.TestCase):
    def test_all_that_are_named_exist(self):
        named = {}
        for place in ("packaging", "docs", "scripts", "README.md", "CONTRIBUTING.md", "slurm"):
            files = [SOURCE / place] if (SOURCE / place).is_file() else (SOURCE / place).rglob("*")
            for path in files:
                if path.is_file() and (path.suffix in (".md", ".def", "") or path.name == "Dockerfile"):
                    named |= {preset: path for preset in asked_presets(path.read_text(errors="replace"))}
        self.assertGreater(len(named), 3)
        self.assertEqual({preset: path for preset, path in named.items() if preset not in BUILD.presets}, {})

    def test_both_ways_to_ask_are_seen(self):
        self.assertEqual(asked_presets("cmake --preset deb && cmake --build --preset=ci"), {"deb", "ci"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])

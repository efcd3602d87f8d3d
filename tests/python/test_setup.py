"""scripts/setup on machines that lack things, seen through a PATH of our own."""

import ast
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "env", "dirname", "awk", "sed", "sort", "head", "tail", "paste", "mkdir", "cmp", "cat", "rm",
         "touch", "xargs", "grep", "cp", "kill", "sleep")


class OwnPath(unittest.TestCase):
    """A PATH with a few tools, and the programs that a test writes."""

    root = ROOT

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.bin = Path(self.folder.name) / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            if found:
                (self.bin / tool).symlink_to(found)

    def tearDown(self):
        self.folder.cleanup()

    def program(self, name, text):
        path = self.bin / name
        path.write_text(f"#!{shutil.which('bash')}\n{text}\n")
        path.chmod(0o755)

    def setup(self, *options, **environment):
        return subprocess.run(
            [shutil.which("bash"), self.root / "scripts/setup", "--no-python", *options],
            env={"PATH": str(self.bin), "HOME": self.folder.name, **environment},
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )


class SetupTest(OwnPath):
    def test_without_a_package_manager_it_says_what_to_ask_for(self):
        done = self.setup("--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("a C++20 compiler", done.stderr)
        self.assertIn("Debian names: g++", done.stderr)
        self.assertIn("Fedora names:", done.stderr)

    def test_on_fedora_it_names_fedoras_packages(self):
        self.program("dnf", "exit 99")
        done = self.setup("--check")
        self.assertIn("dnf install", done.stderr)
        self.assertIn("gcc-c++", done.stderr)
        self.assertNotIn("apt-get install", done.stderr)

    def test_with_modules_it_says_so(self):
        done = self.setup("--check", LMOD_CMD="/usr/share/lmod/lmod")
        self.assertIn("module avail", done.stderr)

    def test_what_is_installed_is_not_asked_for(self):
        # A dpkg-query that knows every package: nothing may be probed, installed or said.
        self.program("dpkg-query", 'for package; do case $package in -*) ;; *) echo "installed $package" ;; esac; done')
        self.program("apt-get", "echo apt-get was called >&2; exit 99")
        done = self.setup("--with", "all")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_what_a_module_provides_is_not_asked_for(self):
        for tool in ("ninja", "mpirun", "mpicc"):
            self.program(tool, "exit 0")
        done = self.setup("--check")
        asked = re.search(r"Debian names: (.*)", done.stderr)[1].split()
        self.assertNotIn("ninja-build", asked)
        self.assertNotIn("openmpi-bin", asked)
        self.assertIn("cmake", asked)

    def test_an_old_cmake_does_not_do(self):
        self.program("cmake", "echo cmake version 3.22.1")
        self.assertIn("CMake 3.25 or newer", self.setup("--check").stderr)
        self.program("cmake", "echo cmake version 3.25.1")
        self.assertNotIn("CMake 3.25 or newer", self.setup("--check").stderr)

    def test_without_figures_no_python_is_asked_for(self):
        self.assertNotIn("python3", self.setup("--check").stderr)

    def test_wrong_usage_is_refused(self):
        for options in (["--with", "everything"], ["--frobnicate"]):
            done = self.setup(*options)
            self.assertEqual(done.returncode, 1, options)
            self.assertIn("hint:", done.stderr)


class AtOnceTest(unittest.TestCase):
    def test_two_at_once_make_one_venv(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "bin").mkdir()
            shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("scalelaw_results"))
            programs = {
                "dpkg-query": 'for package; do case $package in -*) ;; *) echo "installed $package" ;; esac; done',
                # A Python whose venv fails beside another that is being made, as the real one may.
                "python": f"""
                    case "$*" in
                      "-m venv "*)
                        echo made >>{root}/made
                        mkdir {root}/being-made || exit 1
                        sleep 1
                        mkdir -p {root}/.venv/bin && cp "$0" {root}/.venv/bin/python
                        rmdir {root}/being-made ;;
                      *sysconfig*) echo {root}/.venv ;;
                    esac""",
            }
            for name, text in programs.items():
                (root / "bin" / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
                (root / "bin" / name).chmod(0o755)
            environment = os.environ | {"PATH": f"{root}/bin:{os.environ['PATH']}", "SCALELAW_PYTHON": "python"}
            started = [subprocess.Popen([root / "scripts/setup"], env=environment, text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
            said = [process.communicate(timeout=60)[1] for process in started]
            self.assertEqual([process.returncode for process in started], [0, 0], said)
            self.assertEqual((root / "made").read_text(), "made\n")


class InstallingTest(OwnPath):
    """scripts/setup in a copy of the tree, with an apt-get that installs nothing."""

    def setUp(self):
        super().setUp()
        self.root = Path(self.folder.name) / "root"
        shutil.copytree(ROOT / "scripts", self.root / "scripts", ignore=shutil.ignore_patterns("scalelaw_results"))
        self.program("sudo", '[[ $* == "-n true" ]] || { shift; exec "$@"; }')
        self.program("apt-cache", "exit 0")
        self.program("apt-get", f"""
            echo "$* proxy=${{https_proxy:-}}" >>{self.folder.name}/apt
            [[ $* != *--assume-no* ]] || echo 'Need to get 123 MB of archives.'""")

    def test_it_says_what_is_to_come_and_how_much_is_downloaded(self):
        said = self.setup(https_proxy="http://proxy:3128").stderr
        lines = said.splitlines()
        self.assertRegex(lines[0], r"^setup: 2 steps, .*: \d+ packages of the system$")
        self.assertTrue(lines[1].startswith("[1/2] list of packages"), said)
        self.assertTrue(lines[2].startswith("[2/2] packages, 123 MB to download"), said)
        apt = (Path(self.folder.name) / "apt").read_text().splitlines()
        self.assertEqual([call.split()[2] for call in apt], ["update", "install", "install"])
        self.assertTrue(all(call.endswith("proxy=http://proxy:3128") for call in apt), apt)

    def disabled(self, *options):
        """What setup told systemd to disable, with what it said.  No daemon of this machine is found."""
        packages = self.root / "scripts/packages.txt"
        packages.write_text(re.sub(r"command:(munged|slurm\w+|sbatch)", r"command:absent-\1", packages.read_text()))
        calls = Path(self.folder.name) / "calls"
        calls.touch()
        for name in ("systemctl", "update-rc.d"):
            self.program(name, f'echo "$*" >>{calls}')
        said = self.setup(*options).stderr
        return calls.read_text().split("\n"), said

    def test_daemons_that_it_installs_are_not_started_at_boot(self):
        calls, said = self.disabled("--with", "test")
        for daemon in ("munge", "slurmctld", "slurmd"):
            self.assertIn(f"disable --now {daemon}", calls)
            self.assertIn(f"{daemon} disable", calls)
        self.assertIn("not started at boot, which their packages had enabled: munge slurmctld slurmd", said)

    def test_daemons_that_were_there_stay_as_they_are(self):
        self.program("dpkg-query", 'for package; do case $package in slurm* | munge) echo "installed $package" ;; esac; done')
        calls, said = self.disabled("--with", "test")
        self.assertEqual(calls, [""])
        self.assertNotIn("at boot", said)

    def test_what_is_still_missing_is_listed_once(self):
        said = self.setup().stderr
        self.assertEqual(said.count("This machine lacks:"), 1)


class ProgressTest(unittest.TestCase):
    def test_a_line_moves_on_a_terminal(self):
        script = f"""
            source {ROOT}/scripts/steps.sh
            root=$PWD
            logged working out.log bash -c 'for i in 1 2 3 4 5; do echo "[$i/5] part"; sleep 1; done'"""
        with tempfile.TemporaryDirectory() as folder:
            main, other = pty.openpty()
            done = subprocess.run(["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stderr=other, timeout=60)
            os.close(other)
            shown = os.read(main, 1 << 16).decode()
            os.close(main)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(shown, r"working: \d s  \[\d/5\] part")
        self.assertIn("\r\033[K", shown)


class PackagesTest(unittest.TestCase):
    def test_every_line_has_five_columns_and_a_known_need(self):
        for line in (ROOT / "scripts/packages.txt").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            columns = line.split(None, 4)
            self.assertEqual(len(columns), 5, line)
            self.assertIn(columns[0], {"build", "parallel", "plot", "test", "peers", "latex", "lint", "sanitize",
                                       "simulate", "fuzz"})
            self.assertRegex(columns[3], r"^(command|cmake|cxx20|header|clang-header|pkg-config|venv|fuzzer|tex):")

    def test_requirements_say_how_much_is_downloaded(self):
        for file in ("requirements.txt", "requirements-test.txt", "requirements-peers.txt",
                     "requirements-venv-lint.txt"):
            self.assertRegex((ROOT / "scripts" / file).read_text(), r"(?m)^# Download: \d+ MB$")

    def test_requirements_of_tests_are_pinned(self):
        for line in (ROOT / "scripts/requirements-test.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                self.assertRegex(line, r"^[A-Za-z0-9_-]+==[0-9.]+(post[0-9]+)?$")

    def test_figures_need_a_part_of_the_requirements(self):
        def lines(name):
            text = (ROOT / "scripts" / name).read_text()
            return {line for line in text.splitlines() if line and not line.startswith("#")}

        figures = lines("requirements-figures.txt")
        self.assertEqual(figures - lines("requirements.txt"), set())
        project = tomllib.loads((ROOT / "scripts/pyproject.toml").read_text())["project"]
        direct = {re.match(r"[\w-]+", need)[0] for need in project["dependencies"]}
        self.assertEqual(direct - {line.partition("==")[0] for line in figures}, set())
        # What the package imports, what its wheel asks for, and what the program looks for.
        imported = {"vl-convert-python" if name == "vl_convert" else name for name in self.imports()}
        self.assertEqual(imported, {name.lower() for name in direct})
        probe = (ROOT / "harness/commands/find_python.cpp").read_text()
        asked = re.search(r'"names = (.*?)\\n"', probe, re.S)[1]
        self.assertEqual(set(re.findall(r"'(\w+)'", asked)), self.imports())

    def imports(self):
        """The packages of others that scalelaw_results imports."""
        out = set()
        for path in (ROOT / "scripts/scalelaw_results").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    out |= {name.name.partition(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    out.add(node.module.partition(".")[0])
        return out - sys.stdlib_module_names

    def test_requirements_are_pinned(self):
        files = [ROOT / "scripts/requirements.txt", *(ROOT / "scripts").glob("requirements-venv-*.txt")]
        self.assertEqual(len(files), 4)
        for line in [line for file in files for line in file.read_text().splitlines()]:
            if line and not line.startswith("#"):
                self.assertRegex(line, r"^[A-Za-z0-9_-]+==[0-9.]+(post[0-9]+)?$")


if __name__ == "__main__":
    unittest.main()

"""What is installed works wherever it is put, for a user who may not write there.

Usage: test_prefix.py SOURCE_FOLDER BUILD_FOLDER [unittest options]
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

from prefix import Prefix, snapshot

SOURCE, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
FIGURES_PYTHON = SOURCE / ".venv/bin/python"  # with what figures need


def search_paths(file):
    """Where the loader looks for the libraries of a program or module, as it says; empty for any other file."""
    if file.is_symlink() or not file.is_file() or not file.read_bytes().startswith(b"\x7fELF"):
        return []
    said = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
    return [path for paths in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", said) for path in paths.split(":")]


def setUpModule():
    global place, before
    place = Prefix(BUILD)
    before = snapshot(place.path)
    # Two results files, one of them measured.
    for words in (["smoke", "--filter", "kernel=calibration", "-o", "small.h5"],
                  ["laptop", "--launcher", "fake", "-o", "large.h5"]):
        done = place.run("scalelaw", "run", *words)
        assert done.returncode == 0, done.stdout + done.stderr


def tearDownModule():
    changed = {path for path, _ in snapshot(place.path).items() ^ before.items()}
    place.close()
    assert not changed, f"the programs have written into the prefix: {sorted(changed)}"


class Installed(unittest.TestCase):
    def prints(self, *words, status=(0,), **options):
        """What `scalelaw WORDS...` prints; it must end well."""
        done = place.run("scalelaw", *words, **options)
        self.assertIn(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_commands_that_measure(self):
        for words in (["check", "smoke"], ["run", "laptop", "--dry-run"],
                      ["teach", "amdahl", "--machine", "64", "-o", "lesson.h5"],
                      ["init", "--command", "./app -n {size}", "-o", "mine.toml"]):
            with self.subTest(words=words):
                self.assertNotEqual(self.prints(*words), "")

    def test_doctor(self):
        said = self.prints("doctor", status=(0, 3))  # 3: the machine is busy
        self.assertIn("MPI, 2 ranks", said)
        self.assertNotIn("no driver", said)

    def test_commands_that_read_results(self):
        for words in (["report", "small.h5"], ["report", "-q", "large.h5"], ["compare", "large.h5", "large.h5"],
                      ["predict", "large.h5", "--workers", "4"], ["advise", "large.h5"],
                      ["history", "small.h5", "large.h5"], ["export", "small.h5", "--format", "csv"],
                      ["init", "--from", "small.h5"]):
            with self.subTest(words=words):
                self.assertNotEqual(self.prints(*words), "")

    def test_all_models_measured(self):
        points = json.loads(self.prints("report", "small.h5", "--format", "json"))["scaling"]
        self.assertTrue(points)
        self.assertEqual({point["state"] for point in points} & {"skipped", "crashed", "invalid"}, set())

    def test_configs_have_names(self):
        listed = self.prints("list")
        self.assertIn("laptop, ", listed)
        self.assertIn(str(place.path / "share/scalelaw/configs"), listed)
        done = place.run("scalelaw", "run", "laptob")
        self.assertEqual(done.returncode, 1)
        self.assertIn("did you mean 'laptop'?", done.stderr)

    def test_a_lesson_has_its_page(self):
        self.assertIn(str(place.path / "share/doc/scalelaw/docs/teaching/README.md"), self.prints("teach"))

    def test_the_adapter_is_found(self):
        (place.home / "command.toml").write_text(
            '[campaign]\nname = "c"\n[measuring]\nlaunches_min = 1\nlaunches_max = 1\nceilings = false\n'
            '[[driver]]\nname = "echo"\ncommand = ["echo", "{size}"]\n[[experiment]]\ndriver = "echo"\nsize = 1\n')
        self.prints("run", "command.toml", "--yes", "-o", "command.h5")
        self.assertIn("echo", self.prints("report", "command.h5"))

    def test_no_command_is_left_untried(self):
        (place.home / "times.csv").write_text("threads,time\n1,2.0\n2,1.1\n")
        slurm = place.home / "slurm"
        slurm.mkdir()
        (slurm / "sinfo").write_text("#!/bin/sh\nfor n in 1 2 3 4; do echo \"n$n|std*|(null)|4|1|4|1|16000\"; done\n")
        (slurm / "sinfo").chmod(0o755)
        path = {"PATH": f"{slurm}:{place.path / 'bin'}:/usr/bin:/bin"}
        driver = place.path / "libexec/scalelaw/scalelaw-serial"
        tried = {"import": (["times.csv", "-o", "times.h5"], 0, ""),
                 "check-driver": ([driver, "calibration"], 0, "nothing to fix"),
                 "submit": (["cluster", "--dry-run"], 0, "srun"),
                 "calibrate": (["small.h5"], 1, "ping-pong"),
                 **{name: ([], 1, "no submitted campaign") for name in ("status", "collect", "cancel")}}
        for name, (words, status, text) in tried.items():
            with self.subTest(command=name):
                done = place.run("scalelaw", name, *words, **path)
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
                self.assertIn(text, done.stdout + done.stderr)
        others = {"check", "run", "teach", "init", "doctor", "report", "compare", "predict", "advise", "history",
                  "export", "list", "plot", "man", "completion"}
        listed = re.findall(r"^\.BR scalelaw\\-(\S+) ", self.prints("man"), re.M)
        self.assertEqual({name.replace("\\-", "-") for name in listed}, others | set(tried))

    def test_the_readers_of_hdf5_are_found(self):
        for model in ("serial", "openmp", "mpi", "hybrid"):
            program = place.path / "libexec/scalelaw" / f"scalelaw-{model}"
            if not program.exists():
                continue
            with self.subTest(model=model):
                done = place.run(program, "dot_product", "--input", "small.h5:/x,/y")
                self.assertIn("there is no dataset small.h5:/x", done.stderr)

    def test_libraries_are_not_looked_for_in_the_current_folder(self):
        files = [*place.all(), *(BUILD / "bin").iterdir(), *(BUILD / "lib").iterdir()]
        found = {file: search_paths(file) for file in files}
        self.assertTrue(any(found.values()))
        self.assertEqual([file for file, paths in found.items() if "" in paths or "." in paths], [])

    def test_the_current_folder_in_a_search_path_shows(self):
        program = place.home / "program"
        subprocess.run(["cc", "-x", "c", "-", "-o", program, "-Wl,-rpath,/usr/lib:"], input=b"int main(void) { return 0; }",
                       check=True)
        self.assertEqual(search_paths(program), ["/usr/lib", ""])

    def test_a_driver_without_its_reader_says_so(self):
        alone = place.home / "scalelaw-serial"
        alone.write_bytes((place.path / "libexec/scalelaw/scalelaw-serial").read_bytes())
        alone.chmod(0o755)
        self.assertIn("is not where the program in", place.run(alone, "dot_product", "--input", "small.h5:/x,/y").stderr)

    def test_figures_and_pages(self):
        if not FIGURES_PYTHON.exists():
            self.skipTest("there is no .venv with the packages for plots; scripts/setup makes it")
        python = {"SCALELAW_PYTHON": str(FIGURES_PYTHON), "another": place.can_run(FIGURES_PYTHON)}
        self.prints("plot", "small.h5", "--format", "svg", **python)
        self.assertTrue(list((place.home / "small.figures").glob("*.svg")))
        self.prints("report", "small.h5", "--html", "small.html", **python)
        self.prints("history", "small.h5", "--html", "history.html", **python)
        for page in ("small.html", "history.html"):
            self.assertGreater((place.home / page).stat().st_size, 100_000)

    def test_a_python_without_the_packages_is_told_what_to_install(self):
        bare = place.home / "bare"
        bare.write_text("#!/bin/sh\nexec /usr/bin/env -i python3 -I -S \"$@\"\n")
        bare.chmod(0o755)
        done = place.run("scalelaw", "plot", "small.h5", SCALELAW_PYTHON=str(bare))
        self.assertEqual(done.returncode, 1)
        self.assertIn("altair", done.stderr)
        listed = place.path / "share/scalelaw/requirements-figures.txt"
        self.assertIn(f"{bare} -m pip install -r '{listed}'", done.stderr)

    def test_manual_pages_and_completions(self):
        page = place.path / "share/man/man1/scalelaw-run.1"
        self.assertIn("scalelaw\\-run", page.read_text())
        commands = self.prints("completion", "bash")
        installed = place.path / "share/bash-completion/completions/scalelaw"
        self.assertEqual(installed.read_text(), commands)

    def test_nothing_names_the_tree_that_it_was_built_in(self):
        def names_it(path):  # the sample's commands are those of where it was measured
            return path.is_file() and path.name != "sample.h5" and str(SOURCE).encode() in path.read_bytes()
        self.assertEqual([path for path in place.all() if names_it(path)], [])

    def test_what_is_written_shows(self):
        folder = place.home / "folder"
        folder.mkdir()
        empty = snapshot(folder)
        (folder / "file").touch()
        self.assertNotEqual(snapshot(folder), empty)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])

"""Extra-P reads what `scalelaw export` writes for it, and finds the same numbers."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    from extrap.fileio.file_reader.jsonlines_file_reader import read_jsonlines_file
    from extrap.fileio.file_reader.text_file_reader import TextFileReader
except ImportError as error:
    print(f"skipped: {error}; scripts/setup --with peers installs Extra-P into .venv")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SCALELAW_BIN", ROOT / "build/ci/bin")) / "scalelaw"
#: The times of two series by threads: odd and even numbers of repetitions.
TIMES = {"sort, fast": {1: [8.125, 8.0, 0.1 + 8], 2: [4.0, 4.25], 4: [2.1], 8: [1.3, 1.2, 1.1]},
         "sort, slow": {1: [16.5], 2: [9.1, 9.3], 4: [5.1], 8: [3.3]}}


def scalelaw(*words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def medians_of(experiment):
    """{series: {threads: median}} as Extra-P has them."""
    metric = next(m for m in experiment.metrics if m.name == "time")
    return {path.name.rsplit(",", 1)[0]: {int(one.coordinate[0]): float(one.median)
                                         for one in experiment.measurements[path, metric]}
            for path in experiment.callpaths if (path, metric) in experiment.measurements}


class ExtraP(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        rows = [f'"{name}",{threads},{time!r}' for name, times in TIMES.items()
                for threads, values in times.items() for time in values]
        (self.folder / "times.csv").write_text("\n".join(["series,threads,seconds", *rows]) + "\n")

    def expected(self):
        def median(values):
            values = sorted(values)
            return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
        return {name: {threads: median(values) for threads, values in times.items()} for name, times in TIMES.items()}

    def test_text(self):
        path = self.folder / "extrap.txt"
        scalelaw("export", self.folder / "times.csv", "--format", "extrap", "-o", path)
        experiment = TextFileReader().read_experiment(path)
        self.assertEqual([p.name for p in experiment.parameters], ["threads"])
        self.assertEqual(medians_of(experiment), self.expected())

    def test_json_lines(self):
        path = self.folder / "extrap.jsonl"
        scalelaw("export", self.folder / "times.csv", "--format", "extrap-jsonl", "-o", path)
        experiment = read_jsonlines_file(path)
        self.assertEqual([p.name for p in experiment.parameters], ["threads"])
        self.assertEqual(medians_of(experiment), self.expected())

    def test_its_own_files_are_what_it_takes_them_for(self):
        """The fixtures of tests/data/import are valid for Extra-P, too."""
        data = ROOT / "tests/data/import"
        text = medians_of(TextFileReader().read_experiment(data / "extrap.txt"))
        self.assertEqual(text, medians_of(read_jsonlines_file(data / "extrap.jsonl")))
        self.assertGreater(len(text), 1)


if __name__ == "__main__":
    unittest.main()

"""Files of every released schema are read for ever (docs/compatibility.md): tests/data has one of each."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
from scalelaw_results import load, scaling, seal

ROOT = Path(__file__).resolve().parents[2]
SCALELAW = Path(os.environ.get("SCALELAW_BIN", "")) / "scalelaw"
WRITTEN = int(re.search(r"results_schema = (\d+)", (ROOT / "harness/store/results_file.hpp").read_text())[1])


def file_of(schema):
    return ROOT / "tests" / "data" / f"schema_{schema}.h5"


def scalelaw(*words):
    return subprocess.run([SCALELAW, *words], capture_output=True, text=True, check=False)


class CompatibilityTest(unittest.TestCase):
    def test_there_is_a_file_of_each_schema(self):
        for schema in range(1, WRITTEN + 1):
            with h5py.File(file_of(schema)) as file:
                self.assertEqual(file.attrs["schema"], schema)

    def test_the_program_reads_them(self):
        for schema in range(1, WRITTEN + 1):
            for words in (["report", file_of(schema), "--format", "json"],
                          ["compare", file_of(schema), file_of(schema), "--format", "json"],
                          ["history", file_of(schema), "--format", "json"]):
                with self.subTest(schema=schema, command=words[0]):
                    done = scalelaw(*words)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(json.loads(done.stdout))

    def test_python_reads_them(self):
        for schema in range(1, WRITTEN + 1):
            campaign = load(file_of(schema))
            table = scaling(campaign)
            self.assertEqual(len(table), len(campaign.points))
            self.assertTrue((table["time_s"].dropna() > 0).any())

    def test_a_later_schema_is_refused_with_the_remedy(self):
        with tempfile.TemporaryDirectory() as folder:
            later = Path(folder) / "later.h5"
            shutil.copy(file_of(WRITTEN), later)
            with h5py.File(later, "r+") as file:
                file.attrs["schema"] = WRITTEN + 1
            seal.write(later)
            done = scalelaw("report", later)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"schema {WRITTEN + 1}", done.stderr)
            self.assertIn("newer", done.stderr)


if __name__ == "__main__":
    unittest.main()

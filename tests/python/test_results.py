"""Reading a results file, the numbers made from it, and the checker, on a file with known contents."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import pandas as pd
import synthetic
from scalelaw_results import ResultsError, check, load, scaling


class WithResults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "synthetic.h5"
        synthetic.write(cls.path)
        cls.campaign = load(cls.path)
        cls.table = scaling(cls.campaign)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class ResultsTest(WithResults):
    def test_tables_open_in_pandas_directly(self):
        with h5py.File(self.path) as file:
            samples = pd.DataFrame(file["samples"][:])
        self.assertEqual(len(samples), len(self.campaign.samples))

    def test_json_columns_are_dictionaries_and_text_is_text(self):
        self.assertEqual(self.campaign.points["params"].iloc[0], {"length": 10**9})
        self.assertEqual(self.campaign.points["kernel"].iloc[0], "dot_product")

    def test_units_are_known_for_every_column(self):
        self.assertEqual(self.campaign.units["samples"]["total_s"], "s")
        self.assertEqual(set(self.campaign.units["points"]), set(self.campaign.points.columns))

    def test_diagnostic_samples_and_failed_launches_are_no_timings(self):
        campaign = load(self.path)
        before = len(campaign.timed_samples())
        campaign.samples.loc[0, "diagnostic"] = True
        campaign.launches.loc[1, "state"] = "crashed"
        self.assertEqual(len(campaign.timed_samples()), before - 1 - synthetic.SAMPLES)

    def test_speedups_are_those_of_the_law_that_made_the_times(self):
        for _, point in self.table[self.table["kernel"] == "dot_product"].iterrows():
            if point["own_speedup"].value != point["own_speedup"].value:
                continue
            s, p = synthetic.SERIAL_FRACTION[point["model"]], point["workers"]
            truth = 1 / (s + (1 - s) / p) if point["scaling"] == "strong" else p
            self.assertAlmostEqual(point["own_speedup"].value / truth, 1, delta=0.02, msg=point["id"])
            self.assertLessEqual(point["own_speedup"].low, point["own_speedup"].value)
            self.assertAlmostEqual(point["own_efficiency"].value * p, point["own_speedup"].value)

    def test_throughput_is_amount_over_time(self):
        point = self.table.iloc[0]
        self.assertAlmostEqual(point["throughput"].value, point["amount"] / point["time"].value)
        self.assertLess(point["throughput"].low, point["throughput"].value)

    def test_quiet_launches_alone_count_once_there_are_six(self):
        campaign = load(self.path)
        campaign.launches.loc[[0, 1], "busy"] = True  # of eight
        self.assertEqual(len(scaling(campaign)["times_s"].iloc[0]), 6)
        campaign.launches.loc[[2], "busy"] = True
        self.assertEqual(len(scaling(campaign)["times_s"].iloc[0]), 8)

    def test_what_is_no_results_file_is_named(self):
        other = Path(self.folder.name) / "other.h5"
        with h5py.File(other, "w"):
            pass
        with self.assertRaisesRegex(ResultsError, "no schema version"):
            load(other)
        other.write_text("no HDF5")
        with self.assertRaisesRegex(ResultsError, "not an HDF5 file"):
            load(other)
        with self.assertRaises(FileNotFoundError):
            load(other.with_name("none.h5"))

    def test_a_newer_schema_is_refused(self):
        other = Path(self.folder.name) / "newer.h5"
        synthetic.write(other)
        with h5py.File(other, "a") as file:
            file.attrs["schema"] = 99
        with self.assertRaisesRegex(ResultsError, "schema 99"):
            load(other)


class CheckTest(WithResults):
    def test_a_right_campaign_has_no_faults(self):
        self.assertEqual(check.faults(self.campaign), [])

    def test_every_planted_fault_is_found(self):
        self.assertEqual(check.undetected(self.campaign), [])
        self.assertGreaterEqual(len(list(check._spoilt(self.campaign))), 10)

    def test_exit_codes(self):
        run = [sys.executable, "-m", "scalelaw_results.check"]
        self.assertEqual(subprocess.run([*run, self.path], capture_output=True).returncode, 0)
        done = subprocess.run([*run, self.path.with_name("none.h5")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no file", done.stderr)


if __name__ == "__main__":
    unittest.main()

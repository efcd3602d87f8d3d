"""Reading a results file, the numbers made from it, and the checker, on a file with known contents."""

import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random
from unittest import mock

import h5py
import numpy as np
import pandas as pd
import synthetic
from scalelaw_results import ResultsError, check, compare, fit, load, marks, predict, program, scaling, seal
from scalelaw_results.campaign import DERIVED
from scalelaw_results.scaling import ESTIMATES, columns_of
from synthetic import derived_anew

SAMPLE = Path(__file__).resolve().parents[2] / "tests" / "data" / "schema_1.h5"


class WithResults(synthetic.WithCampaign):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = scaling(cls.campaign)


class ResultsTest(WithResults):
    def test_tables_open_in_pandas_directly(self):
        with h5py.File(self.path) as file:
            samples = pd.DataFrame(file["samples"][:])
        self.assertEqual(len(samples), len(self.campaign.samples))

    def test_json_columns_are_dictionaries_and_text_is_text(self):
        self.assertEqual(self.campaign.points["params"].iloc[0]["length"], 10**6)
        self.assertEqual(self.campaign.points["kernel"].iloc[0], "dot_product")

    def test_units_are_known_for_every_column(self):
        self.assertEqual(self.campaign.units["samples"]["total_s"], "s")
        self.assertEqual(set(self.campaign.units["points"]), set(self.campaign.points.columns))

    def test_diagnostic_samples_and_failed_launches_are_no_timings(self):
        campaign = synthetic.campaign(self.path)
        before = len(campaign.timed_samples())
        campaign.samples.loc[0, "diagnostic"] = True
        campaign.launches.loc[1, "state"] = "crashed"
        self.assertEqual(len(campaign.timed_samples()), before - 1 - synthetic.SAMPLES)

    def test_superseded_launches_are_no_timings(self):
        campaign = synthetic.campaign(self.path)
        before = len(campaign.timed_samples())
        campaign.launches.loc[1, "superseded"] = True
        self.assertEqual(len(campaign.timed_samples()), before - synthetic.SAMPLES)
        times = scaling(derived_anew(campaign))["times_s"]
        self.assertEqual(len(times[campaign.launches["point"][1]]), synthetic.LAUNCHES - 1)

    def test_older_files_have_the_columns_that_were_added(self):
        campaign = load(SAMPLE)
        self.assertEqual(set(campaign.points["clock"]), {"measured"})
        self.assertFalse(campaign.launches["superseded"].any())
        self.assertEqual(set(campaign.launches["cause"]), {"none"})

    def test_failed_points_get_no_speedups_and_are_no_baseline(self):
        for state in ("invalid", "wrong_result", "crashed", "timeout"):
            campaign = synthetic.campaign(self.path)
            strong = synthetic.rows(campaign.points)
            serial, = synthetic.rows(campaign.points, model="serial")
            last, = synthetic.rows(campaign.points, model="openmp", workers=8)
            campaign.points.loc[[serial, last], "state"] = state
            table = scaling(derived_anew(campaign))
            for name in ESTIMATES:
                if name != "time":
                    self.assertTrue(math.isnan(table[columns_of(name)[0]][last]), (state, name))
            self.assertFalse(table["timed"][last])
            self.assertEqual(table["marks"][last], state)
            self.assertNotIn(serial, set(table["serial_point"][strong]), state)
            own, = synthetic.rows(campaign.points, model="openmp", workers=1)
            campaign.points.loc[own, "state"] = state
            openmp = scaling(derived_anew(campaign)).loc[synthetic.rows(campaign.points, model="openmp")]
            self.assertEqual(set(openmp["own_point"]), {-1}, state)  # what a law says of one worker
            self.assertEqual(openmp["own_speedup"].isna().sum(), 2, state)

    def test_marks_say_what_a_reader_must_know(self):
        campaign = synthetic.campaign(self.path)
        self.assertEqual(self.table["marks"].iloc[0], "", self.table["reason"].iloc[0])
        campaign.launches.loc[campaign.launches["point"] == 0, "busy"] = True
        campaign.points.loc[0, ["state", "clock"]] = ["not_converged", "pretended"]
        table = scaling(derived_anew(campaign))
        self.assertEqual(table["marks"].iloc[0], "not_converged, busy, pretended")
        self.assertTrue(table["busy"].iloc[0] and table["timed"].iloc[0])

    def test_marks_are_those_of_the_harness(self):
        header = Path(__file__).resolve().parents[2] / "harness" / "analysis" / "marks.hpp"
        listed = re.findall(r'"(\w+)"', header.read_text().split("enum_names(Mark)")[1].split("};")[0])
        self.assertEqual(listed, list(marks.MARKS))

    def test_phases_count_every_second_once(self):
        campaign = synthetic.campaign(self.path)
        random = np.random.default_rng(5)
        # Ranks that wait for the slowest at random, and of which some are done early.
        campaign.phase_times["seconds"] *= random.uniform(0, 1, len(campaign.phase_times))
        campaign.ranks["wait_s"] = campaign.ranks["total_s"] * random.uniform(0, 0.1, len(campaign.ranks))
        changed = derived_anew(campaign)
        seconds = changed.account.groupby("point")["seconds"]
        self.assertGreaterEqual(changed.account["seconds"].min(), 0)
        timed = changed.scaling[changed.scaling["timed"]].set_index("point")
        self.assertEqual(list(seconds.sum().index), list(timed.index))
        np.testing.assert_allclose(seconds.sum(), timed["time_s"], rtol=1e-9)
        mpi, = synthetic.rows(campaign.points, model="mpi", workers=4)
        idle = changed.account[(changed.account["point"] == mpi) & (changed.account["role"] == "idle")]
        self.assertGreater(idle["seconds"].iloc[0], 0)

    def test_drivers_that_do_not_tell_their_phases_have_none(self):
        campaign = synthetic.campaign(self.path)
        point = campaign.points.index[campaign.points["model"] == "mpi"][0]
        samples = campaign.samples.index[campaign.samples["launch"].map(campaign.launches["point"]) == point]
        campaign.phase_times = campaign.phase_times[~campaign.phase_times["sample"].isin(samples)]
        changed = derived_anew(campaign)
        self.assertNotIn(point, set(changed.account["point"]))
        self.assertIn(point + 1, set(changed.account["point"]))
        self.assertGreater(changed.scaling["time_s"][point], 0)
        self.assertEqual(check.faults(changed), [])

    def test_files_of_the_first_schema_have_todays_tables(self):
        campaign = load(SAMPLE)
        self.assertEqual(campaign.attributes["schema"], 1)
        self.assertEqual(list(campaign.phases["role"]), ["transfer", "serial", "parallel", "transfer", "serial"])
        self.assertEqual(len(campaign.phase_times), 5 * len(campaign.ranks))
        with h5py.File(SAMPLE) as file:
            ranks = pd.DataFrame(file["ranks"][:])
        for row, name in enumerate(campaign.phases["name"]):
            of_phase = campaign.phase_times[campaign.phase_times["phase"] == row]
            self.assertEqual(list(of_phase["seconds"]), list(ranks[f"{name}_s"]))
            self.assertNotIn(f"{name}_s", campaign.ranks)
        self.assertEqual(set(campaign.points["model_title"]), {"serial", "OpenMP", "MPI", "hybrid (MPI + OpenMP)"})
        self.assertEqual(check.faults(campaign), [])

    def test_a_ceiling_is_of_the_points_own_size_and_placement(self):
        points = self.table[(self.table["kernel"] == "dot_product") & (self.table["ceiling_point"] >= 0)]
        self.assertGreater(len(points), 5)
        for _, point in points.iterrows():
            ceiling = self.table.loc[point["ceiling_point"]]
            self.assertEqual(ceiling["kernel"], "memory_read")
            for column in ("model", "nodes", "ranks_per_node", "threads"):
                self.assertEqual(ceiling[column], point[column])
            self.assertAlmostEqual(ceiling["rate_per_s"] / point["ceiling_bytes_per_s"], 1)

    def test_superseded_launches_count_for_nothing(self):
        campaign = synthetic.campaign(self.path)
        before = scaling(campaign)
        campaign.launches["superseded"] = False
        old = campaign.launches.loc[[0]].assign(superseded=True)
        campaign.launches = pd.concat([campaign.launches, old], ignore_index=True)
        spoilt = campaign.samples.loc[[0]].assign(launch=len(campaign.launches) - 1, total_s=1e6, verified=False)
        campaign.samples = pd.concat([campaign.samples, spoilt], ignore_index=True)
        timed = campaign.timed_samples()
        self.assertNotIn(len(campaign.launches) - 1, set(timed["launch"]))
        self.assertLess(timed["total_s"].max(), 1e6)
        self.assertEqual([fault for fault in check.faults(campaign) if "no unit" not in fault], [])
        pd.testing.assert_frame_equal(scaling(derived_anew(campaign)), before)
        campaign.launches["superseded"] = False
        self.assertTrue(any("did not verify" in fault for fault in check.faults(campaign)))

    def test_speedups_are_those_of_the_law_that_made_the_times(self):
        for _, point in self.table[self.table["kernel"] == "dot_product"].iterrows():
            if math.isnan(point["own_speedup"]):
                continue
            s, p = synthetic.SERIAL_FRACTION, point["workers"]
            truth = 1 / (s + (1 - s) / p) if point["scaling"] == "strong" else p - s * (p - 1)
            self.assertAlmostEqual(point["own_speedup"] / truth, 1, delta=0.02, msg=point["id"])
            if point["workers"] > 1:
                self.assertLessEqual(point["own_speedup_low"], point["own_speedup"])
            self.assertAlmostEqual(point["own_efficiency"] * p, point["own_speedup"])

    def test_quantities_are_columns_of_numbers(self):
        for name in ESTIMATES:
            value, low, high = columns_of(name)
            for column in (value, low, high):
                self.assertEqual(self.table[column].dtype, float, column)
            known = self.table[self.table[low].notna()]
            self.assertGreater(len(known), 10, name)
            self.assertTrue((known[low] <= known[value]).all() and (known[value] <= known[high]).all())

    def test_points_that_share_launches_have_their_samples(self):
        points = self.campaign.points
        shared = points.index[points["shares"] >= 0]
        self.assertGreater(len(shared), 4, "strong and weak scaling with one worker")
        timed = self.campaign.timed_samples()
        for point in shared:
            owner = points["shares"][point]
            self.assertEqual(points["scaling"][owner], "strong")
            self.assertFalse((self.campaign.launches["point"] == point).any())
            same = timed[timed["point"] == point]
            self.assertEqual(list(same["total_s"]), list(timed[timed["point"] == owner]["total_s"]))
            self.assertEqual(set(same["launched"]), {owner})
            self.assertEqual(self.table["times_s"][point], self.table["times_s"][owner])

    def test_serial_is_the_baseline_of_its_own_experiment_and_scaling(self):
        def changed():
            """The weak serial driver, of the same work, and that of another experiment at half the time: neither is
            what the strong points are over."""
            campaign = synthetic.campaign(self.path)
            points = campaign.points
            weak, = synthetic.rows(points, scaling="weak", model="serial")
            synthetic.give_own_launches(campaign, weak)
            other, = synthetic.rows(points, kernel="matrix_mean", model="serial")
            points.loc[other, ["experiment", "kernel"]] = ["elsewhere", "dot_product"]
            points.at[other, "params"] = points.at[weak, "params"]
            fast = campaign.samples["launch"].map(campaign.launches["point"]).isin([weak, other])
            campaign.samples.loc[fast, "total_s"] /= 2
            return campaign, weak, other

        campaign, weak_serial, other = changed()
        table = scaling(derived_anew(campaign))
        own, = synthetic.rows(table[table["experiment"] == "dot_product"], model="serial")
        strong = table.loc[synthetic.rows(table[table["experiment"] == "dot_product"])]
        strong = strong[strong["timed"]]
        self.assertEqual(set(strong["serial_point"]), {own})
        self.assertEqual(table["serial_speedup"][own], 1)
        one, = synthetic.rows(table, scaling="weak", model="openmp", workers=1)
        self.assertEqual(set(table["serial_point"][[weak_serial, one]]), {weak_serial})
        # Without a serial point of its own a series is over the fastest elsewhere.
        campaign.launches.loc[campaign.launches["point"] == own, "state"] = "crashed"
        table = scaling(derived_anew(campaign))
        openmp = table.loc[synthetic.rows(table[table["experiment"] == "dot_product"], model="openmp")]
        self.assertEqual(len(set(openmp["serial_point"])), 1)
        self.assertIn(openmp["serial_point"].iloc[0], {weak_serial, other})

    def test_throughput_is_amount_over_time(self):
        point = self.table.iloc[0]
        self.assertEqual(point["rate_per_s"], point["work"]["amount"] / point["time_s"])
        self.assertEqual(point["rate_low_per_s"], point["work"]["amount"] / point["time_high_s"])

    def test_quiet_launches_alone_count_once_there_are_six(self):
        campaign = synthetic.campaign(self.path)
        launches = campaign.launches.index[campaign.launches["point"] == 0]
        campaign.launches.loc[launches[:2], "busy"] = True  # of eight
        self.assertEqual(len(scaling(derived_anew(campaign))["times_s"].iloc[0]), 6)
        campaign.launches.loc[launches[:3], "busy"] = True
        self.assertEqual(len(scaling(derived_anew(campaign))["times_s"].iloc[0]), 8)

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
        seal.write(other)
        with self.assertRaisesRegex(ResultsError, "schema 99"):
            load(other)


class ProgramTest(WithResults):
    """Numbers come from the program: from what it wrote, or by asking it."""

    def without_program(self):
        empty = Path(self.folder.name) / "empty"
        empty.mkdir(exist_ok=True)
        return mock.patch.dict(os.environ, {"SCALELAW_BIN": str(empty)})

    def test_a_file_with_its_derived_tables_needs_no_program(self):
        other = Path(self.folder.name) / "whole.h5"
        synthetic.write(other)
        with self.without_program():
            self.assertGreater(len(scaling(load(other))), 10)

    def test_a_file_without_them_needs_the_program_and_says_so(self):
        for path in (SAMPLE, self.path):
            with self.without_program(), self.assertRaisesRegex(ResultsError, "SCALELAW_BIN .* set it to the folder"):
                scaling(load(path))
            campaign = load(path)
            self.assertEqual(len(scaling(campaign)), len(campaign.points))

    def test_asking_for_a_missing_program_names_the_remedy(self):
        with mock.patch.dict(os.environ, {"SCALELAW_BIN": "", "PATH": self.folder.name}), \
                mock.patch.object(program, "ROOT", Path(self.folder.name)), \
                self.assertRaisesRegex(ResultsError, "was not found: build it .* or set SCALELAW_BIN"):
            fit(SAMPLE)

    def test_the_file_and_the_program_give_the_same_bits(self):
        other = Path(self.folder.name) / "whole.h5"
        synthetic.write(other)
        stored, asked = load(other), program.derived_tables(other)[0]
        self.assertEqual(set(asked), set(DERIVED))
        for name in DERIVED:
            # JSON has no infinite numbers: an end of a band that is open is null, as an unknown one is.
            known = stored.derived[name].replace([np.inf, -np.inf], np.nan)
            pd.testing.assert_frame_equal(known, asked[name], check_exact=True, check_dtype=False)
            self.assertEqual(list(stored.units[name]), list(asked[name].columns), name)
        self.assertGreater(stored.scaling["own_speedup_low"].notna().sum(), 10)

    def test_laws_predictions_and_comparisons_are_asked_for(self):
        fits = fit(self.path)
        share = fits[(fits["law"] == "amdahl") & (fits["parameter"] == "serial_fraction")]["value"]
        self.assertTrue((share - synthetic.SERIAL_FRACTION).abs().max() < 0.05, share)
        predictions = predict(self.path, [32, 64], far=True)
        combined = predictions[(predictions["law"] == "combined") & (predictions["workers"] == 64)]
        self.assertGreater(len(combined), 1)
        self.assertTrue((combined["low"] <= combined["speedup"]).all())
        self.assertNotIn("amdahl", set(predictions["law"]))
        self.assertIn("amdahl", set(predict(self.path, 64, laws="amdahl", far=True)["law"]))
        same = compare(self.path, self.path)
        self.assertEqual(set(same["ratio"].dropna()), {1.0})
        self.assertEqual(same.attrs["only_base"], [])
        slow = synthetic.campaign(self.path)
        slow.samples["total_s"] *= 2
        path = Path(self.folder.name) / "slow.h5"
        derived_anew(slow, path)
        self.assertEqual(set(compare(self.path, path)["verdict"]), {"slower", "missing"})

    def test_what_the_program_refuses_is_said_in_its_words(self):
        with self.assertRaisesRegex(ResultsError, "no results file"):
            fit(Path(self.folder.name) / "none.h5")
        with self.assertRaisesRegex(ResultsError, "--workers: a count is 0"):
            predict(self.path, 0)

    def test_python_computes_no_statistics(self):
        words = re.compile(r"median\(|quantile|percentile|np\.std|\.std\(|\.mean\(|binom|bootstrap")
        self.assertTrue(words.search("samples.groupby(x).median()"))
        for path in sorted((Path(program.ROOT) / "scripts/scalelaw_results").rglob("*.py")):
            self.assertIsNone(words.search(path.read_text()), path)


class SealTest(unittest.TestCase):
    """A results file of the harness has a checksum at its start."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name) / "sealed.h5"
        synthetic.write(self.path)

    def check(self, *options):
        run = [sys.executable, "-m", "scalelaw_results.check", self.path, *options]
        return subprocess.run(run, capture_output=True, text=True)

    def test_a_sealed_file_is_read_by_everything(self):
        self.assertEqual(load(self.path).name, "synthetic")
        with h5py.File(self.path) as file:
            self.assertEqual(file.userblock_size, seal.BYTES)
            self.assertGreater(len(pd.DataFrame(file["samples"][:])), 10)

    def test_every_damaged_copy_is_refused_without_a_traceback(self):
        whole = self.path.read_bytes()
        random = Random(1)
        for number in range(120):
            damaged = bytearray(whole)
            end = seal.BYTES if number % 4 == 0 else len(whole)
            for _ in range(number % 3 + 1):
                damaged[random.randrange(end)] ^= 1 << random.randrange(8)
            if damaged == whole:
                continue
            self.path.write_bytes(damaged)
            with self.assertRaisesRegex(ResultsError, "is damaged"):
                load(self.path)
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("Traceback", done.stderr)
        self.assertIn("is damaged", done.stderr)

    def test_a_file_without_its_seal_is_refused(self):
        self.path.write_bytes(self.path.read_bytes()[seal.BYTES:])
        with self.assertRaisesRegex(ResultsError, "lost the checksum"):
            load(self.path)

    def test_an_edit_on_purpose_is_refused_until_it_is_sealed(self):
        with h5py.File(self.path, "a") as file:
            file.attrs["note"] = "measured on a quiet night"
        with self.assertRaisesRegex(ResultsError, "check-results .* --seal"):
            load(self.path)
        self.assertEqual(self.check().returncode, 1)
        done = self.check("--seal")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(load(self.path).attributes["note"], "measured on a quiet night")

    def test_what_has_no_room_for_a_seal_gets_none(self):
        self.path.write_bytes(SAMPLE.read_bytes())  # of the first schema
        before = self.path.read_bytes()
        done = self.check("--seal")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no room for a checksum", done.stderr)
        self.assertEqual(self.path.read_bytes(), before)

    def test_a_damaged_table_of_the_first_schema_is_named(self):
        self.path.write_bytes(SAMPLE.read_bytes())
        with h5py.File(self.path, "a") as file:
            points = file["points"][:]
            points["params"][0] = "{not JSON"
            file["points"][...] = points
        with self.assertRaisesRegex(ResultsError, "is damaged"):
            load(self.path)
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("Traceback", done.stderr)

    def test_a_pipe_is_not_waited_for(self):
        self.path.unlink()
        os.mkfifo(self.path)
        with self.assertRaisesRegex(ResultsError, "not a regular file"):
            load(self.path)


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

"""The numbers of `scalelaw report` are those in the file, bit for bit, and a second implementation finds the same.  And
what docs/laws.md says of a fit is enough to make it again."""

import csv
import io
import itertools
import json
import math
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import synthetic
from scalelaw_results import load
from second_statistics import median, ratio

SAMPLE = Path(__file__).resolve().parents[2] / "tests" / "data" / "schema_1.h5"
SCALELAW = Path(os.environ.get("SCALELAW_BIN", "")) / "scalelaw"


def report_of(path):
    done = subprocess.run([SCALELAW, "report", path, "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def bits(value):
    """A number to its last bit; unknown is null in JSON, empty in CSV and NaN in HDF5."""
    number = math.nan if value is None else float(value)
    return "unknown" if math.isnan(number) else struct.pack("<d", number)


def least_squares(terms, times):
    """The coefficients, none below zero, that make the sum of ((T - terms @ theta) / T)^2 least: of all sets of
    terms the one with the least sum, the others zero."""
    scaled = terms / times[:, None]
    best, least = np.zeros(terms.shape[1]), np.inf
    for size in range(1, terms.shape[1] + 1):
        for chosen in itertools.combinations(range(terms.shape[1]), size):
            part, *_ = np.linalg.lstsq(scaled[:, chosen], np.ones(len(times)), rcond=None)
            miss = np.sum((1 - scaled[:, chosen] @ part) ** 2)
            if (part >= 0).all() and miss < least:
                best, least = np.zeros(terms.shape[1]), miss
                best[list(chosen)] = part
    return best


def parameters_by_hand(law, workers, times):
    """Of Amdahl's law or the USL, from the medians."""
    if law == "amdahl":
        a, b = least_squares(np.column_stack([np.ones_like(workers), 1 / workers]), times)
        return {"one_worker_s": a + b, "serial_fraction": a / (a + b)}
    t1, a, b = least_squares(np.column_stack([1 / workers, (workers - 1) / workers, workers - 1]), times)
    return {"one_worker_s": t1, "contention": a / t1, "coherency": b / t1}


def differences(campaign):
    """Where the program's /scaling and the second implementation, from the raw samples, disagree on a point: by more
    than seven digits."""
    samples = campaign.timed_samples()
    launches = {point: rows.groupby(["launch", "busy"])["total_s"].median().reset_index()
                for point, rows in samples.groupby("point")}
    times = {point: list(rows["total_s"] if (~rows["busy"]).sum() < 6 else rows["total_s"][~rows["busy"]])
             for point, rows in launches.items()}
    found = []
    for _, row in campaign.scaling[campaign.scaling["timed"]].iterrows():
        pairs = [("time", median(times[row["point"]]), [row[f"time{end}_s"] for end in ("", "_low", "_high")])]
        for kind in ("own", "serial"):
            base = row[f"{kind}_point"]
            if base in (-1, row["point"]):
                continue
            speedup = [row["relative_work"] * x for x in ratio(times[base], times[row["point"]])]
            pairs.append((kind, speedup, [row[f"{kind}_speedup{end}"] for end in ("", "_low", "_high")]))
            pairs.append((f"{kind} efficiency", [x / row["workers"] for x in speedup],
                          [row[f"{kind}_efficiency{end}"] for end in ("", "_low", "_high")]))
        for name, ours, theirs in pairs:
            if not np.allclose(ours, theirs, rtol=1e-7, atol=0, equal_nan=True):
                found.append((row["point"], name, ours, theirs))
    return found


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class ReportTest(unittest.TestCase):
    def test_the_second_implementation_finds_the_same_medians_ratios_and_intervals(self):
        for campaign in (load(SAMPLE), self.synthetic()):
            self.assertGreater(campaign.scaling["own_speedup"].notna().sum(), 5)
            self.assertEqual(differences(campaign), [])

    def synthetic(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return synthetic.campaign(Path(folder.name) / "synthetic.h5")

    def test_a_difference_would_be_found(self):
        campaign = self.synthetic()
        row = campaign.scaling.index[campaign.scaling["own_speedup_high"].notna()][0]
        for column, name in (("time_s", "time"), ("own_speedup", "own"), ("own_efficiency_high", "own efficiency")):
            changed = self.synthetic()
            changed.scaling.loc[row, column] *= 1.001
            self.assertEqual([d[:2] for d in differences(changed)], [(row, name)])

    def test_all_formats_have_the_bits_of_the_stored_table(self):
        """/scaling as h5py reads it, and JSON and CSV as Python's own readers do."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "synthetic.h5"
            synthetic.write(path)
            with h5py.File(path) as file:
                stored = file["scaling"][:]
                derived_by = file.attrs["derived_by"]
            answer = report_of(path)
            table = subprocess.run([SCALELAW, "report", path, "--format", "csv"], capture_output=True, text=True,
                                   check=True).stdout
        self.assertRegex(derived_by, r"^scalelaw \d+\.\d+\.\d+ \(")
        numbers = [name for name in stored.dtype.names if stored.dtype[name].kind == "f"]
        self.assertGreater(len(numbers), 20)
        self.assertEqual(len(stored), len(answer["scaling"]))
        for row, told in zip(stored, answer["scaling"]):
            for name in numbers:
                self.assertEqual(bits(row[name]), bits(told[name]), name)
            self.assertEqual(json.loads(row["times_s"]), told["times_s"])
        by_point = {row["point"]: row for row in stored}
        nested = [point for series in answer["series"] for point in series["points"]]
        lines = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual(len(lines), len(nested))
        for point, line in zip(nested, lines):
            row = by_point[point["point"]]
            for kind in ("own", "serial"):
                for what in ("speedup", "efficiency"):
                    told = point[f"{what}_{kind}"] or {"value": None, "interval": None}
                    interval = told["interval"] or {"low": None, "high": None}
                    for end, value in (("", told["value"]), ("_low", interval["low"]), ("_high", interval["high"])):
                        self.assertEqual(bits(row[f"{kind}_{what}{end}"]), bits(value), (kind, what, end))
                        self.assertEqual(bits(row[f"{kind}_{what}{end}"]), bits(line[f"{what}_{kind}{end}"] or None))
            self.assertEqual(bits(row["time_s"]), bits(line["median_s"] or None))
            self.assertEqual(row["marks"].decode(), line["marks"])

    def test_an_older_file_is_derived_anew(self):
        self.assertEqual(len(report_of(SAMPLE)["scaling"]), len(load(SAMPLE).points))
        with h5py.File(SAMPLE) as file:
            self.assertNotIn("scaling", file)


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class LawsTest(unittest.TestCase):
    def test_fits_are_made_again_from_the_raw_samples(self):
        campaign = load(SAMPLE)
        medians = campaign.timed_samples().groupby(["point", "launch"])["total_s"].median().groupby("point").median()
        compared = 0
        for series in report_of(SAMPLE)["series"]:
            points = [p for p in series["points"] if p["median_s"] and not p["oversubscribed"] and not p["busy"]]
            workers = np.array([p["workers"] for p in points], dtype=float)
            times = np.array([medians[p["point"]] for p in points])
            for law in series["laws"]:
                if not law["identifiable"] or law["law"] not in ("amdahl", "usl"):
                    continue
                for name, value in parameters_by_hand(law["law"], workers, times).items():
                    self.assertAlmostEqual(law["parameters"][name]["value"], value, delta=1e-9 * abs(value) + 1e-12)
                    compared += 1
        self.assertGreater(compared, 4)

    def test_a_weight_that_is_not_described_would_be_found(self):
        workers, times = np.array([1.0, 2, 4, 8]), np.array([1.0, 0.4, 0.5, 0.1])
        share = parameters_by_hand("amdahl", workers, times)["serial_fraction"]
        terms = np.column_stack([np.ones_like(workers), 1 / workers])
        a, b = np.linalg.lstsq(terms, times, rcond=None)[0]  # every second counts alike
        self.assertGreater(abs(share - a / (a + b)), 0.01)


if __name__ == "__main__":
    unittest.main()

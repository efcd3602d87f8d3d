"""The roofline, of the campaign in results/, with rates of the cores put in beside its reads."""

import math
import unittest
from pathlib import Path

import pandas as pd
from figure_fixture import drawn, validate
from scalelaw_results import load
from scalelaw_results.figures import Data, roofline
from scalelaw_results.scaling import scaling

SAMPLE = Path(__file__).resolve().parents[2] / "results/sample.h5"
PER_S = {"add": 2e10, "multiply_add": 3e10, "convert": 1e10}


def with_rates():
    """The campaign, in which a copy of each read is a rate of the cores: of one placement three of them."""
    campaign = load(SAMPLE)
    reads = campaign.points.index[campaign.points["kernel"] == "memory_read"]
    points, rows = [campaign.points], [campaign.scaling]
    for rate, per_s in PER_S.items():
        copies = campaign.points.loc[reads].assign(kernel="core_rate", experiment="ceilings")
        copies["params"] = [{"rate": rate, "operations": 1}] * len(copies)
        first = sum(len(table) for table in points)
        of_reads = campaign.scaling.set_index("point").loc[reads].reset_index()
        rows.append(of_reads.assign(point=range(first, first + len(reads)), rate_per_s=per_s))
        points.append(copies)
    campaign.points = pd.concat(points, ignore_index=True)
    campaign.derived["scaling"] = pd.concat(rows, ignore_index=True)
    return campaign


class RooflineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.campaign = with_rates()
        cls.figures = roofline.rooflines(Data([cls.campaign]))

    def machine(self, kernel, figure):
        table = scaling(self.campaign)
        table = table[(table["kernel"] == kernel) & (table["model"] == figure.name.split("-")[1])]
        workers = math.prod(int(count) for count in figure.name.split("-")[2].split("x"))
        return table[table["workers"] == workers]

    def test_there_is_one_of_one_worker_and_one_of_the_most(self):
        self.assertEqual([figure.name for figure in self.figures], ["roofline-serial-1x1x1", "roofline-openmp-1x1x2"])

    def test_the_level_roofs_are_the_rates_of_flops(self):
        for figure in self.figures:
            level = {row["roof"]: row["value"] for row in drawn(figure, "line") if not row["roof"].startswith("read")}
            self.assertEqual(level, {"add": 20, "multiply_add": 60}, "conversions are no flops")

    def test_a_rate_that_the_config_left_to_the_driver_is_no_roof(self):
        campaign = with_rates()
        campaign.points["params"] = [{"operations": 1} if params.get("rate") == "add" else params
                                     for params in campaign.points["params"]]
        for figure in roofline.rooflines(Data([campaign])):
            names = {row["roof"] for row in drawn(figure, "line") if not row["roof"].startswith("read")}
            self.assertEqual(names, {"multiply_add"})

    def test_the_sloped_roofs_are_the_bandwidths_and_end_at_the_highest_rate(self):
        for figure in self.figures:
            ends = [row for row in drawn(figure, "line") if row["roof"].startswith("read")]
            measured = sorted(self.machine("memory_read", figure)["rate_per_s"] / 1e9)
            slopes = sorted(end["value"] / end["x"] for end in ends)[::2]
            self.assertEqual(len(slopes), len(measured))
            for slope, bandwidth in zip(slopes, measured):
                self.assertAlmostEqual(slope / bandwidth, 1, 3)
            self.assertLessEqual(max(end["value"] for end in ends), 60.001)

    def test_points_stand_at_their_flops_per_byte_and_second(self):
        for figure in self.figures:
            for point in figure.rows.to_dict("records"):
                self.assertEqual(point["flops per byte"], {"dot_product": 1 / 8, "matrix_mean": 1 / 4}[point["what"]])
            rates = scaling(self.campaign)["rate_per_s"]
            for point in figure.rows.to_dict("records"):
                bytes_per_s = point["Gflop/s"] * 1e9 / point["flops per byte"]
                self.assertTrue((abs(rates / bytes_per_s - 1) < 1e-6).any(), point)

    def test_the_specification_is_valid(self):
        for figure in self.figures:
            validate(figure)

    def test_names_that_would_lie_over_each_other_are_written_once(self):
        rows = [{"roof": "read 1 MiB", "x": 1, "value": 10.0}, {"roof": "read 2 MiB", "x": 1, "value": 9.0},
                {"roof": "read 1 GiB", "x": 1, "value": 3.0}, {"roof": "add", "x": 4, "value": 9.5}]
        self.assertEqual([label["says"] for label in roofline._labels(rows, 1, 4)], ["read 1 MiB", "read 1 GiB", "add"])

    def test_of_roofs_of_one_name_the_fastest_stands(self):
        rates = [{"kernel": "core_rate", "params": {"rate": "add"}, "work": {}, "rate_per_s": per_s}
                 for per_s in (2e9, 5e9, 3e9)]
        reads = [{"kernel": "memory_read", "params": {}, "work": {"resident_bytes": held}, "rate_per_s": per_s}
                 for held, per_s in ((2**20, 8e9), (2**20, 9e9), (2**20 + 1, 7e9), (2**21, 6e9))]
        rows = roofline._roof_rows(pd.DataFrame(rates + reads), 1, 4)
        self.assertEqual([row["roof"] for row in rows], ["read 1 MiB"] * 2 + ["read 2 MiB"] * 2 + ["add"] * 2)
        self.assertEqual([row["value"] for row in rows[::2]], [9, 6, 5], "at the left")

    def test_without_a_read_bandwidth_there_is_none(self):
        campaign = load(SAMPLE)
        campaign.points.loc[campaign.points["kernel"] == "memory_read", "kernel"] = "other"
        self.assertEqual(roofline.rooflines(Data([campaign])), [])


if __name__ == "__main__":
    unittest.main()

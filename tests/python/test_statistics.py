"""Medians and their intervals against known values and known distributions."""

import math
import unittest

import numpy as np
from scalelaw_results import Estimate, median, ratio
from scalelaw_results.statistics import ratio_of_estimates


class MedianTest(unittest.TestCase):
    def test_six_values_have_their_range_as_interval(self):
        # 1 - 2 / 2^6 = 0.969 is the first coverage above 0.95.
        self.assertEqual(median([3, 1, 2, 6, 5, 4]), Estimate(3.5, 1, 6))

    def test_five_values_have_no_interval(self):
        estimate = median([1, 2, 3, 4, 5])
        self.assertEqual(estimate.value, 3)
        self.assertTrue(math.isnan(estimate.low) and math.isnan(estimate.high))

    def test_ranks_are_those_of_the_report(self):
        # Below the first look Hahn & Meeker 1991, table A.15, at 95 %; from it on at 99 %, which is 99.5 % at 60.
        for n, low, high in ((7, 1, 7), (8, 1, 8), (12, 2, 11), (15, 3, 13), (20, 4, 17), (30, 8, 23), (60, 19, 42)):
            self.assertEqual(median(range(1, n + 1))[1:], (low, high), n)

    def test_no_values_give_nothing(self):
        self.assertTrue(all(math.isnan(x) for x in median([])))

    def test_intervals_cover_the_true_median(self):
        rng = np.random.default_rng(7)
        covered = [e.low <= 1 <= e.high for e in (median(rng.lognormal(0, 0.3, 11)) for _ in range(2000))]
        self.assertGreater(np.mean(covered), 0.94)  # exact coverage at n = 11: 98.8 %


class RatioTest(unittest.TestCase):
    def test_six_launches_a_side_join_the_two_ranges(self):
        result = ratio([4, 5, 6, 6, 7, 12], [1, 2, 2, 2, 2, 4])
        self.assertEqual(result.value, 3)
        down = math.hypot(math.log(6 / 4), math.log(4 / 2))
        up = math.hypot(math.log(12 / 6), math.log(2 / 1))
        self.assertAlmostEqual(result.low, 3 * math.exp(-down))
        self.assertAlmostEqual(result.high, 3 * math.exp(up))

    def test_five_launches_a_side_have_no_interval(self):
        result = ratio([1, 2, 3, 4, 5], [2, 2, 2, 2, 2])
        self.assertEqual(result.value, 1.5)
        self.assertTrue(math.isnan(result.low) and math.isnan(result.high))

    def test_intervals_cover_whatever_the_noise_of_the_two(self):
        rng = np.random.default_rng(7)
        def skewed(count):
            return 2 * np.exp(0.5 * (rng.exponential(size=count) - math.log(2)))
        for count in (6, 20):
            covered = [e.low <= 2 <= e.high
                       for e in (ratio(skewed(count), rng.lognormal(0, 0.1, count)) for _ in range(1000))]
            self.assertGreater(np.mean(covered), 0.94)

    def test_a_certain_denominator_scales_an_estimate(self):
        result = ratio_of_estimates(Estimate(8.0, 6.0, 9.0), Estimate(2.0, 2.0, 2.0))
        for got, wanted in zip(result, (4.0, 3.0, 4.5)):
            self.assertAlmostEqual(got, wanted)

    def test_without_an_interval_the_ratio_of_estimates_has_none(self):
        result = ratio_of_estimates(median([1, 2, 3]), Estimate(2.0, 1.9, 2.1))
        self.assertEqual(result.value, 1)
        self.assertTrue(math.isnan(result.low))


if __name__ == "__main__":
    unittest.main()

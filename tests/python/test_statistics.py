"""Medians and their intervals against known values and known distributions."""

import math
import unittest

import numpy as np
from scalelaw_results import Estimate, median, ratio


class MedianTest(unittest.TestCase):
    def test_six_values_have_their_range_as_interval(self):
        # 1 - 2 / 2^6 = 0.969 is the first coverage above 0.95.
        self.assertEqual(median([3, 1, 2, 6, 5, 4]), Estimate(3.5, 1, 6))

    def test_five_values_have_no_interval(self):
        estimate = median([1, 2, 3, 4, 5])
        self.assertEqual(estimate.value, 3)
        self.assertTrue(math.isnan(estimate.low) and math.isnan(estimate.high))

    def test_ranks_are_those_of_the_published_table(self):
        # Hahn & Meeker 1991, table A.15: n to the ranks of the 95 % interval of the median.
        for n, low, high in ((9, 2, 8), (10, 2, 9), (15, 4, 12), (20, 6, 15), (50, 18, 33), (100, 40, 61)):
            self.assertEqual(median(range(1, n + 1))[1:], (low, high), n)

    def test_no_values_give_nothing(self):
        self.assertTrue(all(math.isnan(x) for x in median([])))

    def test_intervals_cover_the_true_median(self):
        rng = np.random.default_rng(7)
        covered = [e.low <= 1 <= e.high for e in (median(rng.lognormal(0, 0.3, 11)) for _ in range(2000))]
        self.assertGreater(np.mean(covered), 0.94)  # exact coverage at n = 11: 98.8 %


class RatioTest(unittest.TestCase):
    def test_ratio_of_equal_estimates_is_one_and_symmetric_in_logarithms(self):
        one = Estimate(2.0, 1.9, 2.1)
        result = ratio(one, one)
        self.assertEqual(result.value, 1)
        self.assertAlmostEqual(result.low * result.high, 1)

    def test_a_certain_denominator_scales_the_interval(self):
        result = ratio(Estimate(8.0, 6.0, 9.0), Estimate(2.0, 2.0, 2.0))
        for got, wanted in zip(result, (4.0, 3.0, 4.5)):
            self.assertAlmostEqual(got, wanted)

    def test_without_an_interval_the_ratio_has_none(self):
        result = ratio(median([1, 2, 3]), Estimate(2.0, 1.9, 2.1))
        self.assertEqual(result.value, 1)
        self.assertTrue(math.isnan(result.low))


if __name__ == "__main__":
    unittest.main()

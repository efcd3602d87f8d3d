"""Medians and their intervals against known values and known distributions."""

import math
import unittest

import numpy as np
from scalelaw_results import Estimate, median, ratio
from scalelaw_results.statistics import _rank_sum_cut, ratio_of_estimates


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
    def test_four_launches_a_side_have_the_range_of_their_quotients(self):
        # 2 / C(8, 4) = 0.0286 is the first level below 0.05: all 16 quotients stay, none is cut.
        self.assertEqual(ratio([8, 10, 12, 14], [2, 2, 2, 2]), Estimate(5.5, 4, 7))

    def test_cuts_are_those_of_the_published_table(self):
        # Mann & Whitney's critical values at 5 % from two sides, U from 0:
        # the largest rank sum statistic that rejects, so that one more is cut.
        for m, n, critical in ((4, 4, 0), (5, 5, 2), (6, 6, 5), (8, 8, 13), (10, 10, 23), (20, 20, 127), (5, 8, 6)):
            self.assertEqual(_rank_sum_cut(m, n, 0.95), critical + 1, (m, n))

    def test_the_normal_law_goes_on_where_the_exact_one_ends(self):
        exact, normal = _rank_sum_cut(50, 50, 0.95), _rank_sum_cut(51, 50, 0.95)
        self.assertAlmostEqual(normal / exact, 51 / 50, delta=0.01)

    def test_three_launches_a_side_have_no_interval(self):
        result = ratio([1, 2, 3], [2, 2, 2])
        self.assertEqual(result.value, 1)
        self.assertTrue(math.isnan(result.low) and math.isnan(result.high))

    def test_intervals_cover_a_common_factor(self):
        rng = np.random.default_rng(7)
        def drawn(factor, count):
            return factor * rng.lognormal(0, 0.3, count)
        covered = [e.low <= 2 <= e.high for e in (ratio(drawn(2, 6), drawn(1, 8)) for _ in range(2000))]
        self.assertGreater(np.mean(covered), 0.94)
        self.assertLess(np.mean(covered), 0.985)

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

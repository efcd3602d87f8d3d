"""Medians and their intervals against known values and known distributions."""

import math
import unittest

import numpy as np
from second_statistics import Estimate, median, ratio, ratio_of_estimates


class MedianTest(unittest.TestCase):
    def test_six_values_have_their_range_as_interval(self):
        # 1 - 2 / 2^6 = 0.969 is the first coverage above 0.95.
        self.assertEqual(median([3, 1, 2, 6, 5, 4]), Estimate(3.5, 1, 6))

    def test_five_values_have_no_interval(self):
        estimate = median([1, 2, 3, 4, 5])
        self.assertEqual(estimate.value, 3)
        self.assertTrue(math.isnan(estimate.low) and math.isnan(estimate.high))

    def test_ends_lie_between_the_ranks_that_have_more_than_97_percent(self):
        # Of ten values the range from the second has 97.9 %, that from the third 89.1 %.
        surplus = (0.978515625 - 0.97) / (0.978515625 - 0.890625)
        inward = 8 * surplus / (2 + 6 * surplus)
        estimate = median(range(1, 11))
        self.assertAlmostEqual(estimate.low, 2 + inward)
        self.assertAlmostEqual(estimate.high, 9 - inward)

    def test_no_values_give_nothing(self):
        self.assertTrue(all(math.isnan(x) for x in median([])))

    def test_intervals_cover_the_true_median(self):
        rng = np.random.default_rng(7)
        covered = [e.low <= 1 <= e.high for e in (median(rng.lognormal(0, 0.3, 11)) for _ in range(2000))]
        self.assertGreater(np.mean(covered), 0.93)


class RatioTest(unittest.TestCase):
    def test_six_launches_a_side_join_the_two_ranges(self):
        result = ratio([4, 5, 6, 6, 7, 12], [1, 2, 2, 2, 2, 4])
        self.assertEqual(result.value, 3)
        self.assertLess(result.low, 2)  # lower than by the numerator alone
        self.assertGreater(result.high, 6)

    def test_equal_noise_is_joined_with_twice_the_degrees_of_freedom(self):
        result = ratio([3, 6, 6, 6, 6, 12], [1, 2, 2, 2, 2, 4])
        reach = 2.8289 / 3.8960 * math.sqrt(2) * math.log(2)  # Student's t at 98.5 %, of 6 and 3
        self.assertAlmostEqual(result.low, 3 * math.exp(-reach), 3)
        self.assertAlmostEqual(result.high, 3 * math.exp(reach), 3)

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
            self.assertGreater(np.mean(covered), 0.93)

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

"""Numbers and sentences of the figures, as people read them."""

import unittest

from scalelaw_results.figures import words


class WordsTest(unittest.TestCase):
    def test_units_get_the_prefix_that_fits(self):
        self.assertEqual(words.quantity("bytes", 3.2e10), (1e9, "GB/s"))
        self.assertEqual(words.quantity("pixels", 9.7e8), (1e6, "Mpixel/s"))
        self.assertEqual(words.quantity("numbers", 1.2e10), (1e9, "billion numbers/s"))
        self.assertEqual(words.quantity("bytes", 3.0), (1, "B/s"))
        self.assertEqual(words.quantity("points", 3.0), (1, "points/s"))

    def test_a_caption_says_which_marks_all_points_have(self):
        busy, unstable = "busy (measured beside other work)", "unstable (times with two centres)"
        self.assertEqual(words.marked(["busy", "busy, unstable"]),
                         f"All points are marked: {busy}. Some points are marked: {unstable}.")
        self.assertEqual(words.marked(["", "busy"]), f"Some points are marked: {busy}.")
        self.assertEqual(words.marked(["busy"]), f"The point is marked: {busy}.")
        self.assertEqual(words.marked(["", ""]), "")

    def test_sizes_are_readable(self):
        self.assertEqual([words.readable(x) for x in (100, 4000, 1_000_000, 25_000_000, 123_456_789)],
                         ["100", "4000", "1e6", "2.5e7", "123456789"])

    def test_durations_are_readable(self):
        self.assertEqual(words.seconds(0.5012), "501 ms")
        self.assertEqual(words.seconds(12.0), "12 s")
        self.assertEqual(words.seconds(float("nan")), "–")


if __name__ == "__main__":
    unittest.main()

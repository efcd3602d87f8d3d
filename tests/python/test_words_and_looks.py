"""Numbers and sentences of the figures, as people read them, and how models, phases and axes look."""

import unittest

import pandas as pd
from scalelaw_results.figures import looks, theme, words
from scalelaw_results.figures.scales import round_values


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


    def test_a_value_and_its_interval_have_the_same_digits(self):
        self.assertEqual(words.with_interval(0.04988, 0.04963, 0.05021), "0.0499 [0.0496, 0.0502]")
        self.assertEqual(words.with_interval(40004.43, 39680.06, 40228.65), "40004 [39680, 40229]")
        self.assertEqual(words.with_interval(8.25, 7.9, 8.6), "8.2 [7.9, 8.6]")
        self.assertEqual(words.with_interval(0.2, 0.2, 0.2), "0.200 [0.200, 0.200]")
        self.assertEqual(words.with_interval(0, 0, 0), "0 [0, 0]")
        self.assertEqual(words.with_interval(0.25, float("nan"), float("nan")), "0.25")
        self.assertEqual(words.with_interval(0.25, 0.125, float("inf")), "0.25 [0.125, inf]")


def contrast(color: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2 defines it: 1 of like ones, 21 of black and white."""
    def luminance(hexed: str) -> float:
        parts = (int(hexed[at:at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    less, more = sorted((luminance(color), luminance(other)))
    return (more + 0.05) / (less + 0.05)


class MachineTest(unittest.TestCase):
    """What a figure says of where its times come from."""

    def test_names_the_processor_or_the_pretended_machine(self):
        here = {"cpu.model": "EPYC", "cores.allowed": "0-1"}
        self.assertEqual(words.machine(here), "EPYC, 0-1")
        self.assertEqual(words.machine(here | {"pretended.cores": "64", "pretended.nodes": "4"}),
                         "pretended, 4 nodes with 64 cores each")
        self.assertEqual(words.machine(here | {"pretended.cores": "8", "pretended.nodes": "1"}),
                         "pretended, 1 node with 8 cores each")


class RepetitionTest(unittest.TestCase):
    """What a caption says of how often points were launched."""

    @staticmethod
    def said(allocations: list[int], low: float) -> str:
        return words.repetition(pd.DataFrame({"launches": [8, 12], "allocations": allocations, "time_low_s": low}))

    def test_names_allocations_where_there_are_several(self):
        self.assertEqual(self.said([1, 1], 0.5), "medians of n = 8 to 12 launches with 95 % rank intervals")
        self.assertEqual(self.said([2, 3], float("nan")),
                         "medians of n = 8 to 12 launches in 2 to 3 allocations, too few for intervals")


class LooksTest(unittest.TestCase):
    def test_what_a_law_says_a_priori_has_a_colour_of_its_own(self):
        fitted = [color for color, *_ in (*looks.LAWS.values(), *looks.OTHER_LAWS)]
        shown = [*fitted, *map(looks.before_measuring, fitted)]
        self.assertEqual(len(set(shown)), len(shown))
        on_dark = [theme.DARK_COLORS.get(color, color) for color in shown]
        self.assertEqual(len(set(on_dark)), len(on_dark))

    def test_what_a_law_says_a_priori_is_readable_on_light_and_dark_pages(self):
        for color in looks.A_PRIORI.values():
            self.assertGreater(contrast(color, looks.PAPER), 4.5, color)
            self.assertGreater(contrast(theme.DARK_COLORS[color], theme.DARK_COLORS[looks.PAPER]), 4.5, color)
        self.assertLess(contrast("#6A2F00", theme.DARK_COLORS[looks.PAPER]), 3, "a colour for light pages on dark ones")

    def test_no_colour_for_dark_pages_is_replaced_again(self):
        self.assertFalse(set(theme.DARK_COLORS) & set(theme.DARK_COLORS.values()))

    def test_models_have_looks_by_their_features(self):
        points = pd.DataFrame([("zebra", "Zebra", True, False, False), ("ant", "", False, False, False),
                               ("bee", "Bee", False, True, True)],
                              columns=["model", "model_title", "ranked", "threaded", "device"])
        known = looks.model_looks(points)
        self.assertEqual({model: title for model, (_, _, title) in known.items()},
                         {"ant": "ant", "bee": "Bee", "zebra": "Zebra"})
        self.assertEqual(list(known), ["ant", "bee", "zebra"])
        self.assertEqual(len({(color, shape) for color, shape in looks.MODELS.values()}), 8)

    def test_no_two_models_look_alike(self):
        points = pd.DataFrame([(name, name, name == "mpi", name != "mpi", False)
                               for name in ("mpi", *(f"threads{i}" for i in range(9)))],
                              columns=["model", "model_title", "ranked", "threaded", "device"])
        known = looks.model_looks(points)
        self.assertEqual(len({(color, shape) for color, shape, _ in known.values()}), 10)
        self.assertEqual(known["threads0"][:2], looks.MODELS[False, True, False])
        self.assertEqual(known["mpi"][:2], looks.MODELS[True, False, False])

    def test_phases_have_looks_by_role_and_order(self):
        phases = pd.DataFrame([("a", "transfer"), ("b", "serial"), ("c", "parallel"), ("d", "transfer"),
                               *((f"s{i}", "serial") for i in range(9))], columns=["name", "role"])
        known = looks.phase_looks(phases)
        self.assertEqual([name for _, name in known.values()],
                         ["c", "wait for the slowest", "a", "b", "d", *(f"s{i}" for i in range(9)),
                          "done before the slowest"])
        self.assertEqual(known["transfer: d"][0], looks.ROLES["transfer"][1])
        self.assertEqual(len({color for color, _ in list(known.values())[:5]}), 5)

    def test_phases_of_one_name_in_two_roles_are_told_apart(self):
        phases = pd.DataFrame([("start", "serial"), ("start", "transfer"), ("c", "parallel")], columns=["name", "role"])
        self.assertEqual([name for _, name in looks.phase_looks(phases).values()],
                         ["c", "wait for the slowest", "start (serial)", "start (transfer)", "done before the slowest"])

    def test_an_axis_of_seconds_has_three_ticks_however_short_it_is(self):
        for low in (0.9, 1, 1.37, 2.2, 4.8, 7.1, 9.6):
            for factor in (1.42, 1.6, 2.5, 5, 40, 1e4):
                ticks = round_values(low / 100, factor * low / 100)
                self.assertTrue(3 <= len(ticks) <= 10, (low, factor, ticks))
                self.assertTrue(all(low <= 100 * tick * (1 + 1e-9) and tick <= factor * low / 100 for tick in ticks))


if __name__ == "__main__":
    unittest.main()

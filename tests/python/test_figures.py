"""The figures: all are written, every panel says what it shows and in which unit, nothing is cut off."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pandas as pd
import synthetic
from matplotlib import pyplot as plt
from scalelaw_results import load
from scalelaw_results.figures import draw, style
from scalelaw_results.figures.draw import _baseline_words, _groups, kernel_figure, laws_figure, overview, sizes_figure
from scalelaw_results.figures.lines import handles, lines_of, speedup_panel, throughput_panel
from scalelaw_results.figures.phases import mean_phases, phase_panel
from scalelaw_results.figures.sizes import by_size, readable, size_parameter
from scalelaw_results.scaling import ESTIMATES, columns_of, scaling
from synthetic import derived_anew


class FiguresTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "synthetic.h5"
        synthetic.write(cls.path)
        cls.campaign = synthetic.campaign(cls.path)
        table = scaling(cls.campaign)
        cls.groups = _groups(table)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def figures(self):
        yield overview(self.campaign, self.groups)
        yield overview(self.campaign, self.parts("dot_product"))
        yield overview(self.campaign, self.parts("dot_product", synthetic.SWEPT))
        rows = self.groups["dot_product"]
        yield kernel_figure(self.campaign, "dot_product", rows, mean_phases(self.campaign))
        yield laws_figure(self.campaign, "dot_product", rows)
        yield sizes_figure(self.campaign, synthetic.SWEPT, self.groups[synthetic.SWEPT], synthetic.SIZE)

    def parts(self, *names):
        return {name: self.groups[name] for name in names}

    def test_every_panel_is_labelled_and_inside_the_figure(self):
        with plt.rc_context(style.SETTINGS):
            for figure in self.figures():
                figure.draw_without_rendering()
                width, height = figure.get_size_inches() * figure.dpi
                shown = [axes for axes in figure.axes if axes.axison]
                self.assertTrue(shown)
                self.assertTrue(any(axes.get_ylabel() for axes in shown))
                for axes in shown:
                    box = axes.get_tightbbox()
                    self.assertGreaterEqual(box.x0, -1)
                    self.assertGreaterEqual(box.y0, -1)
                    self.assertLessEqual(box.x1, width + 1)
                    self.assertLessEqual(box.y1, height + 1)
                for legend in figure.legends:
                    box = legend.get_window_extent()
                    self.assertGreaterEqual(box.x0, 0)
                    self.assertLessEqual(box.x1, width)
                plt.close(figure)

    def marked(self, change):
        """The campaign's table after `change` of its points."""
        campaign = synthetic.campaign(self.path)
        change(campaign)
        campaign = derived_anew(campaign)
        return campaign, scaling(campaign)

    def test_every_mark_is_in_the_legend_and_on_its_points(self):
        marks = [mark for mark in style.MARKS if mark != "oversubscribed"]
        rows = self.groups["dot_product"]
        rows = rows[(rows["scaling"] == "strong") & rows["model"].isin(["openmp", "mpi"])]
        drawn = {}
        for mark in ("", *marks):
            table = rows.assign(marks=mark)
            figure, axes = plt.subplots()
            lines = speedup_panel(axes, table)
            legend = [entry.get_label() for entry in handles(lines, lines)]
            symbols = [line.get_marker() for line in axes.lines if line.get_zorder() == 5]
            drawn[mark] = (legend, symbols)
            plt.close(figure)
        self.assertEqual(drawn[""][1], [])
        for mark in marks:
            symbol, label = style.MARKS[mark]
            self.assertNotIn(label, drawn[""][0])
            self.assertIn(label, drawn[mark][0])
            self.assertEqual(drawn[mark][1], [symbol] * len(rows), mark)

    def test_bars_and_ceilings_have_the_marks_of_their_points(self):
        rows = self.groups["dot_product"]
        phases, looks = mean_phases(self.campaign), style.phase_looks(self.campaign.phases)
        strong = rows[(rows["scaling"] == "strong") & rows["model"].isin(["openmp", "mpi"])]
        for mark in ("", *style.MARKS):
            symbol = style.MARKS[mark][0] or "o" if mark else None
            figure, (bars, throughput) = plt.subplots(1, 2)
            phase_panel(bars, lines_of(strong.assign(marks=mark)), phases, looks)
            throughput_panel(throughput, strong.assign(ceiling_marks=mark, marks=""))
            for axes, count in ((bars, len(strong)), (throughput, strong["workers"].nunique())):
                symbols = [line.get_marker() for line in axes.lines if line.get_zorder() == 5]
                shown = mark and not (axes is throughput and mark == "oversubscribed")
                self.assertEqual(symbols, [symbol] * count if shown else [], mark)
            plt.close(figure)

    def test_a_baselines_marks_stand_beside_it(self):
        rows = self.groups["dot_product"]
        rows = rows[rows["scaling"] == "strong"].assign(serial_marks="busy, unstable")
        self.assertRegex(_baseline_words(self.campaign, rows), "^over serial: .* busy, unstable$")

    def test_every_figure_explains_its_marks(self):
        def change(campaign):
            campaign.points["state"] = "not_converged"
        campaign, table = self.marked(change)
        groups = _groups(table[table["timed"]])
        rows, sweep = groups["dot_product"], groups[synthetic.SWEPT]
        label = style.MARKS["not_converged"][1]
        with plt.rc_context(style.SETTINGS):
            for figure in (overview(campaign, {"dot_product": rows}), laws_figure(campaign, "dot_product", rows),
                           sizes_figure(campaign, synthetic.SWEPT, sweep, synthetic.SIZE)):
                self.assertIn(label, [text.get_text() for legend in figure.legends for text in legend.get_texts()])
                plt.close(figure)

    def test_a_point_that_failed_is_in_no_figure(self):
        def change(campaign):
            campaign.points.loc[synthetic.rows(campaign.points, model="openmp", workers=8), "state"] = "invalid"
        _, table = self.marked(change)
        rows = table[(table["kernel"] == "dot_product") & (table["model"] == "openmp") & (table["scaling"] == "strong")]
        self.assertEqual([list(line.points["workers"]) for line in lines_of(rows)], [[1, 2, 4]])

    def test_invented_times_are_said_in_the_title_and_across_the_figure(self):
        def change(campaign):
            campaign.points["clock"] = "pretended"
        campaign, table = self.marked(change)
        rows = table[table["kernel"] == "dot_product"]
        with plt.rc_context(style.SETTINGS):
            for figure in (overview(campaign, {"dot_product": rows}), laws_figure(campaign, "dot_product", rows)):
                self.assertIn("PRETENDED TIMES", figure.get_suptitle())
                style.watermark(figure, "pretended")
                self.assertIn("PRETENDED", [text.get_text() for text in figure.texts])
                plt.close(figure)

    def test_bars_are_as_high_as_the_time_of_their_workers(self):
        campaign = synthetic.campaign(self.path)
        table = scaling(campaign)
        rows = table[(table["kernel"] == "dot_product") & (table["scaling"] == "strong")]
        figure, axes = plt.subplots()
        phase_panel(axes, lines_of(rows), mean_phases(campaign), style.phase_looks(campaign.phases))
        heights = {}
        for bar in axes.patches:
            heights[bar.get_x()] = heights.get(bar.get_x(), 0) + bar.get_height()
        wanted = []
        for line in lines_of(rows):
            of_series = rows[rows["series"] == line.points["series"].iloc[0]]
            base = of_series.loc[of_series["workers"].idxmin()]
            wanted += list(100 * line.points["workers"] * line.points["time_s"] / (base["workers"] * base["time_s"]))
        for height, want in zip([heights[x] for x in sorted(heights)], wanted, strict=True):
            self.assertAlmostEqual(height, want, places=6)
        plt.close(figure)

    def test_phases_have_looks_by_role_and_order(self):
        phases = pd.DataFrame([("a", "transfer"), ("b", "serial"), ("c", "parallel"), ("d", "transfer"),
                               *((f"s{i}", "serial") for i in range(9))], columns=["name", "role"])
        looks = style.phase_looks(phases)
        self.assertEqual([name for _, name in looks.values()],
                         ["c", "wait for the slowest", "a", "b", "d", *(f"s{i}" for i in range(9)),
                          "done before the slowest"])
        self.assertEqual(looks["transfer: a"][0], style.ROLES["transfer"][0])
        self.assertEqual(looks["transfer: d"][0], style.ROLES["transfer"][1])
        self.assertEqual(len({color for color, _ in list(looks.values())[:5]}), 5)

    def test_without_phases_the_panel_says_so(self):
        campaign = synthetic.campaign(self.path)
        campaign.phase_times = campaign.phase_times.iloc[:0]
        campaign = derived_anew(campaign)
        rows = self.groups["dot_product"]
        with plt.rc_context(style.SETTINGS):
            figure = kernel_figure(campaign, "dot_product", rows, mean_phases(campaign))
            figure.draw_without_rendering()
        words = [text.get_text() for axes in figure.axes for text in axes.texts]
        self.assertIn("the drivers did not report their phases", words)
        plt.close(figure)

    def test_a_law_that_is_not_known_here_is_drawn_under_its_own_name(self):
        campaign = synthetic.campaign(self.path)
        for table in (campaign.fits, campaign.predictions):
            table.loc[table["law"] == "usl", "law"] = "zipf"
        campaign.fits.loc[campaign.fits["parameter"] == "contention", "symbol"] = "q"
        with plt.rc_context(style.SETTINGS):
            figure = laws_figure(campaign, "dot_product", self.groups["dot_product"])
        words = [text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()]
        self.assertTrue(any(word.startswith("zipf: q = ") for word in words), words)
        self.assertEqual(len({look[:1] for look in style.law_looks(["usl", "zipf", "other"]).values()}), 3)
        plt.close(figure)

    def test_models_have_looks_by_their_features(self):
        points = pd.DataFrame([("zebra", "Zebra", True, False, False), ("ant", "", False, False, False),
                               ("bee", "Bee", False, True, True)],
                              columns=["model", "model_title", "ranked", "threaded", "device"])
        looks = style.model_looks(points)
        self.assertEqual({model: title for model, (_, _, title) in looks.items()},
                         {"ant": "ant", "bee": "Bee", "zebra": "Zebra"})
        self.assertEqual(list(looks), ["ant", "bee", "zebra"])
        self.assertEqual(len({color for color, _, _ in looks.values()}), 3)

    def test_experiments_of_one_kernel_are_told_apart(self):
        def change(campaign):
            rows = campaign.points["kernel"] == "matrix_mean"
            campaign.points.loc[rows, ["kernel", "experiment"]] = ["dot_product", "evening"]
        campaign, table = self.marked(change)
        groups = _groups(table[table["timed"]])
        self.assertIn("dot_product-evening", groups)
        with plt.rc_context(style.SETTINGS):
            figure = laws_figure(campaign, "dot_product-evening", groups["dot_product-evening"])
            self.assertIn("evening", figure.get_suptitle())
            plt.close(figure)

    def test_series_that_differ_in_nothing_shown_are_numbered(self):
        rows = self.groups["dot_product"]
        strong = rows[(rows["scaling"] == "strong") & (rows["model"] == "mpi")]
        twins = pd.concat([strong, strong.assign(series=999)])
        self.assertEqual([line.label for line in lines_of(twins)], ["MPI", "MPI #2"])
        self.assertEqual(len({(line.dashes, line.marker) for line in lines_of(
            pd.concat([strong.assign(series=number) for number in range(16)]))}), 16)

    def test_axes_name_their_units(self):
        with plt.rc_context(style.SETTINGS):
            rows = self.groups["dot_product"]
            figure = kernel_figure(self.campaign, "dot_product", rows, mean_phases(self.campaign))
        labels = {axes.get_ylabel() for axes in figure.axes}
        self.assertIn("throughput (GB/s)", labels)
        self.assertIn("efficiency (%)", labels)
        plt.close(figure)

    def test_the_first_panel_of_a_row_and_the_last_of_a_column_have_the_labels(self):
        # The swept kernel has no weak series.
        with plt.rc_context(style.SETTINGS):
            figure = overview(self.campaign, self.parts(synthetic.SWEPT, "dot_product"))
        shown = [axes for axes in figure.axes if axes.axison]
        self.assertEqual([axes.get_ylabel() for axes in shown],
                         ["speedup", "", "efficiency (%)", "", "weak efficiency (%)"])
        self.assertEqual([bool(axes.get_xlabel()) for axes in shown], [False, False, True, False, True])
        plt.close(figure)

    def test_the_overview_names_the_size_and_the_baseline_that_it_shows(self):
        with plt.rc_context(style.SETTINGS):
            figure = overview(self.campaign, self.parts(synthetic.SWEPT))
        rows = self.groups[synthetic.SWEPT]
        serial = next(row["time_s"] for _, row in rows.iterrows()
                      if row["model"] == "serial" and row["params"][synthetic.SIZE] == 1e8)
        words = [text.get_text() for text in figure.axes[0].texts]
        self.assertEqual(words, [f"{synthetic.SIZE} 1e8, over serial: {style.seconds(serial)}"])
        plt.close(figure)

    def test_strong_and_weak_panels_name_a_baseline_each(self):
        rows = self.groups["dot_product"]
        with plt.rc_context(style.SETTINGS):
            figure = overview(self.campaign, self.parts("dot_product"))
        serial = {row["scaling"]: style.seconds(row["time_s"]) for _, row in rows.iterrows() if row["model"] == "serial"}
        words = [[text.get_text() for text in axes.texts] for axes in figure.axes]
        self.assertEqual(words, [[f"over serial: {serial['strong']}"], [], [f"over serial: {serial['weak']}"]])
        plt.close(figure)

    def test_a_baseline_from_elsewhere_is_named(self):
        rows = self.groups["dot_product"]
        weak = rows[rows["scaling"] == "weak"]
        serial = rows.index[(rows["model"] == "serial") & (rows["scaling"] == "strong")][0]
        weak = weak.assign(serial_point=serial, serial_s=0.0123)
        self.assertEqual(_baseline_words(self.campaign, weak), "over serial: 12.3 ms (strong)")

    def test_without_intervals_none_are_claimed(self):
        campaign = synthetic.campaign(self.path)
        for table in (campaign.fits, campaign.predictions):
            table[["low", "high"]] = float("nan")
        rows = self.groups["dot_product"]
        with plt.rc_context(style.SETTINGS):
            for source, claimed in ((self.campaign, True), (campaign, False)):
                figure = laws_figure(source, "dot_product", rows)
                words = [text.get_text() for axes in figure.axes if axes.get_legend()
                         for text in axes.get_legend().get_texts()]
                self.assertTrue(any(re.search(r"s = 0\.0[45]", word) for word in words), words)
                self.assertEqual(any("[" in word for word in words), claimed)
                self.assertFalse(any("nan" in word for word in words), words)
                self.assertEqual("95 %" in figure.get_suptitle(), claimed)
                plt.close(figure)
            without = {"dot_product": rows.assign(**{columns_of(name)[1]: float("nan") for name in ESTIMATES})}
            figure = overview(self.campaign, without)
            self.assertNotIn("95 %", figure.get_suptitle())
            plt.close(figure)

    def test_intervals_end_inside_their_panel(self):
        rows = self.groups["dot_product"]
        wide = {f"serial_{name}_{end}": rows[f"serial_{name}"] * factor
                for name in ("speedup", "efficiency") for end, factor in (("low", 0.4), ("high", 1.6))}
        with plt.rc_context(style.SETTINGS):
            figure = overview(self.campaign, {"dot_product": rows.assign(**wide)})
        for axes, name in zip(figure.axes, ("speedup", "efficiency")):
            scale = 1 if name == "speedup" else 100
            strong = rows["scaling"] == "strong"
            self.assertLess(axes.get_ylim()[0], scale * wide[f"serial_{name}_low"][strong].min())
            self.assertGreater(axes.get_ylim()[1], scale * wide[f"serial_{name}_high"][strong].max())
        plt.close(figure)

    def test_one_overview_and_two_figures_a_kernel_are_written(self):
        # One kernel with its ceiling, to keep the test short.
        points = self.campaign.points
        keep = points.index[points["kernel"].isin(["dot_product", "memory_read"])]
        campaign = synthetic.campaign(self.path)
        campaign.launches.loc[~campaign.launches["point"].isin(keep), "state"] = "crashed"
        campaign = derived_anew(campaign)
        paths = draw(campaign, Path(self.folder.name) / "figures", ["png", "svg"])
        names = sorted(path.name for path in paths)
        wanted = ("scaling", "dot_product", "dot_product-laws")
        self.assertEqual(names, sorted(f"{n}.{e}" for n in wanted for e in ("png", "svg")))
        for path in paths:
            self.assertGreater(path.stat().st_size, 10_000, path)

    def test_a_swept_size_gets_figures_of_its_own(self):
        rows = self.groups[synthetic.SWEPT]
        self.assertEqual(size_parameter(rows), synthetic.SIZE)
        self.assertIsNone(size_parameter(self.groups["dot_product"]))
        self.assertEqual({readable(s): len(part) for s, part in by_size(rows, synthetic.SIZE).items()},
                         {"1e4": 7, "1e6": 7, "1e8": 7})

    def test_a_campaign_without_measurements_is_refused(self):
        campaign = synthetic.campaign(self.path)
        campaign.launches["state"] = "crashed"
        campaign = derived_anew(campaign)
        with self.assertRaisesRegex(ValueError, "nothing to draw"):
            draw(campaign, Path(self.folder.name) / "none")

    def test_the_command_explains_itself_and_its_refusals(self):
        run = [sys.executable, "-m", "scalelaw_results"]
        done = subprocess.run([*run, self.path, "--format", "gif"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("choose among: png, pdf, svg", done.stderr)
        done = subprocess.run([*run, self.path.with_name("none.h5")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("hint:", done.stderr)


class QuantityTest(unittest.TestCase):
    def test_units_get_the_prefix_that_fits(self):
        self.assertEqual(style.quantity("bytes", 3.2e10), (1e9, "GB/s"))
        self.assertEqual(style.quantity("pixels", 9.7e8), (1e6, "Mpixel/s"))
        self.assertEqual(style.quantity("numbers", 1.2e10), (1e9, "10⁹ numbers/s"))

    def test_sizes_are_readable(self):
        self.assertEqual([readable(x) for x in (100, 4000, 1_000_000, 25_000_000, 123_456_789)],
                         ["100", "4000", "1e6", "2.5e7", "123456789"])

    def test_durations_are_readable(self):
        self.assertEqual(style.seconds(0.5012), "501 ms")
        self.assertEqual(style.seconds(12.0), "12 s")
        self.assertEqual(style.seconds(float("nan")), "–")


if __name__ == "__main__":
    unittest.main()

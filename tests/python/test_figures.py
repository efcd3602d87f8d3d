"""The figures' specifications: what they show are the program's numbers, every mark is on its point and explained, and
what a reader chooses changes what is drawn."""

import hashlib
import re
import unittest
from pathlib import Path

import altair as alt
import jsonschema
import pandas as pd
import synthetic
from figure_fixture import STRONG, WithFigures, drawn, legend_texts, rows_of, units, validate
from scalelaw_results import figures
from scalelaw_results import scaling as scaling_table
from scalelaw_results.figures import (
    Data,
    Selection,
    account,
    launches,
    laws,
    looks,
    ranking,
    roofline,
    scaling,
    sizes,
    words,
)
from scalelaw_results.figures.catalog import OF_SELECTION
from scalelaw_results.figures.lines import lines_for, lines_of


class FiguresTest(WithFigures):
    def test_the_catalog_has_every_figure_of_every_selection(self):
        of_strong = [name.removeprefix("dot_product-strong-") for name in self.catalog
                     if name.startswith("dot_product-strong-")]
        self.assertEqual(of_strong, ["speedup", "efficiency", "time", "throughput", "ceiling", "phases", "waterfall",
                                     "laws-openmp", "laws-mpi", "laws-hybrid", "ranks-computing", "ranks-waiting"])
        self.assertEqual([name for name in self.catalog if "-sizes-" in name],
                         ["calibration-sizes-time", "calibration-sizes-speedup"])
        self.assertEqual(list(self.catalog)[-1], "launches")
        self.assertEqual(self.data.omitted, [])
        for figure in self.catalog.values():
            self.assertTrue(figure.title and figure.caption.endswith("."), figure.name)
            self.assertGreater(len(figure.rows), 0, figure.name)
            self.assertGreaterEqual(figure.marks_count, len(figure.rows) // 4, figure.name)

    def test_specifications_are_valid_vega_lite(self):
        # One of each kind: a specification takes a third of a second.
        of_kind = {figure.kind: figure for figure in self.catalog.values()}
        self.assertGreater(len(of_kind), 10)
        for figure in of_kind.values():
            validate(figure)
        layer = {"mark": {"type": "no_mark"}, "encoding": {}, "data": {"name": "rows"}}
        with self.assertRaisesRegex(jsonschema.ValidationError, "no_mark"):
            alt.LayerChart.validate({"layer": [layer], "width": 300})

    def test_what_is_drawn_are_the_numbers_of_scaling(self):
        table = scaling_table(self.campaign)
        table = table[(table["kernel"] == "dot_product") & (table["scaling"] == "strong") & table["timed"]]
        for name in ("speedup", "efficiency"):
            points = drawn(self.catalog[f"dot_product-strong-{name}"], "point", shape="line")
            for base in ("serial", "own"):
                for end in ("", "_low", "_high"):
                    wanted = sorted(float(f"{value:.6g}") for value in table[f"{base}_{name}{end}"].dropna())
                    shown = sorted(row[key] for row in points[:len(table)]
                                   if (key := f"{base}{end or '_value'}") in row)
                    self.assertEqual(shown, wanted, (name, base, end))
        rows = self.catalog["dot_product-strong-speedup"].rows
        self.assertEqual(sorted(rows["speedup over serial"]), sorted(table["serial_speedup"]))

    def test_every_launch_is_a_dot_that_no_screen_reader_reads(self):
        figure = self.catalog["dot_product-strong-time"]
        layers = [unit for unit in units(figure.spec) if unit["mark"]["type"] == "circle"]
        self.assertEqual(len(layers), 1)
        self.assertIs(layers[0]["mark"]["aria"], False)
        times = [time for points in scaling_table(self.campaign)["times_s"][synthetic.rows(self.campaign.points)]
                 for time in points]
        self.assertEqual(sorted(row["launch_s"] for row in rows_of(figure, layers[0])),
                         sorted(float(f"{time:.6g}") for time in times))

    def test_every_mark_is_on_its_points_and_in_the_legend(self):
        plain = self.with_points(marks="")
        says = {says for _, says in looks.MARKS.values()}
        self.assertFalse(says & set(legend_texts(scaling.speedup(plain, STRONG).spec)))
        for mark, (shape, says) in looks.MARKS.items():
            data = self.with_points(marks=mark, ceiling_marks=mark)
            for figure in (scaling.speedup(data, STRONG), account.phases(data, STRONG),
                           scaling.throughput(data, STRONG), scaling.laws_of_series(data, STRONG)[0], *sizes.sizes(data, synthetic.SWEPT)):
                self.assertIn(says, legend_texts(figure.spec), (figure.name, mark))
                marked = [unit for unit in units(figure.spec) if f"datum.mark == '{mark}'" in str(unit["transform"])]
                self.assertEqual(len(marked), 1)
                known = sum(row["mark"] == mark for row in rows_of(figure, marked[0]))
                self.assertGreaterEqual(known, len(figure.rows) if figure.kind != "laws" else 1, (figure.name, mark))
                shapes = marked[0]["encoding"]["shape"]["scale"]
                self.assertEqual(shapes["range"][shapes["domain"].index(says)], shape)

    def test_a_point_with_more_workers_than_cores_is_hollow(self):
        figure = scaling.speedup(self.with_points(oversubscribed=True), STRONG)
        hollow = [unit for unit in units(figure.spec) if unit["mark"].get("filled") is False
                  and "tooltip" in unit["encoding"]]
        self.assertEqual(hollow[0]["mark"]["fill"], looks.PAPER)
        self.assertTrue(all(row["crowded"] for row in rows_of(figure, hollow[0])))

    def test_a_baselines_marks_stand_in_the_caption(self):
        rows = self.data.rows(STRONG).assign(serial_marks="busy, unstable")
        self.assertRegex(words.baseline(self.campaign.points, rows, "serial"), "^over serial: .* busy, unstable$")

    def test_a_baseline_from_elsewhere_is_named(self):
        weak = self.data.rows(Selection("dot_product", None, "weak"))
        serial = synthetic.rows(self.campaign.points, model="serial")[0]
        weak = weak.assign(serial_point=serial, serial_s=0.0123)
        self.assertEqual(words.baseline(self.campaign.points, weak, "serial"), "over serial: 12.3 ms (strong)")

    def test_a_caption_says_baseline_launches_and_intervals(self):
        serial = self.data.rows(STRONG).query("model == 'serial'")["time_s"].iloc[0]
        caption = self.catalog["dot_product-strong-speedup"].caption
        self.assertIn(f"Over serial: {words.seconds(serial)}; medians of n = {synthetic.LAUNCHES} launches with 95 % rank "
                      "intervals.", caption)
        few = self.with_points(time_low_s=float("nan"))
        self.assertIn("too few for intervals", scaling.speedup(few, STRONG).caption)

    def test_a_speedup_is_over_the_baseline_that_most_points_have(self):
        points = self.data.rows(STRONG)
        none, some = points.assign(serial_speedup=float("nan")), points.copy()
        some.loc[some["model"] != "openmp", "serial_speedup"] = float("nan")
        self.assertEqual(scaling.baselines_of(points), ["serial", "own"])
        self.assertEqual(scaling.baselines_of(some), ["own", "serial"])
        self.assertEqual(scaling.baselines_of(none), ["own"])
        self.assertEqual(scaling.baselines_of(none.assign(own_speedup=float("nan"))), [])

    def test_captions_name_each_baseline_and_what_lacks_it(self):
        captions = self.catalog["dot_product-strong-speedup"].captions
        self.assertEqual(list(captions), ["serial", "own"])
        self.assertIn("Over one worker of the same model: ", captions["own"])
        self.assertNotIn("no such baseline", "".join(captions.values()))
        self.assertEqual(self.catalog["dot_product-strong-time"].captions, {})
        data = self.with_points()
        lacking = (data.points["kernel"] == "dot_product") & (data.points["model"] == "openmp")
        data.points.loc[lacking, "serial_speedup"] = float("nan")
        figure = scaling.speedup(data, STRONG)
        self.assertIn(f"4 of {len(data.rows(STRONG))} points have no such baseline, and are not shown.",
                      figure.captions["serial"])
        self.assertEqual(figure.caption, figure.captions["own"])

    def test_a_caption_that_stands_alone_has_machine_and_config(self):
        campaign = synthetic.campaign(self.path)
        full = words.full_caption(Data([campaign]), "Caption.")
        self.assertIn("Machine: pretended, 1 node with 8 cores", full)
        self.assertIn(f"SHA-256 {hashlib.sha256(synthetic.CONFIG.encode()).hexdigest()[:12]}", full)

    def test_times_that_were_not_measured_are_said_in_every_figure(self):
        data = self.with_answers(Data([self.campaign]))
        data.clocks = lambda: ["pretended"]
        made = [make(data, STRONG) for make in OF_SELECTION] + scaling.laws_of_series(data, STRONG)
        made += launches.ranks(data, STRONG) + sizes.sizes(data, synthetic.SWEPT) + [launches.launches(data)]
        made += roofline.rooflines(data)
        self.assertEqual({figure.kind for figure in made}, {figure.kind for figure in self.catalog.values()})
        for figure in made:
            self.assertIn("PRETENDED", [unit["mark"].get("text") for unit in units(figure.spec)], figure.name)

    def test_times_that_were_not_measured_are_said_above_and_below(self):
        campaign = synthetic.campaign(self.path)
        campaign.points["clock"] = "pretended"
        data = Data([campaign])
        self.assertEqual(data.clocks(), ["pretended"])
        self.assertIn("PRETENDED TIMES", words.heading(data)[0])
        self.assertIn("PRETENDED TIMES", words.full_caption(data, "Caption."))

    def test_a_point_that_failed_is_in_no_figure(self):
        def change(campaign):
            failed = synthetic.rows(campaign.points, model="openmp", workers=8)
            campaign.points.loc[failed, "state"] = "invalid"
        lines = lines_for(self.changed(change), STRONG)
        openmp = next(line for line in lines if line.model == "openmp")
        self.assertEqual([point["workers"] for point in openmp.rows], [1, 2, 4])

    def test_bars_are_as_long_as_the_time_of_their_workers(self):
        figure = self.catalog["dot_product-strong-phases"]
        ends = {}
        for row in drawn(figure, "bar", fill="part"):
            ends[row["bar"]] = max(ends.get(row["bar"], 0), row["end"])
        wanted = []
        for line in lines_for(self.data, STRONG):
            own = next(value for value in line.points["own_s"])
            wanted += [100 * point["workers"] * point["time_s"] / own for point in line.rows]
        for end, want in zip([ends[bar] for bar in sorted(ends)], wanted, strict=True):
            self.assertAlmostEqual(end, want, delta=1e-3)

    def test_a_waterfall_adds_up_to_a_hundred(self):
        rows = drawn(self.catalog["dot_product-strong-waterfall"], "bar", fill="part")
        sums = {}
        for row in rows:
            sums[row["bar"]] = sums.get(row["bar"], 0) + row["share"]
        for total in sums.values():
            self.assertAlmostEqual(total, 100, delta=0.7)  # shares below 0.1 % have no colour

    def test_without_phases_there_is_no_figure_of_them(self):
        def change(campaign):
            campaign.phase_times = campaign.phase_times.iloc[:0]
        self.assertIsNone(account.phases(self.changed(change), STRONG))

    def test_without_the_program_a_figure_is_omitted_and_that_is_said(self):
        campaign = synthetic.campaign(self.path)
        campaign.path = Path(self.folder.name) / "gone.h5"
        data = Data([campaign])
        self.assertIsNone(account.waterfall(data, STRONG))
        self.assertRegex(data.omitted[0], "where the efficiency went is not shown: .*gone.h5")

    def test_laws_have_bands_predictions_and_points_held_out(self):
        figure = self.catalog["dot_product-strong-laws-openmp"]
        kinds = {row["kind"] for row in drawn(figure, "line", strokeDash="curve")}
        self.assertEqual(kinds, {"fitted", "prior", "held"})
        self.assertTrue(any(re.match(r"Amdahl: s = 0\.0[45]\d* \[", text) for text in legend_texts(figure.spec)))
        beyond = max(row["p"] for row in drawn(figure, "line", strokeDash="curve"))
        self.assertEqual(beyond, 4 * 8)

    def at_most_workers(self):
        """The data with only the points that have the most workers."""
        data = Data([self.campaign])
        data.points = data.points[data.points["workers"] == 8].copy()
        return self.with_answers(data)

    def test_many_implementations_at_one_count_have_their_names_on_an_axis(self):
        data = self.at_most_workers()
        lines = lines_for(data, STRONG)
        self.assertEqual(len(lines), ranking.MANY)
        for make, column, descending in ((scaling.time, "time_s", False), (scaling.throughput, "rate_per_s", True)):
            figure = make(data, STRONG)
            names = [looks.short_title(line.label) for line in
                     sorted(lines, key=lambda line: line.rows[0][column], reverse=descending)]
            bars, = (unit for unit in units(figure.spec) if unit["mark"].get("filled") and unit["mark"].get("aria"))
            self.assertIn(account.alt_list(names), bars["encoding"]["y"]["axis"]["labelExpr"])
            self.assertEqual(len(rows_of(figure, bars)), len(lines))
            self.assertEqual(len(drawn(figure, "circle", y="bar")), len(lines) * synthetic.LAUNCHES)
            self.assertIn("with 8 workers, the best first", figure.caption)
        data.points = data.points[data.points["model"] != "hybrid"]
        few = self.with_answers(Data([self.campaign]))
        few.points = data.points
        self.assertIn("over workers", scaling.time(few, STRONG).caption)

    def test_without_a_baseline_there_is_no_figure_of_speedups(self):
        data = self.with_points(serial_speedup=float("nan"), own_speedup=float("nan"))
        self.assertIsNone(scaling.speedup(data, STRONG))
        self.assertIsNone(scaling.efficiency(data, STRONG))
        self.assertIsNotNone(scaling.time(data, STRONG))

    def test_an_option_of_some_implementations_is_not_in_every_name(self):
        rows = self.data.rows(STRONG).query("model == 'mpi'").copy()
        def peer(number, name, pool):
            return rows.assign(series=number, implementation=name, options=[{"pool": pool}] * len(rows))
        def labels(*peers):
            return [line.label for line in lines_of(self.data, pd.concat([rows, *peers]))]
        self.assertEqual(labels(peer(901, "ray", "kept"), peer(902, "dask", "kept")),
                         ["MPI, scalelaw", "MPI, ray", "MPI, dask"])
        self.assertEqual(labels(peer(901, "ray", "kept"), peer(902, "dask", "anew")),
                         ["MPI, scalelaw", "MPI, ray, pool kept", "MPI, dask, pool anew"])

    def test_a_legend_has_every_entry(self):
        limits = {channel["legend"]["symbolLimit"] for unit in units(self.catalog["dot_product-strong-time"].spec)
                  for channel in unit["encoding"].values() if isinstance(channel, dict) and channel.get("legend")}
        self.assertEqual(limits, {0})

    def test_points_held_out_have_a_shape_of_their_own_in_the_legend(self):
        figure = self.catalog["dot_product-strong-laws-openmp"]
        self.assertIn(laws.HELD_SAYS, legend_texts(figure.spec))
        shapes = {shape for _, shape in looks.MODELS.values()} | {shape for shape, _ in looks.MARKS.values()}
        self.assertNotIn(laws.HELD, shapes | set(looks.OTHER_SHAPES))
        held = [unit for unit in units(figure.spec) if "says" in str(unit["encoding"].get("shape"))
                and unit["encoding"]["shape"]["scale"]["range"] == [laws.HELD]]
        self.assertGreater(len(held), 1)
        for unit in held:
            self.assertIn("datum.kind == 'held'", str(unit["transform"]))
        self.assertEqual(len({unit["mark"]["xOffset"] for unit in held}), len(held))
        self.assertIn("hourglasses, with their bands, are predictions", figure.caption)
        self.assertFalse("held" in {row["kind"] for row in laws.curves(self.data, [])})

    def test_a_caption_explains_only_the_curves_that_there_are(self):
        campaign = synthetic.campaign(self.path)
        campaign.derived["predictions"] = campaign.derived["predictions"].query("kind == 'fitted'")
        data = Data([campaign])
        data.outlook = dict
        caption = scaling.laws_of_series(data, STRONG)[0].caption
        self.assertIn("Curves are laws, with 95 % bands.", caption)
        self.assertNotIn("hourglass", caption)

    def test_marks_do_not_hide_the_marker(self):
        marker = 30 ** 0.5 / 2  # half as wide as a marker is
        for mark, area in looks.MARK_SIZES.items():
            right, down = looks.MARK_PLACES.get(mark, (0, 0))
            if mark == "oversubscribed":
                continue  # says that the marker is hollow
            half = area ** 0.5 / 2
            beside = max(abs(right), abs(down)) - (0 if mark == "unproven" else half)
            self.assertTrue(half > 1.4 * marker if (right, down) == (0, 0) else beside > 0.8 * marker, mark)
        self.assertEqual(set(looks.MARK_SIZES), set(looks.MARKS))
        figure = scaling.speedup(self.with_points(marks=", ".join(looks.MARKS)), STRONG)
        for unit in units(figure.spec):
            for mark, place in looks.MARK_PLACES.items():
                if f"datum.mark == '{mark}'" in str(unit["transform"]):
                    self.assertEqual((unit["mark"]["xOffset"], unit["mark"]["yOffset"]), place)

    def test_the_first_launch_stands_inside_its_panel(self):
        figure = launches.launches(self.data)
        dots, = (unit for unit in units(figure.spec) if unit["mark"]["type"] == "point" and "shape" in unit["encoding"])
        self.assertLess(dots["encoding"]["x"]["scale"]["domain"][0], 0)

    def test_the_title_of_the_names_of_bars_needs_no_height(self):
        for kind in ("phases", "waterfall"):
            bars = next(unit for unit in units(self.catalog[f"dot_product-strong-{kind}"].spec) if unit["mark"]["type"] == "bar")
            self.assertEqual(bars["encoding"]["y"]["axis"]["titleAngle"], 0)

    def test_without_bands_none_are_claimed(self):
        campaign = synthetic.campaign(self.path)
        for table in (campaign.fits, campaign.predictions):
            table[["low", "high"]] = float("nan")
        data = Data([campaign])
        data.outlook = dict
        figure = scaling.laws_of_series(data, STRONG)[0]
        self.assertIn("too few launches for bands", figure.caption)
        self.assertNotIn("95 % bands", figure.caption)
        self.assertFalse(any("[" in text or "nan" in text for text in legend_texts(figure.spec)))

    def test_a_law_that_is_not_known_here_is_drawn_under_its_own_name(self):
        campaign = synthetic.campaign(self.path)
        for table in (campaign.fits, campaign.predictions):
            table.loc[table["law"] == "usl", "law"] = "zipf"
        campaign.fits.loc[campaign.fits["parameter"] == "contention", "symbol"] = "q"
        figure = scaling.laws_of_series(self.with_answers(Data([campaign])), STRONG)[0]
        self.assertTrue(any(text.startswith("zipf: q = ") for text in legend_texts(figure.spec)))
        self.assertEqual(len({look[:1] for look in looks.law_looks(["usl", "zipf", "other"]).values()}), 3)

    def test_laws_over_serial_and_as_time_are_those_over_one_worker(self):
        curves = laws.curves(self.data, lines_for(self.data, STRONG))
        one = {row["series"]: row for row in curves
               if row["p"] == 1 and row["law"] == "amdahl" and row["kind"] == "prior"}
        for line in lines_for(self.data, STRONG):
            first = line.rows[0]
            row = one.get(f"0/{line.series}")
            if row and first["workers"] == 1:
                self.assertAlmostEqual(row["over_serial"], first["serial_speedup"] / first["own_speedup"])
                self.assertAlmostEqual(row["one_s"], first["own_s"])

    def test_lines_look_different_and_twins_are_numbered(self):
        lines = lines_for(self.data, STRONG)
        self.assertEqual(len({(line.color, line.shape) for line in lines}), len(lines))
        rows = self.data.rows(STRONG).query("model == 'mpi'")
        twins = pd.concat([rows, rows.assign(series=999)])
        self.assertEqual([line.label for line in lines_of(self.data, twins)], ["MPI", "MPI #2"])
        many = pd.concat([rows.assign(series=number) for number in range(12)])
        self.assertEqual(len({(str(line.dashes), line.shape) for line in lines_of(self.data, many)}), 12)

    def test_busy_launches_are_marked_in_the_order_of_time(self):
        campaign = synthetic.campaign(self.path)
        counted = campaign.counted_launches()
        first = counted.index[counted["point"].isin(synthetic.rows(campaign.points))][:3]
        campaign.launches.loc[first, "busy"] = True
        figure = launches.launches(Data([campaign]))
        self.assertEqual(int(figure.rows["busy"].sum()), 3)
        self.assertIn("3 of ", figure.caption)
        self.assertIn(looks.MARKS["busy"][1], legend_texts(figure.spec))
        self.assertTrue((figure.rows["time / median of its point"] > 0).all())

    def test_a_heat_map_has_a_cell_for_each_rank_of_each_sample(self):
        figure = self.catalog["dot_product-strong-ranks-computing"]
        self.assertEqual(len(figure.rows), 8 * synthetic.LAUNCHES * synthetic.SAMPLES)
        self.assertEqual(sorted(figure.rows["rank"].unique()), list(range(8)))

    def test_a_campaign_without_measurements_is_refused(self):
        with self.assertRaisesRegex(ValueError, "nothing to draw"):
            self.changed(lambda campaign: campaign.launches.__setitem__("state", "crashed"))

    def test_equal_rows_are_named_alike_in_all_figures(self):
        names = [set(self.catalog[f"dot_product-strong-{kind}"].spec["datasets"])
                 for kind in ("speedup", "efficiency", "time")]
        self.assertTrue(names[0] & names[1] & names[2])

    def test_the_package_says_what_its_parameters_are(self):
        for parameter in self.catalog["dot_product-strong-speedup"].spec["params"]:
            self.assertIn(f"\n    {parameter['name']} ", figures.__doc__)


if __name__ == "__main__":
    unittest.main()

"""Figures of more than one selection: several files, experiments, sizes, peers and simulations."""

import unittest
from pathlib import Path

import pandas as pd
import synthetic
from figure_fixture import STRONG, WithFigures, drawn, legend_texts, units, validate
from scalelaw_results.figures import Data, Selection, laws, looks, scaling, simulation, sizes, turns
from scalelaw_results.figures.data import size_parameter
from scalelaw_results.figures.lines import lines_for


class FiguresAcrossTest(WithFigures):
    def test_a_second_file_is_drawn_over_the_first(self):
        other = Path(self.folder.name) / "other.h5"
        data = self.with_answers(Data([self.campaign, synthetic.campaign(other)]))
        lines = lines_for(data, STRONG)
        self.assertEqual(len(lines), 2 * len(lines_for(self.data, STRONG)))
        openmp = [line for line in lines if line.model == "openmp"]
        self.assertEqual([line.label for line in openmp], ["OpenMP, synthetic", "OpenMP, other"])
        self.assertEqual(openmp[0].color, openmp[1].color)
        self.assertNotEqual(openmp[0].dashes, openmp[1].dashes)
        self.assertIn("Other: over serial", scaling.speedup(data, STRONG).caption)

    def test_experiments_of_one_kernel_are_told_apart(self):
        def change(campaign):
            rows = campaign.points["kernel"] == "matrix_mean"
            campaign.points.loc[rows, ["kernel", "experiment"]] = ["dot_product", "evening/1"]
        data = self.changed(change)
        self.assertEqual(list(data.parameters), ["dot_product", "dot_product-evening_1", synthetic.SWEPT])
        self.assertIn("evening/1", data.titled(Selection("dot_product-evening_1", None, "strong")))

    def test_a_swept_size_gets_figures_of_its_own(self):
        rows = self.data.points[self.data.points["group"] == synthetic.SWEPT]
        self.assertEqual(size_parameter(rows), synthetic.SIZE)
        names = [self.data.named(some) for some in self.data.selections() if some.group == synthetic.SWEPT]
        self.assertEqual(names, [f"calibration-operations-{size}-strong" for size in ("1e4", "1e6", "1e8")])
        self.assertEqual([s.size for s in self.data.overview() if s.group == synthetic.SWEPT], [1e8])

    def test_sizes_show_where_another_model_is_advised(self):
        data = Data([self.campaign])
        data.crossovers = lambda: pd.DataFrame([{
            "file": 0, "work": "calibration", "size_name": synthetic.SIZE, "size": 3e5, "after_size": 1e4,
            "before_size": 1e6, "from": "serial", "to": "mpi", "from_workers": 1, "to_workers": 4}])
        figure = sizes.sizes(data, synthetic.SWEPT)[0]
        self.assertEqual([row["says"] for row in drawn(figure, "text", text="says")], ["→ MPI"])
        self.assertIn("Grey: from there on another way to run is advised, which changes with operations from serial to MPI "
                      "between 1e4 and 1e6", figure.caption)

    def test_sizes_of_a_single_model_show_its_fewest_and_its_most_workers(self):
        data = self.with_answers(Data([self.campaign]))
        swept = data.points["group"] == synthetic.SWEPT
        data.points = data.points[~swept | (data.points["model"] == "mpi")]
        data.crossovers = lambda: pd.DataFrame([{
            "file": 0, "work": "calibration", "size_name": synthetic.SIZE, "size": 3e5, "after_size": 1e4,
            "before_size": 1e6, "from": "mpi", "to": "mpi", "from_workers": 1, "to_workers": 4}])
        figure = sizes.sizes(data, synthetic.SWEPT)[0]
        self.assertEqual(len(set(figure.rows["line"])), 2)
        colors = {row["line"] for row in drawn(figure, "line")}
        self.assertEqual(colors, set(figure.rows["line"]))
        self.assertEqual([row["says"] for row in drawn(figure, "text", text="says")], ["→ MPI, 4 workers"])

    def test_turns_show_from_which_size_on_a_peer_is_faster(self):
        data = self.with_points(implementation="futures-threads")
        common = {"file": 0, "size_name": "steps", "reference": "futures-threads", "reference_model": "threads",
                  "workers": 2, "most": 1e5, "model": "processes", "unit": "task", "unit_s": {100.0: 6e-6, 1e5: 6e-3}}
        rows = [("pool", "task_batch tasks=16", "from", 3e3, 2e3, 4e3, True, False, 100.0, ""),
                ("pool", "task_batch tasks=256", "from", 4e3, 3e3, 5e3, False, False, 100.0, "not_converged, busy"),
                ("ray", "task_batch tasks=16", "never", None, None, None, False, False, 100.0, ""),
                ("dask", "task_batch tasks=16", "from", 3e4, 1e2, 3e4, False, True, 100.0, ""),
                ("mpi4py", "task_batch tasks=16", "always", None, None, None, False, False, 3e3, "")]
        columns = ("implementation", "work", "verdict", "size", "low", "high", "of_launches", "bound", "least", "marks")
        data.turns = lambda: pd.DataFrame([common | dict(zip(columns, row)) for row in rows])
        figure = turns.turns(data)
        self.assertEqual(list(figure.rows["steps"]), [3e3, 4e3, 1e5, 3e4, 3e3], "at sizes that were measured for both")
        bars = [row for row in drawn(figure, "rule", x2="end") if "low" in row]
        self.assertEqual([(row["work"], row["low"]) for row in bars][:2], [("tasks=16", 2e3), ("tasks=256", 3e3)])
        self.assertIn("dotted bars are a gap", figure.caption)
        self.assertEqual(figure.title, "How heavy must a task be until it is faster than futures-threads?")
        self.assertEqual([row["says"] for row in drawn(figure, "text", text="says")], ["6 µs", "6 ms"])
        self.assertGreaterEqual(set(legend_texts(figure.spec)),
                                {"tasks=16", "tasks=256", "faster from here on", "faster from here on, or earlier",
                                 "faster at none for certain", *(looks.MARKS[mark][1] for mark in ("not_converged", "busy"))})
        validate(figure)
        self.assertIsNone(turns.turns(self.data), "no peers")

    def test_a_simulation_stands_beside_what_was_measured(self):
        points = self.data.points
        strong = points[(points["kernel"] == "dot_product") & (points["scaling"] == "strong")]
        measured, simulated = (strong[strong["model"] == model] for model in ("mpi", "openmp"))
        ids = dict(zip(measured["workers"], measured["id"]))
        data = self.with_points()
        data.points.loc[simulated.index, "clock"] = "simulated"
        data.points.loc[simulated.index, "id"] = [f"{ids[workers]} simulated" for workers in simulated["workers"]]
        figure, = simulation.simulations(data)
        self.assertIn("dot_product", figure.name)
        scales = [unit["encoding"].get("shape", {}).get("scale", {}) for unit in units(figure.spec)]
        scale = next(scale for scale in scales if "OpenMP, simulated" in scale.get("domain", ()))
        self.assertEqual(dict(zip(scale["domain"], scale["range"]))["OpenMP, simulated"], looks.OTHER_SHAPES[0])
        by_line = {line: rows for line, rows in figure.rows.groupby("line")}
        self.assertEqual(sorted(by_line), ["MPI, measured", "OpenMP, simulated", "combined prediction"])
        for line, rows in (("MPI, measured", measured), ("OpenMP, simulated", simulated)):
            self.assertEqual(list(by_line[line]["speedup over one worker"]),
                             list(rows.sort_values("workers")["own_speedup"]))
        self.assertGreater(by_line["combined prediction"]["workers"].max(), 8, "beyond what was measured")
        validate(figure)
        self.assertEqual(simulation.simulations(self.data), [], "nothing was simulated")

    def test_only_a_simulation_shows_what_laws_say_far_beyond_what_was_measured(self):
        data = self.with_points()
        lines = lines_for(data, STRONG)
        line = next(line for line in lines if line.rows[0]["model"] == "mpi")
        known = data.by_series("predictions")[line.file, line.series]
        known += [known[-1] | {"kind": "extrapolated", "workers": workers} for workers in (16, 4096)]
        most = max(row["workers"] for row in line.rows)
        self.assertLessEqual(16, laws.FARTHEST * most)
        seen = {far: {row["p"] for row in laws.curves(data, [line], far=far)} for far in (False, True)}
        self.assertIn(16, seen[False])
        self.assertNotIn(4096, seen[False])
        self.assertIn(4096, seen[True])


if __name__ == "__main__":
    unittest.main()

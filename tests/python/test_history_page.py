"""The page of a history: its figures and tables have the numbers of the program, and nothing from a file can run in it."""

import copy
import html
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import page_fixture
import past
from page_fixture import HOSTILE, SCALELAW, json_of, told_by
from page_tables import Tables, number
from scalelaw_results import program
from scalelaw_results.figures import history
from scalelaw_results.page.history import history_page
from test_page import Elements


def rows_of(figure):
    return [row for rows in figure.spec["datasets"].values() for row in rows]


class FigureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.answer = past.answer()
        cls.figures = history.history(cls.answer)

    def test_every_point_with_a_time_has_a_figure(self):
        self.assertEqual([figure.name for figure in self.figures], [f"history-{number}" for number in range(4)])

    def test_it_draws_the_times_and_levels_of_the_program(self):
        line = self.answer["lines"][0]
        drawn = [row for row in rows_of(self.figures[0]) if "level" in row and "mark" not in row]
        self.assertEqual([row["x"] for row in drawn], [time["campaign"] + 1 for time in line["times"]])
        for row, time in zip(drawn, line["times"]):
            for field, key in (("value", "median_s"), ("low", "low_s"), ("high", "high_s"), ("level", "level_s")):
                self.assertAlmostEqual(row[field] / 1000, time[key], delta=1e-5 * time[key])

    def test_a_step_stands_between_its_campaigns_with_what_changed(self):
        step, = [row for row in rows_of(self.figures[0]) if "changed" in row]
        self.assertEqual((step["x"], step["says"]), (past.STEP + 0.5, "+5.0 %"))
        caption = self.figures[0].caption
        self.assertIn("Step at campaign 8 (2026-02-08T03:04:05Z, r7.h5): +5.0 % [+4.0, +6.0] of the time.", caption)
        self.assertIn("Changed there: build.revision old → new; config.measuring.samples 3 → xxx", caption)
        parts = {row["part"] for row in rows_of(self.figures[0]) if "part" in row}
        self.assertEqual(parts, {0, 1})  # the level is not drawn across the step

    def test_a_trend_is_in_the_caption(self):
        self.assertIn("Trend: +1.0 % [-0.0, +2.0] of the time per campaign, +30.0 % [+28.7, +31.3] per month.",
                      self.figures[1].caption)
        self.assertIn("No step and no trend was found.", self.figures[3].caption)

    def test_campaigns_without_a_time_are_marked(self):
        absent = [row for row in rows_of(self.figures[2]) if row.get("state") == "crashed"]
        self.assertEqual([row["x"] for row in absent], [4, 5])
        self.assertEqual(len(self.figures[2].rows), past.CAMPAIGNS)

    def test_the_axis_begins_near_the_values_or_at_zero(self):
        axis = next(layer["encoding"]["y"] for layer in self.figures[0].spec["layer"][0]["layer"] if "y" in layer["encoding"])
        low, high = axis["scale"]["domain"]
        self.assertRegex(low["expr"], r"^start == 'zero' \? 0 : 9\.\d")
        self.assertGreater(high, 10.6)

    def test_pretended_times_are_said_in_the_figure(self):
        answer = copy.deepcopy(self.answer)
        answer["lines"][0]["clock"] = "pretended"
        self.assertIn("PRETENDED", str(history.history(answer)[0].spec["layer"]))


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class HistoryPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name) / "nightly"
        cls.folder.mkdir()
        page_fixture.write_history(cls.folder)
        (cls.folder / "notes.h5").write_text("no results")
        cls.answer = json_of("history", cls.folder, "--false-alarms", "5%")
        with page_fixture.quickly():
            cls.text = history_page([cls.folder], [], "5%")
        cls.tables = Tables(cls.text)

    def test_it_begins_with_the_findings_of_the_history(self):
        shown = re.findall(r"<li>(.*?)</li>", self.text.partition('class="findings"')[2].partition("</ul>")[0])
        self.assertEqual([html.unescape(text) for text in shown], [finding["text"] for finding in self.answer["findings"]])

    def test_its_tables_have_the_numbers_of_the_history(self):
        steps = [step for line in self.answer["lines"] for step in line["steps"]]
        self.assertGreater(len(steps), 3)
        shown = self.tables.rows("steps")
        self.assertEqual([number(cells["time"]) for _, cells in shown], [step["ratio"]["value"] for step in steps])
        self.assertEqual([cells["from campaign"][1] for _, cells in shown], [str(step["campaign"] + 1) for step in steps])
        points = {int(about["data-line"]): cells for about, cells in self.tables.rows("points")}
        self.assertEqual(set(points), set(range(len(self.answer["lines"]))))
        for index, line in enumerate(self.answer["lines"]):
            for column, time in (("first", 0), ("last", -1)):
                self.assertEqual(number(points[index][column]), line["times"][time]["median_s"])
            self.assertEqual(number(points[index]["noise"]), line["noise"])
        self.assertEqual([cells["file"][1] for _, cells in self.tables.rows("campaigns")],
                         [campaign["file"] for campaign in self.answer["campaigns"]])
        self.assertEqual([cells["file"][1] for _, cells in self.tables.rows("omitted")],
                         [one["file"] for one in self.answer["omitted"]])

    def test_points_that_changed_come_first(self):
        changed = re.findall(r'data-kind="history"[^>]* data-changed="(yes|no)"', self.text)
        self.assertEqual(len(changed), len(self.answer["lines"]))
        for section in self.text.split('<section class="group"')[1:]:
            marks = re.findall(r'data-kind="history"[^>]* data-changed="(yes|no)"', section)
            self.assertEqual(marks, sorted(marks, reverse=True))

    def test_texts_of_results_files_stay_texts_and_nothing_is_fetched(self):
        elements = Elements(self.text)
        self.assertEqual(elements.count["script"], 4)
        self.assertNotIn("img", elements.count)
        self.assertFalse([name for name in elements.attributes if name.startswith("on")])
        self.assertNotIn(HOSTILE, self.text)
        self.assertEqual([value for value in elements.references if not value.startswith("#")], [])
        self.assertNotRegex(self.text, r"https?://")
        self.assertIn("PRETENDED TIMES", self.text)
        self.assertEqual(len(told_by(self.text)["figures"]), len(self.answer["lines"]))

    def test_the_command_takes_filters_and_says_what_it_wrote(self):
        asked = []
        with mock.patch.object(program, "ask", lambda *words, **options: asked.append(words) or past.answer()), \
                page_fixture.quickly():
            history_page(["nightly"], ["model=openmp"], "2%")
        self.assertEqual(asked, [("history", "nightly", "--filter", "model=openmp", "--false-alarms", "2%")])

    def test_refusals_are_those_of_the_history(self):
        for words in (["--filter", "kernel=nothing"], ["--filter", "colour=red"], ["--false-alarms", "60%"]):
            plain = subprocess.run([SCALELAW, "history", self.folder, *words], capture_output=True, text=True)
            page = subprocess.run([SCALELAW, "history", self.folder, *words, "--html", self.folder / "page.html"],
                                  capture_output=True, text=True)
            self.assertEqual((page.returncode, page.stderr), (plain.returncode, plain.stderr))
            self.assertNotEqual(page.returncode, 0)
        self.assertFalse((self.folder / "page.html").exists())


if __name__ == "__main__":
    unittest.main()

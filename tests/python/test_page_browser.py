"""The page in a browser: a phone's width, controls by keyboard and by touch, without scripts, and its numbers.
test_page_browser_long.py has the other widths, colours and pages."""

import unittest
from unittest import mock

import page_fixture
import past
from browser import PHONE, WithBrowser
from page_fixture import json_of
from scalelaw_results import program
from scalelaw_results.page.forecast import BASELINES
from scalelaw_results.page.history import history_page
from scalelaw_results.page.write import page

TICKS = """id => Array.from(document.getElementById(id).querySelectorAll(".role-axis-label text"), text => text.textContent)"""


#: The numbers beside each slider at each of its positions.
SLIDERS = """async () => {
  const at = {}, frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const [id, name] of [["workers", "predictions"], ["efficiency", "efficient"]]) {
    const slider = document.getElementById(id), step = Number(slider.step);
    at[id] = [];
    for (let value = Number(slider.min); value <= Number(slider.max); value += step) {
      slider.value = value;
      slider.dispatchEvent(new Event("input", {bubbles: true}));
      await frame();
      const said = document.querySelector(`[data-said=${id}]`).textContent;
      const rows = document.querySelectorAll(`table[data-table=${name}] tbody tr`);
      at[id].push({at: Number(said), rows: Array.from(rows, row => Array.from(row.querySelectorAll("td[data-v]"),
        cell => Number(cell.dataset.v)))});
    }
  }
  return at;
}"""


class BrowserTest(WithBrowser):
    @classmethod
    def make_pages(cls):
        cls.results = cls.folder / "hostile.h5"
        page_fixture.write_hostile(cls.results, weak=False)
        cls.page = cls.write("page.html", page([cls.results], "75%"))
        page_fixture.write_imported(cls.folder / "times.h5")
        cls.imported = cls.write("imported.html", page([cls.folder / "times.h5"], "75%"))
        with mock.patch.object(program, "ask", lambda *words, **options: past.answer()):
            cls.history = cls.write("history.html", history_page(["nightly"], [], "1%"))

    def test_on_a_phone_in_light(self):
        self.look_at("page", PHONE, "light")

    def test_without_scripts_pictures_and_tables_remain(self):
        with self.opened(scripts=False) as window:
            self.picture(window, "without-scripts")
            self.assertEqual(window.locator("img").count(), 0)  # nor in the texts of pictures
            self.assertFalse(window.locator("#controls").is_visible())
            for kind in ("speedup", "efficiency", "waterfall", "phases", "launches"):
                self.assertTrue(window.locator(f"figure[data-kind={kind}] svg[role=img]").first.is_visible(), kind)
            for name in ("points", "predictions", "efficient"):
                self.assertTrue(window.locator(f"table[data-table={name}] td").first.is_visible(), name)

    def test_every_position_of_the_sliders_shows_what_the_program_predicts(self):
        with self.opened() as window:
            shown = window.evaluate(SLIDERS)
        counts, levels = ([position["at"] for position in shown[slider]] for slider in ("workers", "efficiency"))
        told = json_of("predict", self.results, "--workers", ",".join(map(str, counts)), "--law", "all",
                       "--efficiency", ",".join(f"{level}%" for level in levels))["series"]
        self.assertGreater(len(counts), 8)
        for position in shown["workers"]:
            wanted = [[prediction["speedup"], prediction["seconds"]] for series in told for law in series["laws"]
                      if law["law"] not in BASELINES for prediction in law["predictions"]
                      if prediction["workers"] == position["at"]]
            self.assertEqual(position["rows"], wanted, position["at"])
        for position in shown["efficiency"]:
            wanted = [[answer["workers"] if answer["workers"] is not None else answer["looked_to"] + 1]
                      for series in told for answer in series["efficient_up_to"]
                      if round(100 * answer["level"]) == position["at"]]
            self.assertEqual(position["rows"], wanted, position["at"])

    def test_a_fault_in_accessibility_would_be_found(self):
        with self.opened() as window:
            window.evaluate("document.querySelector('label[for=law]').remove()")
            self.assertTrue([one for one in self.violations(window, "select-name") if one.startswith("select-name")])

    def test_every_control_works_by_keyboard(self):
        with self.opened() as window:
            order = []
            for _ in range(14):
                window.keyboard.press("Tab")
                order.append(window.evaluate("document.activeElement.id || document.activeElement.name || "
                                             "document.activeElement.className || document.activeElement.type || "
                                             "document.activeElement.tagName"))
            self.assertEqual(order[:11], ["skip", "look", "SUMMARY", "kernel", "model", "law", "scale", "baseline",
                                          "workers", "efficiency", "reset"])
            self.kernel_by_keyboard(window)
            self.figures_by_keyboard(window)
            self.sliders_by_keyboard(window)
            self.tables_by_keyboard(window)
            self.look_by_keyboard(window)
            self.picture(window, "after-the-keyboard")

    def kernel_by_keyboard(self, window):
        self.press(window, "#kernel", "ArrowDown")
        hidden = lambda: window.evaluate("Array.from(document.querySelectorAll('.group')).map(one => one.hidden)")
        self.eventually(window, hidden, lambda now: now == [False, True])
        self.press(window, "#kernel", "ArrowUp")
        self.eventually(window, hidden, lambda now: now == [False, False])

    def figures_by_keyboard(self, window):
        name = "dot_product-strong-speedup"
        window.locator(f"#{name}").scroll_into_view_if_needed()
        window.wait_for_selector(f"#{name} .vega-embed")
        ticks = lambda: window.evaluate(TICKS, name)
        before = ticks()
        self.press(window, "input[name=scale]:checked", "ArrowDown")
        self.eventually(window, ticks, lambda now: now != before)
        self.press(window, "input[name=scale]:checked", "ArrowUp")
        self.eventually(window, ticks, lambda now: now == before)
        points = window.locator(f"#{name} .mark-symbol.role-mark path")
        every = points.count()
        self.press(window, "#model", "ArrowDown", "ArrowDown")
        self.eventually(window, points.count, lambda now: 0 < now < every)
        self.assertEqual(set(window.evaluate("""() => Array.from(document.querySelectorAll("table[data-table=points] tr[data-model]"))
            .filter(row => !row.hidden).map(row => row.dataset.model)""")), {"openmp"})
        curves = window.locator(f"#{name} .mark-line.role-mark path")
        without = curves.count()
        self.press(window, "#law", "ArrowDown")
        self.eventually(window, curves.count, lambda now: now > without)
        self.assertEqual(window.locator("#law-said").inner_text(), "")
        self.laws_that_are_not_drawn(window)
        self.picture(window, "laws-of-openmp")
        self.press(window, "input[name=baseline]:checked", "ArrowDown")
        self.assertEqual(window.evaluate("document.querySelector('input[name=baseline]:checked').value"), "own")

    def laws_that_are_not_drawn(self, window):
        """The law is "all laws", and the model OpenMP, whose title is hostile."""
        said = window.locator("#law-said").inner_text
        self.press(window, "#model", "ArrowUp", "ArrowUp")
        self.eventually(window, said, lambda now: now.startswith(
            "All laws of all models would hide each other. Choose a law, or a model: "))
        self.assertIn("MPI", said())
        self.press(window, "#model", "ArrowDown")  # serial
        self.eventually(window, said, lambda now: now.startswith("There is no curve of a law for this model. Choose "))
        self.press(window, "#model", "ArrowDown")
        self.eventually(window, said, lambda now: now == "")

    def sliders_by_keyboard(self, window):
        workers = 'table[data-table=predictions] tbody tr:not([hidden])'
        first = window.locator(workers).first.inner_text()
        self.press(window, "#workers", "End")
        self.eventually(window, window.locator(workers).first.inner_text, lambda now: now != first)
        said = window.locator("#workers-said").inner_text()
        self.assertEqual(said, "64 workers, 8 times the largest measured")
        self.assertEqual(window.get_attribute("#workers", "aria-valuetext"), said)
        answer = json_of("predict", self.results, "--workers", "64")
        combined = answer["series"][0]["laws"][0]["predictions"][0]
        shown = window.locator("table[data-table=predictions]").first.locator("tbody tr").first
        self.assertEqual(float(shown.locator("td").nth(2).get_attribute("data-v")), combined["speedup"])
        self.assertIn(f"{combined['speedup']:.2f} [{combined['low']:.2f}, {combined['high']:.2f}]", shown.inner_text())
        self.press(window, "#efficiency", "Home")
        wanted = window.locator("#efficiency-said").inner_text
        self.eventually(window, wanted, lambda now: now == "at least 40 %")
        self.assertIn("workers", window.locator("table[data-table=efficient] tbody tr").first.inner_text())
        self.press(window, "button[type=reset]", "Enter")
        self.eventually(window, wanted, lambda now: now == "at least 75 %")
        self.assertEqual(window.evaluate("document.getElementById('model').value"), "all")

    def tables_by_keyboard(self, window):
        table = "table[data-table=points]"
        heading = window.locator(f"{table} th", has_text="time").first
        for order, step in (("ascending", 1), ("descending", -1)):
            heading.locator("button").focus()
            window.keyboard.press("Enter")
            self.assertEqual(heading.get_attribute("aria-sort"), order)
            column = heading.evaluate("one => one.cellIndex")
            values = window.locator(table).first.evaluate("""(table, column) => Array.from(table.tBodies[0].rows, row =>
                row.cells[column].dataset.v).filter(value => value !== undefined).map(Number)""", column)
            self.assertGreater(len(values), 5)
            self.assertEqual(values, sorted(values, reverse=step < 0))
        numbers = window.locator("details.numbers").first
        numbers.locator("summary").focus()
        window.keyboard.press("Enter")
        self.eventually(window, numbers.locator("td").first.is_visible, bool)

    def look_by_keyboard(self, window):
        paper = "getComputedStyle(document.body).backgroundColor"
        light = window.evaluate(paper)
        self.press(window, "#look", "Enter", "Enter")
        self.assertEqual(window.evaluate("document.documentElement.dataset.look"), "dark")
        self.assertNotEqual(window.evaluate(paper), light)

    def test_a_figure_without_the_chosen_baseline_keeps_its_own(self):
        with self.opened(self.imported) as window:
            self.draw_all(window)
            points = lambda name: window.locator(f"#{name}-strong-speedup .mark-symbol.role-mark path").count()
            caption = lambda name: window.locator(f"#{name}-strong-speedup figcaption").inner_text()
            own = "Over one worker of the same model"
            self.assertTrue(points("heat"))
            self.assertIn(own, caption("heat"))
            self.assertIn("Over serial: 9 s", caption("wave"))
            self.press(window, "input[name=baseline]:checked", "ArrowDown")
            self.eventually(window, lambda: caption("wave"), lambda said: own in said)
            self.assertIn(own, caption("heat"))
            self.assertTrue(points("heat"))

    def test_no_label_of_a_figure_is_cut(self):
        with self.opened(width=PHONE) as window:
            self.draw_all(window)
            texts = window.evaluate("Array.from(document.querySelectorAll('figure .vega-embed text'), one => one.textContent)")
            self.assertEqual([text for text in texts if "\u2026" in text and "script" not in text], [])
            self.assertTrue([text for text in texts if text.startswith("star:")])

    def test_laws_are_drawn_over_one_worker_whatever_is_chosen(self):
        with self.opened(self.imported) as window:
            window.evaluate("document.querySelectorAll('details.fold').forEach(one => { one.open = true; })")
            self.draw_all(window)
            name = window.evaluate("document.querySelector('figure[data-kind=laws][id^=wave]').id")
            drawn = lambda: window.locator(f"#{name} .mark-symbol.role-mark path").evaluate_all(
                "paths => paths.map(path => path.getAttribute('transform'))")
            before = drawn()
            self.press(window, "input[name=baseline]:checked", "ArrowDown")
            window.wait_for_timeout(200)
            self.assertEqual(drawn(), before)

    def test_controls_work_by_touch(self):
        with self.opened(width=PHONE, touch=True) as window:
            window.tap("#controls > summary")
            window.tap("text=linear")
            self.assertEqual(window.evaluate("document.querySelector('input[name=scale]:checked').value"), "linear")
            window.tap("#look")
            self.assertEqual(window.evaluate("document.documentElement.dataset.look"), "light")

    def test_a_history_is_controlled_by_keyboard(self):
        with self.opened(self.history) as window:
            self.draw_all(window)
            figures = "Array.from(document.querySelectorAll('figure')).filter(one => !one.hidden).map(one => one.id)"
            shown = lambda: window.evaluate(figures)
            self.press(window, "#points", "ArrowDown")
            self.eventually(window, shown, lambda now: now == ["history-0", "history-1"])
            self.press(window, "#model", "ArrowDown")
            self.eventually(window, shown, lambda now: now == ["history-0"])
            self.press(window, "button[type=reset]", "Enter")
            self.eventually(window, shown, lambda now: len(now) == 4)
            ticks = lambda: window.evaluate(TICKS, "history-0")
            self.assertNotIn("0", ticks())
            self.press(window, "input[name=start]:checked", "ArrowDown")
            self.eventually(window, ticks, lambda now: "0" in now)
            self.assertEqual(self.violations(window), [])
            self.picture(window, "history-small")


if __name__ == "__main__":
    unittest.main()

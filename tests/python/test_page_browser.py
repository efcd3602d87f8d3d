"""The page in a browser without network: figures, controls by keyboard and by touch, widths, colours, paper.

Every test leaves pictures in build/*/pictures; look at them after a change of the page.
"""

import contextlib
import os
import shutil
import tempfile
import unittest
from pathlib import Path

import page_fixture
from page_fixture import SCALELAW, json_of, page_of

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright
except ImportError:
    if os.environ.get("CI"):
        raise
    sync_playwright = None

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if os.environ.get("CI") and CHROMIUM is None:
    raise RuntimeError("there is no chromium: scripts/setup --with test installs it")

PHONE, DESK, PAPER = 390, 1280, 720
#: Texts of drawings that reach out of the card of their figure.  (The watermark lies across the whole panel.)
OUTSIDE = """() => Array.from(document.querySelectorAll("figure svg")).filter(svg => svg.checkVisibility()).flatMap(svg => {
  const card = svg.closest("figure").getBoundingClientRect();
  return Array.from(svg.querySelectorAll("text")).filter(text => {
    const own = text.getBoundingClientRect();
    return own.width && text.textContent !== "PRETENDED" && (own.left < card.left || own.right > card.right
      || own.top < card.top || own.bottom > card.bottom);
  }).map(text => `${svg.closest("figure").id}: ${text.textContent}`);
})"""
TICKS = """id => Array.from(document.getElementById(id).querySelectorAll(".role-axis-label text"), text => text.textContent)"""


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
@unittest.skipUnless(sync_playwright and CHROMIUM, "there is no chromium with playwright: scripts/setup --with test")
class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.results = Path(cls.folder.name) / "hostile.h5"
        page_fixture.write_hostile(cls.results)
        cls.page = Path(cls.folder.name) / "page.html"
        cls.page.write_text(page_of(cls.results), encoding="utf-8")
        cls.pictures = SCALELAW.parents[1] / "pictures"
        cls.pictures.mkdir(exist_ok=True)
        driver = sync_playwright().start()
        cls.addClassCleanup(driver.stop)
        # As root, Chromium has no sandbox; it reads nothing here but our own page.
        cls.browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    @contextlib.contextmanager
    def opened(self, width=DESK, look="light", scripts=True, touch=False):
        """The page in a new window, without network; afterwards, that it had no errors and asked for nothing else."""
        context = self.browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=look,
                                           java_script_enabled=scripts, has_touch=touch)
        context.set_default_timeout(120_000)  # a busy machine is no fault of the page
        window = context.new_page()
        said, asked = [], []
        window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        window.on("pageerror", lambda error: said.append(str(error)))
        window.on("request", lambda request: asked.append(request.url))
        window.goto(self.page.as_uri())
        try:
            yield window
            self.assertEqual(said, [])
            self.assertEqual([url for url in asked if not url.startswith(("data:", "blob:"))], [self.page.as_uri()])
            if scripts:
                self.assertIsNone(window.evaluate("window.hacked ?? null"))
        finally:
            context.close()

    def draw_all(self, window):
        """Scrolls through the page until every figure that is not folded is drawn."""
        window.evaluate("""async () => {
          for (const figure of document.querySelectorAll("figure")) {
            if (!figure.checkVisibility() || figure.closest("details:not([open])")) continue;
            figure.scrollIntoView();
            for (let i = 0; i < 500 && !figure.querySelector(".vega-embed"); ++i) await new Promise(done => setTimeout(done, 20));
            if (!figure.querySelector(".vega-embed")) throw new Error(`${figure.id} was not drawn`);
          }
          scrollTo(0, 0);
        }""")

    def picture(self, window, name):
        window.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def violations(self, window):
        found = Axe().run(window).response["violations"]
        return [f"{one['id']}: {node['html'][:150]}" for one in found if one["impact"] in ("serious", "critical")
                for node in one["nodes"]]

    def look_at(self, width, look):
        with self.opened(width, look) as window:
            self.draw_all(window)
            self.picture(window, f"{width}-{look}")
            self.assertLessEqual(window.evaluate("document.documentElement.scrollWidth"), width)
            self.assertEqual(window.evaluate(OUTSIDE), [])
            if width == PHONE:
                window.locator("#controls > summary").click()
                self.picture(window, f"{width}-{look}-controls")
            self.assertEqual(self.violations(window), [])

    def test_on_a_phone_in_light(self):
        self.look_at(PHONE, "light")

    def test_on_a_desk_in_dark(self):
        self.look_at(DESK, "dark")

    def test_a_fault_in_accessibility_would_be_found(self):
        with self.opened() as window:
            window.evaluate("document.querySelector('label[for=law]').remove()")
            self.assertTrue([one for one in self.violations(window) if one.startswith("select-name")])

    def test_without_scripts_pictures_and_tables_remain(self):
        with self.opened(scripts=False) as window:
            self.picture(window, "without-scripts")
            self.assertEqual(window.locator("img").count(), 0)  # nor in the texts of pictures
            self.assertFalse(window.locator("#controls").is_visible())
            for kind in ("speedup", "efficiency", "waterfall", "phases", "launches"):
                self.assertTrue(window.locator(f"figure[data-kind={kind}] svg[role=img]").first.is_visible(), kind)
            for name in ("points", "predictions", "efficient"):
                self.assertTrue(window.locator(f"table[data-table={name}] td").first.is_visible(), name)

    def test_on_paper_controls_are_gone_and_everything_is_open(self):
        with self.opened(PAPER, "dark") as window:
            self.draw_all(window)
            window.evaluate("""() => addEventListener("beforeprint", () => {
              window.closedOnPaper = document.querySelectorAll("details:not([open])").length; })""")
            window.pdf(path=self.pictures / "paper.pdf")
            self.assertEqual(window.evaluate("window.closedOnPaper"), 0)
            window.emulate_media(media="print")
            self.picture(window, "paper")
            self.assertFalse(window.locator("#controls").is_visible())
            self.assertEqual(window.evaluate(OUTSIDE), [])
            self.assertEqual(window.evaluate("""() => Array.from(document.querySelectorAll("figure svg, figure canvas"))
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"""), 0)
            self.assertEqual(window.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

    def test_the_tables_have_the_numbers_of_the_report(self):
        points = {point["point"]: point for series in json_of("report", self.results)["series"]
                  for point in series["points"]}
        shown = set()
        with self.opened() as window:
            columns = {"time": ("median_s", None), "speedup over serial": ("speedup_serial", 2),
                       "speedup over one worker": ("speedup_own", 2)}
            for table in window.query_selector_all("table[data-table=points]"):
                names = [name.strip() for name in table.eval_on_selector_all("th", "all => all.map(one => one.textContent)")]
                rows = table.eval_on_selector_all("tbody tr", """all => all.map(row => [row.dataset.point,
                    Array.from(row.cells, cell => [cell.dataset.v ?? null, cell.textContent])])""")
                for number, cells in rows:
                    point = points.get(int(number))
                    if point is None:
                        continue  # a ceiling
                    shown.add(int(number))
                    for name, (key, digits) in columns.items():
                        told = point[key]["value"] if point[key] and digits else point[key]
                        value, text = cells[names.index(name)]
                        self.assertEqual(None if value is None else float(value), told, (number, name))
                        if told is not None and digits:
                            self.assertTrue(text.startswith(f"{told:.{digits}f}"), text)
                            interval = point[key]["interval"]
                            if interval:
                                self.assertIn(f"[{interval['low']:.2f}, {interval['high']:.2f}]", text)
        self.assertEqual(shown, set(points))

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

    def press(self, window, selector, *keys):
        window.focus(selector)
        self.assertNotEqual(window.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none", selector)
        for key in keys:
            window.keyboard.press(key)

    def eventually(self, window, answer, expected):
        """Waits until answer() satisfies `expected`, for as long as a busy machine may need to draw."""
        for _ in range(1200):
            if expected(answer()):
                return
            window.wait_for_timeout(50)
        self.fail(f"it remained {answer()}")

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
        self.picture(window, "laws-of-openmp")
        self.press(window, "input[name=baseline]:checked", "ArrowDown")
        self.assertEqual(window.evaluate("document.querySelector('input[name=baseline]:checked').value"), "own")

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

    def test_controls_work_by_touch(self):
        with self.opened(PHONE, touch=True) as window:
            window.tap("#controls > summary")
            window.tap("text=linear")
            self.assertEqual(window.evaluate("document.querySelector('input[name=scale]:checked').value"), "linear")
            window.tap("#look")
            self.assertEqual(window.evaluate("document.documentElement.dataset.look"), "light")


if __name__ == "__main__":
    unittest.main()

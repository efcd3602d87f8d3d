"""Pages in a browser without network, for the tests of pages.

Every test leaves pictures in build/*/pictures; look at them after a change of a page.
"""

import contextlib
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from page_fixture import SCALELAW

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
NOT_DRAWN = """() => Array.from(document.querySelectorAll("figure[data-figure]"))
    .filter(one => !one.querySelector(".chart svg, .chart canvas")).map(one => one.id)"""
#: What can be pressed and is lower than a finger needs.
SMALL = """() => Array.from(document.querySelectorAll("select, button, input, summary, nav a")).filter(one => one.checkVisibility())
  .map(one => one.type === "radio" ? one.closest("label") : one)
  .filter(one => one.getBoundingClientRect().height < (one.closest("th") ? 24 : 40))
  .map(one => `${one.tagName} ${one.id} ${one.textContent.slice(0, 30)}: ${one.getBoundingClientRect().height}`)"""


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
@unittest.skipUnless(sync_playwright and CHROMIUM, "there is no chromium with playwright: scripts/setup --with test")
class WithBrowser(unittest.TestCase):
    """A test case with one browser, in whose folder make_pages() makes its pages; `page` is the first."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.make_pages()
        cls.pictures = SCALELAW.parents[1] / "pictures"
        cls.pictures.mkdir(exist_ok=True)
        driver = sync_playwright().start()
        cls.addClassCleanup(driver.stop)
        # As root, Chromium has no sandbox; it reads nothing here but our own page.
        cls.browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def write(cls, name, text):
        page = cls.folder / name
        page.write_text(text, encoding="utf-8")
        return page

    @contextlib.contextmanager
    def opened(self, page=None, width=DESK, look="light", scripts=True, touch=False):
        """A page (`page` unless another is given) in a new window, without network; afterwards, that it had no errors
        and asked for nothing else."""
        context = self.browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=look,
                                           java_script_enabled=scripts, has_touch=touch)
        context.set_default_timeout(120_000)  # a busy machine is no fault of the page
        window = context.new_page()
        said, asked = [], []
        window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        window.on("pageerror", lambda error: said.append(str(error)))
        window.on("request", lambda request: asked.append(request.url))
        window.goto((page or self.page).as_uri())
        try:
            yield window
            self.assertEqual(said, [])
            self.assertEqual([url for url in asked if not url.startswith(("data:", "blob:"))], [(page or self.page).as_uri()])
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

    def violations(self, window, *rules):
        """What breaks the rules of axe-core (all, or these), but for what it calls minor."""
        options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
        found = Axe().run(window, options=options).response["violations"]
        return [f"{one['id']}: {node['html'][:150]}" for one in found if one["impact"] != "minor" for node in one["nodes"]]

    def look_at(self, name, width, look, page=None):
        """Draws everything and checks that it is inside, that nothing is wider than the window, and accessibility."""
        with self.opened(page, width, look) as window:
            self.draw_all(window)
            self.picture(window, f"{name}-{width}-{look}")
            self.assertLessEqual(window.evaluate("document.documentElement.scrollWidth"), width)
            self.assertEqual(window.evaluate(OUTSIDE), [])
            if width == PHONE:
                window.locator("#controls > summary").click()
                window.screenshot(path=self.pictures / f"{name}-{width}-{look}-controls.png")
                self.assertEqual(window.evaluate(SMALL), [])
                self.assertLessEqual(window.evaluate("document.documentElement.scrollWidth"), width)
            self.assertEqual(self.violations(window), [])

    def look_at_on_paper(self, name, page=None):
        """That controls are gone, everything is open and drawn, and nothing is cut off."""
        with self.opened(page, PAPER, "dark") as window:
            self.eventually(window, lambda: window.evaluate(NOT_DRAWN), lambda names: names == [])
            window.evaluate("""() => addEventListener("beforeprint", () => {
              window.closedOnPaper = document.querySelectorAll("details:not([open])").length; })""")
            window.pdf(path=self.pictures / f"{name}-paper.pdf")
            self.assertEqual(window.evaluate("window.closedOnPaper"), 0)
            self.draw_all(window)
            window.emulate_media(media="print")
            self.picture(window, f"{name}-paper")
            self.assertFalse(window.locator("#controls").is_visible())
            self.assertEqual(window.evaluate(OUTSIDE), [])
            self.assertEqual(window.evaluate("""() => Array.from(document.querySelectorAll("figure svg, figure canvas"))
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"""), 0)
            self.assertEqual(window.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

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

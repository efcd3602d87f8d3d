"""Pages at their real size: how large they are, and how soon a large one can be used."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import page_tables
from browser import CHROMIUM, sync_playwright
from page_fixture import SAMPLE, SCALELAW, json_of, page_of

#: 500 points with 20 samples each, as the fake launcher writes them.
CONFIG = """
[campaign]
name = "large"
[measuring]
samples = 2
launches_min = 10
launches_max = 10
[machine]
cores = 64
memory = "256Gi"
last_level_cache = "32Mi"
[[experiment]]
kernel = "dot_product"
scaling = ["strong", "weak"]
size = 1e8
ranks = [1, 2, 4, 8, 16, 32, 64]
threads = [1, 2, 4, 8, 16, 32, 64]
[[experiment]]
kernel = "prime_sieve"
scaling = ["strong", "weak"]
size = 1e10
ranks = [1, 2, 4, 8, 16, 32, 64]
threads = [1, 2, 4, 8, 16, 32, 64]
[[experiment]]
name = "sweep"
kernel = "calibration"
size = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
ranks = [1, 2, 4, 8, 16, 32, 64]
threads = [1, 2, 4, 8, 16, 32, 64]
"""


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class LongPageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_the_page_of_the_sample_fits_in_a_mail(self):
        text = page_of(SAMPLE)
        self.assertLess(len(text.encode()), 1_500_000)
        page_tables.check(self, text, json_of("report", SAMPLE))

    @unittest.skipUnless(sync_playwright and CHROMIUM, "there is no chromium with playwright: scripts/setup --with test")
    def test_a_large_campaign_has_a_page_that_can_be_used(self):
        config, results, page = (self.folder / name for name in ("large.toml", "large.h5", "large.html"))
        config.write_text(CONFIG)
        subprocess.run([SCALELAW, "run", config, "--launcher", "fake", "--output", results], capture_output=True)
        text = page_of(results)
        page.write_text(text, encoding="utf-8")
        shutil.copy(page, SCALELAW.parents[1] / "large-page.html")
        self.assertLess(len(text.encode()), 3_000_000)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            window = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}).new_page()
            window.goto(page.as_uri())
            window.select_option("#model", "openmp")
            window.wait_for_function("""() => Array.from(document.querySelectorAll("table[data-table=points] tr[data-model]"))
                .every(row => row.hidden === (row.dataset.model !== "openmp"))""")
            window.evaluate("document.querySelector('figure').scrollIntoView()")
            window.wait_for_selector("figure .vega-embed svg, figure .vega-embed canvas")
            # What the page itself took, by its own clock; printed, since a busy machine says nothing of the page.
            print(f"usable after {window.evaluate('performance.now()') / 1000:.2f} s; {len(text.encode()) / 1e6:.2f} MB")
            browser.close()


if __name__ == "__main__":
    unittest.main()

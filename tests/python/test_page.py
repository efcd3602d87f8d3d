"""The page: what it says, that nothing from a results file can run in it, and what the command refuses."""

import contextlib
import html
import html.parser
import io
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import markupsafe
import page_fixture
import page_tables
from page_fixture import SAMPLE, SCALELAW, json_of, quick_page_of, told_by
from scalelaw_results.page import __main__ as page_command
from scalelaw_results.page import charts, vega


class Elements(html.parser.HTMLParser):
    """Counts a page's elements, and keeps what their attributes refer to."""

    def __init__(self, text):
        super().__init__()
        self.count, self.attributes, self.references = {}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.attributes += [name for name, _ in attributes]
        self.references += [value for name, value in attributes if name in ("src", "href", "action", "data", "poster")]


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "hostile.h5"
        page_fixture.write_hostile(cls.path)
        cls.text = quick_page_of(cls.path, efficiency="93%")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_texts_of_a_results_file_stay_texts(self):
        elements = Elements(self.text)
        self.assertEqual(elements.count["script"], 4)  # our own
        self.assertNotIn("img", elements.count)
        self.assertFalse([name for name in elements.attributes if name.startswith("on")])
        self.assertGreater(self.text.count(str(markupsafe.escape(page_fixture.HOSTILE))), 10)
        self.assertNotIn(page_fixture.HOSTILE, self.text)

    def test_nothing_is_fetched(self):
        elements = Elements(self.text)
        self.assertEqual([value for value in elements.references if not value.startswith("#")], [])
        self.assertNotIn("@import", self.text)
        self.assertIsNone(re.search(r"url\((?!#)", self.text))
        self.assertIn("default-src 'none'", self.text)
        self.assertNotRegex(self.text, r"https?://")

    def test_it_begins_with_the_findings_of_the_report(self):
        findings = [finding["text"] for finding in json_of("report", self.path, "--efficiency", "93%")["findings"]]
        self.assertNotEqual(findings, [finding["text"] for finding in json_of("report", self.path)["findings"]])
        shown = re.findall(r"<li>(.*?)</li>", self.text.partition('class="findings"')[2].partition("</ul>")[0])
        self.assertEqual([html.unescape(text) for text in shown], findings)
        self.assertLess(self.text.index('id="findings"'), self.text.index("<figure"))

    def test_it_has_what_was_measured_and_how(self):
        for part in ("Rules", "Environment", "Commands", "Config", "Ceilings", "PRETENDED TIMES"):
            self.assertIn(part, self.text)
        kinds = set(re.findall(r'data-kind="([^"]+)"', self.text))
        self.assertLessEqual({"speedup", "efficiency", "time", "phases", "waterfall", "launches"}, kinds)

    def test_its_head_counts_the_launches_that_findings_count(self):
        path = Path(self.folder.name) / "busy.h5"
        counts = page_fixture.write_busy(path)
        text = quick_page_of(path)
        self.assertIn(f"All {counts['ok']} launches ran beside other work", text)
        self.assertIn(f"{counts['ok']} launches with times, 1 more failed, {counts['timed']} timed samples", text)
        page_fixture.write_plain(path)
        self.assertNotIn("more failed", quick_page_of(path).partition("</header>")[0])

    def test_its_tables_have_the_numbers_of_the_report(self):
        page_tables.check(self, self.text, json_of("report", self.path, "--efficiency", "93%"))

    def test_a_wrong_number_would_be_found(self):
        report = json_of("report", self.path, "--efficiency", "93%")
        row = next(row for row in report["scaling"] if row["own_speedup"])
        row["own_speedup"] *= 1 + 1e-12
        with self.assertRaises(AssertionError):
            page_tables.check(self, self.text, report)

    def test_predictions_are_those_of_predict(self):
        told = told_by(self.text)
        self.assertGreater(len(told["workers"]), 8)
        answer = json_of("predict", self.path, "--workers", ",".join(map(str, told["workers"])), "--law", "all",
                         "--efficiency", "50%,90%")
        compared = 0
        self.assertEqual(len([one for ones in told["forecasts"].values() for one in ones]), len(answer["series"]))
        for ours, theirs in zip([one for ones in told["forecasts"].values() for one in ones], answer["series"]):
            for answer in theirs["efficient_up_to"]:
                shown = next(one for one in ours["efficient"] if one[0] == round(100 * answer["level"]))
                self.assertEqual(shown[1:], [answer[key] for key in ("workers", "low", "high", "looked_to", "against")])
            for law, of_law in zip(ours["laws"], [law for law in theirs["laws"] if law["law"] in
                                                  {one["law"] for one in ours["laws"]}]):
                for prediction in of_law["predictions"]:
                    at = law["at"][str(prediction["workers"])]
                    self.assertEqual(at, [prediction[key] for key in ("speedup", "low", "high", "seconds", "seconds_low",
                                                                      "seconds_high")])
                    compared += 1
        self.assertGreater(compared, 50)

    def test_identical_files_give_identical_pages(self):
        self.assertEqual(quick_page_of(self.path, efficiency="93%"), self.text)

    def test_still_pictures_keep_their_texts_and_lose_what_cannot_be_seen(self):
        svg = ('<svg class="marks" xmlns="http://www.w3.org/2000/svg"><g id="a" aria-label="x"><g></g>'
               '<path d="M0,0h1" fill="none"/><rect x="1.23456" clip-path="url(#a)"/>'
               '<text>s = 0.01234 role="img" &lt;g&gt;</text></g></svg>')
        self.assertEqual(charts.small_svg(svg, "f1", 'a "b" <c>'),
                         '<svg role="img" aria-label="a &#34;b&#34; &lt;c&gt;"><g id="f1a"><rect x="1.2" clip-path='
                         '"url(#f1a)"/><text>s = 0.01234 role="img" &lt;g&gt;</text></g></svg>')

    def test_a_second_file_is_compared_with_the_first(self):
        other = Path(self.folder.name) / "other.h5"
        page_fixture.write_slower(other)
        text = quick_page_of(self.path, other)
        compared = json_of("compare", self.path, other)["points"]
        rows = re.findall(r"<tr.*?</tr>", text.partition('data-table="comparison"')[2].partition("</table>")[0], re.S)[1:]
        self.assertEqual(len(rows), len(compared))
        for row, point in zip(rows, compared):
            self.assertIn(f">{point['verdict']}<", row)
            self.assertIn(f'data-v="{point["ratio"]}"', row)
        self.assertIn("slower", {point["verdict"] for point in compared})
        self.assertTrue("MPI, other" in str(told_by(text)["datasets"]), "the second file is not drawn")


@unittest.skipUnless(SCALELAW.is_file(), "the harness is not built here")
class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, *arguments):
        done = subprocess.run([SCALELAW, "report", *arguments], capture_output=True, text=True, cwd=self.folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("hint: ", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_what_cannot_be_written_is_refused_with_the_remedy(self):
        self.assertIn("no folder", self.refused(SAMPLE, "--html", "nowhere/page.html"))
        self.assertIn("it is a folder\n  hint: name a file", self.refused(SAMPLE, "--html", self.folder))

    def test_vega_is_joined_once_and_kept_where_there_is_room(self):
        (self.folder / "full").write_text("no folder")
        for place, joined in (("cache", 1), ("full", 2)):
            made = mock.Mock(return_value="Vega")
            with mock.patch.dict("os.environ", {"XDG_CACHE_HOME": str(self.folder / place)}), \
                    mock.patch.object(vega.vl_convert, "javascript_bundle", made):
                self.assertEqual([vega.script(), vega.script()], ["Vega", "Vega"])
            self.assertEqual(made.call_count, joined, place)
        (kept,) = (self.folder / "cache/scalelaw").iterdir()
        self.assertEqual((kept.name, kept.read_text()), (f"vega-{vega.vl_convert.__version__}.js", "Vega"))

    def test_it_says_what_it_wrote(self):
        results = self.folder / "results.h5"
        page_fixture.write_hostile(results, weak=False)
        out, written = io.StringIO(), self.folder / "page.html"
        with page_fixture.quickly(), contextlib.redirect_stdout(out):
            self.assertEqual(page_command.main([str(results), "-o", str(written)]), 0)
        size = written.stat().st_size
        self.assertEqual(out.getvalue(), f"{written}: {round(size / 1000)} kB\n")
        self.assertEqual([page_command.size(count) for count in (10, 1500, 1_234_567)], ["1 kB", "2 kB", "1.23 MB"])

    def test_files_that_cannot_be_compared_get_the_words_of_compare(self):
        imported = self.folder / "times.csv"
        imported.write_text("kernel,workers,seconds\nsolve,1,9\nsolve,2,5\n")
        done = subprocess.run([SCALELAW, "compare", SAMPLE, imported], capture_output=True, text=True)
        refused = self.refused(SAMPLE, imported, "--html", "page.html")
        self.assertIn("the two files have no point in common", refused)
        self.assertEqual(refused, done.stderr)
        self.assertFalse((self.folder / "page.html").exists())

    def test_a_page_of_imported_times_names_the_file_that_they_came_from(self):
        (self.folder / "times.csv").write_text("workers,seconds\n1,9\n2,5\n")
        subprocess.run([SCALELAW, "import", "times.csv", "-o", "kept.h5"], check=True, capture_output=True, cwd=self.folder)
        footer = quick_page_of(self.folder / "kept.h5").partition("<footer>")[2]
        self.assertIn("<code>times.csv</code>", footer)

    def baselines(self, times):
        """The page of imported times, and how each of its baselines may be chosen."""
        path = self.folder / "times.h5"
        page_fixture.write_imported(path, times)
        text = quick_page_of(path)
        choices = re.findall(r'name="baseline" value="([a-z]+)"( checked| disabled)?> [^<]*', text)
        return text, {name: state.strip() for name, state in choices}

    def test_a_page_begins_with_a_baseline_that_it_has(self):
        times = page_fixture.TIMES
        text, choices = self.baselines(times.partition("wave")[0])
        self.assertEqual(choices, {"serial": "disabled", "own": "checked"})
        self.assertIn("the serial program (none here)", text)
        self.assertEqual(self.baselines(times)[1], {"serial": "checked", "own": ""})
        self.assertEqual(self.baselines("workers,seconds\n4,9\n")[1], {"serial": "disabled", "own": "checked"})

    def test_a_results_file_is_never_replaced(self):
        precious = self.folder / "precious.h5"
        precious.write_bytes(SAMPLE.read_bytes())
        self.assertIn("not a page", self.refused(SAMPLE, "--html", precious))
        self.assertEqual(precious.read_bytes(), SAMPLE.read_bytes())

    def test_what_is_no_results_file_is_refused(self):
        other = self.folder / "notes.txt"
        other.write_text("nothing measured")
        self.assertIn("notes.txt", self.refused(other, "--html", "page.html"))
        self.assertIn("there is no file", self.refused("missing.h5", "--html", "page.html"))
        self.assertFalse((self.folder / "page.html").exists())

    def test_options_without_effect_are_refused(self):
        for option in (["--full"], ["-q"], ["--failures"], ["--format", "json"]):
            done = subprocess.run([SCALELAW, "report", SAMPLE, "--html", "page.html", *option], capture_output=True,
                                  text=True, cwd=self.folder)
            self.assertNotEqual(done.returncode, 0, option)
            self.assertIn("--html", done.stderr)
        self.assertIn("not an efficiency", self.refused(SAMPLE, "--html", "page.html", "--efficiency", "nought"))
        self.assertIn("scalelaw compare", self.refused(SAMPLE, SAMPLE))

    def test_without_the_python_packages_it_says_how_to_get_them(self):
        scripts = self.folder / "scripts"
        scripts.mkdir()
        for name in ("page", "steps.sh"):
            (scripts / name).write_bytes((page_fixture.ROOT / "scripts" / name).read_bytes())
        (scripts / "page").chmod(0o755)
        done = subprocess.run([scripts / "page", SAMPLE, "-o", "page.html"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("scripts/setup", done.stderr)


if __name__ == "__main__":
    unittest.main()

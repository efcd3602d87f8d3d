"""The pictures: everything is inside them, text can be read at the printed size, fonts are embedded, what a reader
chooses is drawn, and equal results give equal bytes."""

import dataclasses
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import synthetic
import vl_convert
from scalelaw_results.figures import (
    DARK,
    LIGHT,
    PAPER_NARROW,
    PAPER_WIDE,
    SCREEN,
    Data,
    Selection,
    account,
    catalog,
    launches,
    looks,
    pdf,
    scaling,
    sizes,
    themed,
    write,
)

STRONG = Selection("dot_product", None, "strong")


def poppler(tool, path, *options):
    if shutil.which(tool) is None:
        raise AssertionError(f"{tool} is missing: scripts/setup --with test installs it")
    return subprocess.run([tool, *options, path, "-"] if tool == "pdftotext" else [tool, *options, path],
                          capture_output=True, text=True, check=True).stdout


class PicturesTest(synthetic.WithCampaign):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = Data([cls.campaign])
        # Every mark and the busiest legends.
        cls.data.points["marks"] = "not_converged, unstable, busy"
        cls.figures = [make(cls.data, STRONG) for make in (scaling.speedup, scaling.time, scaling.throughput,
                                                           account.phases, account.waterfall)]
        cls.figures += [scaling.laws_of_series(cls.data, STRONG)[-1], launches.ranks(cls.data, STRONG)[0],
                        sizes.sizes(cls.data, synthetic.SWEPT)[0], launches.launches(cls.data)]

    def svg(self, figure, look=LIGHT, **choices):
        spec = themed(figure.spec, look, choices)
        return write.picture(spec | {"width": 500} if spec["width"] == "container" else spec).svg

    def test_on_paper_everything_is_inside_and_text_is_of_7_to_8_points(self):
        for look, inches in ((PAPER_NARROW, 3.3), (PAPER_WIDE, 7)):
            for figure in self.figures:
                drawn = write.picture(themed(figure.spec, look, letter="a"))
                self.assertAlmostEqual(drawn.width, 72 * inches)
                self.assertIn(">(a)<", drawn.svg)
                self.assertNotIn(figure.title, drawn.svg)
                read = [text for text in re.findall(r"<text[^>]*>", drawn.svg) if "B00000" not in text]
                written = {float(size) for text in read for size in re.findall(r'font-size="([0-9.]+)px"', text)}
                self.assertTrue(written and min(written) >= 7 and max(written) <= 8, (figure.name, written))
                path, = write.save(drawn, Path(self.folder.name) / "panel", ["pdf"], 1)
                boxes = re.findall(r'<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*?)<',
                                   poppler("pdftotext", path, "-bbox"))
                self.assertGreater(len(boxes), 5)
                for *box, word in boxes:
                    left, top, right, bottom = map(float, box)
                    self.assertTrue(left >= 0 and top >= 0 and right <= drawn.width + 0.1 and bottom <= drawn.height + 0.1,
                                    (figure.name, look.name, word, box, drawn.width, drawn.height))
                self.assertEqual(_overlaps(boxes), [], (figure.name, look.name))

    def test_marks_stay_inside_their_panel_or_its_margin(self):
        for figure in self.figures:
            drawn = write.picture(themed(figure.spec, PAPER_NARROW))
            for x, y in _symbols(drawn.svg):
                self.assertTrue(-2 <= x <= drawn.width + 2 and -2 <= y <= drawn.height + 2, (figure.name, x, y))

    def test_fonts_are_embedded_as_text(self):
        path, = write.save(write.picture(themed(self.figures[0].spec, PAPER_NARROW)), Path(self.folder.name) / "fonts",
                           ["pdf"], 1)
        fonts = poppler("pdffonts", path).splitlines()[2:]
        self.assertTrue(fonts)
        for font in fonts:
            self.assertRegex(font, r"LiberationSans.*\s+yes\s+yes\s+yes\s")
        self.assertIn("workers (ranks × threads)", poppler("pdftotext", path))

    def test_equal_results_give_equal_bytes(self):
        folders = [Path(self.folder.name) / name for name in ("first", "second")]
        drawn = write.picture(themed(self.figures[0].spec, PAPER_NARROW, letter="b"))
        for folder in folders:
            folder.mkdir()
            again = write.picture(themed(scaling.time(Data([self.campaign]), STRONG).spec, PAPER_NARROW))
            write.save(again, folder / "again", write.FORMATS, 2)
            write.save(write.beside([drawn, drawn, again], 2), folder / "three", write.FORMATS, 2)
        for path in sorted(folders[0].iterdir()):
            self.assertEqual(path.read_bytes(), (folders[1] / path.name).read_bytes(), path.name)

    def test_a_pdf_is_the_same_however_its_fonts_are_numbered(self):
        svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="50"><g opacity="0.5">'
               '<text x="5" y="20" font-family="Liberation Sans">plain</text></g>'
               '<text x="5" y="40" font-weight="bold" font-family="Liberation Sans">bold</text></svg>')
        raw = {vl_convert.svg_to_pdf(svg) for _ in range(12)}
        self.assertGreater(len(raw), 1, "svg2pdf numbers fonts in a fixed order now: pdf.py is not needed any more")
        canonical = {pdf.canonical(written) for written in raw}
        self.assertEqual(len(canonical), 1)
        path = Path(self.folder.name) / "fonts-order.pdf"
        path.write_bytes(canonical.pop())
        self.assertEqual(poppler("pdftotext", path).split(), ["plain", "bold"])

    def test_what_a_reader_chooses_is_drawn(self):
        figure, time = scaling.efficiency(self.data, STRONG), self.figures[1]
        plain = self.svg(figure)
        seen = {plain}
        for choices in ({"scale": "linear"}, {"baseline": "own"}, {"model": "openmp"}, {"model": "openmp", "law": "none"},
                        {"model": "openmp", "law": "amdahl"}, {"law": "amdahl"}, {"workers": 3}, {"efficiency": 75}):
            svg = self.svg(figure, **choices)
            self.assertNotIn(svg, seen, choices)
            self.assertNotIn("NaN", svg, choices)
            seen.add(svg)
        self.assertNotEqual(self.svg(time), self.svg(time, scale="linear"))

    def test_one_model_shows_only_its_points(self):
        count = len(self.data.rows(STRONG).query("model == 'openmp'"))
        svg = self.svg(self.figures[0], model="openmp", law="none")
        shown = re.findall(r'aria-roledescription="point"', svg)
        self.assertEqual(len(shown), count)

    def test_a_dark_page_has_other_colours_everywhere(self):
        light, dark = self.svg(self.figures[0], LIGHT), self.svg(self.figures[0], DARK)
        for color, other in DARK.colors.items():
            if f'"{color}"' in light:
                self.assertNotIn(f'"{color}"', dark)
                self.assertIn(f'"{other}"', dark)

    def test_no_mark_is_drawn_far_outside_by_a_value_that_is_absent(self):
        figure = scaling.efficiency(Data([self.campaign]), STRONG)
        self.assertTrue(all(None not in row.values() for rows in figure.spec["datasets"].values() for row in rows))

    def test_a_picture_of_several_panels_keeps_their_clips_apart(self):
        svg = self.svg(self.figures[0], PAPER_NARROW)
        both = write.beside([write.Picture(svg, 200, 100), write.Picture(svg, 200, 120)], 2)
        names = re.findall(r'\bid="([^"]+)"', both.svg)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual((both.width, both.height), (416, 120))

    def test_the_files_of_a_screen_and_of_a_paper(self):
        # Few figures, to keep the test short.
        keep = [figure for figure in catalog(self.data)
                if figure.name.startswith("dot_product-strong-laws-m") or figure.name in ("launches", "dot_product-strong-time")]
        real, write.catalog = write.catalog, lambda data: [dataclasses.replace(figure) for figure in keep]
        try:
            screen = write.draw(self.data, Path(self.folder.name) / "screen", ["png", "svg"])
            paper = write.draw_paper(self.data, Path(self.folder.name) / "paper", ["pdf"])
        finally:
            write.catalog = real
        self.assertEqual(sorted(path.name for path in screen),
                         sorted(f"{name}.{kind}" for name in ("dot_product", "dot_product-laws", "launches")
                                for kind in ("png", "svg")))
        names = [figure.name for figure in keep]
        self.assertEqual(sorted(path.name for path in paper),
                         sorted([f"{name}-{size}.pdf" for name in names for size in ("3.3in", "7in")]
                                + [f"{name}.caption.txt" for name in names]))
        captions = [path.read_text() for path in paper if path.name.endswith("caption.txt")]
        self.assertEqual([caption[:3] for caption in captions], ["(a)", "(b)", "(a)"])
        for caption in captions:
            self.assertRegex(caption, r"Machine: .*\. Config: SHA-256 [0-9a-f]{12}\.\n$")

    def test_a_picture_for_a_screen_has_its_title_and_the_machine(self):
        svg = write.picture(themed(self.figures[0].spec, SCREEN, title=("The title", "the machine"))).svg
        self.assertIn(">The title<", svg)
        self.assertIn(">the machine<", svg)

    def test_the_command_explains_itself_and_its_refusals(self):
        run = [sys.executable, "-m", "scalelaw_results"]
        done = subprocess.run([*run, self.path, "--format", "gif"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("choose among: png, pdf, svg", done.stderr)
        done = subprocess.run([*run, self.path.with_name("none.h5")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("hint:", done.stderr)

    def test_letters_go_on_after_z(self):
        self.assertEqual([write.letter(number) for number in (0, 25, 26, 27, 52)], ["a", "z", "aa", "ab", "ba"])

    def test_every_colour_of_marks_and_models_is_known_in_the_dark(self):
        dark_enough = [color for color, _ in looks.MODELS.values() if int(color[1:3], 16) < 0x60
                       and int(color[3:5], 16) < 0x80 and int(color[5:], 16) < 0xC0]
        for color in dark_enough:
            self.assertIn(color, DARK.colors)


def _overlaps(boxes):
    """Pairs of words that lie over each other."""
    found = []
    places = [(*map(float, box), word) for *box, word in boxes if word not in ("·",)]
    for number, (left, top, right, bottom, word) in enumerate(places):
        for other_left, other_top, other_right, other_bottom, other in places[number + 1:]:
            across = min(right, other_right) - max(left, other_left)
            down = min(bottom, other_bottom) - max(top, other_top)
            if across > 0.5 and down > 0.35 * min(bottom - top, other_bottom - other_top):
                found.append((word, other))
    return found


def _symbols(svg):
    """Where symbols stand in the picture."""
    origin = re.search(r'<g fill="none" stroke-miterlimit="10" transform="translate\(([-0-9.]+),([-0-9.]+)\)"', svg)
    left, top = float(origin[1]), float(origin[2])
    for group in re.findall(r'<g class="mark-symbol role-mark[^>]*>(.*?)</g>', svg):
        for x, y in re.findall(r'transform="translate\(([-0-9.e]+),([-0-9.e]+)\)"', group):
            yield left + float(x), top + float(y)


if __name__ == "__main__":
    unittest.main()

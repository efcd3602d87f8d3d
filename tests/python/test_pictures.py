"""The pictures: everything is inside them, text can be read at the printed size, fonts are embedded, what a reader
chooses is drawn, and equal results give equal bytes."""

import contextlib
import io
import json
import re
import sys
import unittest
from pathlib import Path
from unittest import mock

import vl_convert
from pictures import STRONG, WithPictures, fonts, poppler, symbols
from scalelaw_results import __main__
from scalelaw_results.figures import DARK, LIGHT, PAPER_NARROW, SCREEN, looks, pdf, scaling, themed, write
from scalelaw_results.figures.theme import text_width, wrapped


class PicturesTest(WithPictures):
    def test_in_a_column_everything_is_inside_and_text_is_of_7_to_8_points(self):
        self.check_on_paper(PAPER_NARROW, 3.3)

    def test_marks_stay_inside_their_panel_or_its_margin(self):
        for figure in self.figures:
            drawn = self.on_paper(figure, PAPER_NARROW)
            for x, y in symbols(drawn.svg):
                self.assertTrue(-2 <= x <= drawn.width + 2 and -2 <= y <= drawn.height + 2, (figure.name, x, y))

    def test_a_unit_is_written_in_the_font_of_everything_else(self):
        data = self.fresh_data()
        data.points = data.points.assign(unit="points")
        drawn = self.on_paper(scaling.throughput(data, STRONG).renamed("of points"), PAPER_NARROW)
        path, = write.save(drawn, Path(self.folder.name) / "unit", ["pdf"], 1)
        self.assertRegex(poppler("pdftotext", path), r"throughput \((million|billion) points/s\)")
        self.assertEqual(fonts(path), {"LiberationSans"})

    def test_a_long_label_of_a_legend_gets_several_lines(self):
        width = text_width("dot: interval wider", 7)
        self.assertEqual(wrapped("dot: interval wider than the target", width, 7), ["dot: interval wider", "than the target"])
        self.assertEqual(wrapped("indivisible", 1, 7), ["indivisible"])
        laws = next(figure for figure in self.figures if figure.kind == "laws")
        long = laws.spec | {"datasets": laws.spec["datasets"]}
        text = json.dumps(long).replace("dot: interval wider than the target", " ".join(["interval"] * 12))
        svg = write.picture(themed(json.loads(text), PAPER_NARROW)).svg
        self.assertNotIn("\u2026", svg)
        self.assertEqual(re.sub(r"<[^>]*>", " ", svg).count("interval"), 12)

    def test_fonts_are_embedded_as_text(self):
        path, = write.save(self.on_paper(self.figures[0], PAPER_NARROW), Path(self.folder.name) / "fonts", ["pdf"], 1)
        fonts = poppler("pdffonts", path).splitlines()[2:]
        self.assertTrue(fonts)
        for font in fonts:
            self.assertRegex(font, r"LiberationSans.*\s+yes\s+yes\s+yes\s")
        self.assertIn("workers (ranks × threads)", poppler("pdftotext", path))

    def test_equal_results_give_equal_bytes(self):
        folders = [Path(self.folder.name) / name for name in ("first", "second")]
        drawn = self.on_paper(self.figures[0], PAPER_NARROW)
        for folder in folders:
            folder.mkdir()
            again = write.picture(themed(scaling.time(self.fresh_data(), STRONG).spec, PAPER_NARROW))
            write.save(again, folder / "again", ["svg", "pdf"], 1)
            write.save(write.beside([drawn, drawn, again], 2), folder / "three", write.FORMATS, 1)
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
        figure = scaling.efficiency(self.fresh_data(), STRONG)
        self.assertTrue(all(None not in row.values() for rows in figure.spec["datasets"].values() for row in rows))

    def test_a_picture_of_several_panels_keeps_their_clips_apart(self):
        svg = self.svg(self.figures[0], PAPER_NARROW)
        both = write.beside([write.Picture(svg, 200, 100), write.Picture(svg, 200, 120)], 2)
        names = re.findall(r'\bid="([^"]+)"', both.svg)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual((both.width, both.height), (416, 120))

    def test_the_files_of_a_screen_and_of_a_paper(self):
        # Few figures, to keep the test short.
        keep = [figure for figure in self.figures if figure.kind in ("time", "laws", "launches")]
        told = []
        with mock.patch.object(write, "catalog", lambda data: keep):
            screen = write.draw(self.data, Path(self.folder.name) / "screen", ["pdf", "svg"],
                                lambda done, count: told.append((done, count)))
            paper = write.draw_paper(self.data, Path(self.folder.name) / "paper")
        self.assertEqual(told, [(1, 3), (2, 3), (3, 3)])
        self.assertEqual(sorted(path.name for path in screen),
                         sorted(f"{name}.{kind}" for name in ("dot_product", "dot_product-laws", "launches")
                                for kind in ("pdf", "svg")))
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
        status, _, said = self.plot(self.path, "--format", "gif")
        self.assertEqual(status, 1)
        self.assertIn("choose among: png, pdf, svg", said)
        status, _, said = self.plot(self.path.with_name("none.h5"))
        self.assertEqual(status, 1)
        self.assertIn("hint:", said)

    def test_the_command_says_in_a_line_what_it_wrote(self):
        folder = Path(self.folder.name) / "plots"
        keep = [figure for figure in self.figures if figure.kind == "waterfall"]
        with mock.patch.object(write, "catalog", lambda data: keep):
            said = self.plot(self.path, "-o", folder, "--paper")
        self.assertEqual(said, (0, f"{folder}: 2 pictures (pdf), 1 caption\n", ""))
        self.assertEqual(__main__.summary(Path("f"), [Path("f/a.png"), Path("f/a.pdf")], ["png", "pdf"]),
                         "f: 1 picture (png, pdf)")

    def test_figures_go_beside_their_file(self):
        self.assertEqual(__main__.beside(Path("a/b.h5")), Path("a/b.figures"))
        self.assertEqual(__main__.beside(Path("a/b")), Path("a/b.figures"))

    def test_figures_go_beside_a_program_of_the_files_name(self):
        folder = Path(self.folder.name) / "program"
        folder.mkdir()
        (folder / "heat.h5").write_bytes(self.path.read_bytes())
        (folder / "heat").write_text("a program")
        with mock.patch.object(write, "catalog", lambda data: self.figures[:1]):
            status, said, _ = self.plot(folder / "heat.h5", "--format", "svg", "--paper")
        self.assertEqual((status, said), (0, f"{folder}/heat.figures: 2 pictures (svg), 1 caption\n"))

    def test_on_a_terminal_one_line_says_how_far_it_is(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        with mock.patch.object(sys, "stderr", Terminal()) as terminal:
            tell = __main__.progress()
            tell(1, 2)
            self.assertEqual(terminal.getvalue(), "\rdrawing: 1 of 2")
            tell(2, 2)
        self.assertTrue(terminal.getvalue().endswith("\r" + " " * len("drawing: 2 of 2") + "\r"))

    def plot(self, *arguments):
        """The status of the command, and what it says on both streams."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = __main__.main([str(argument) for argument in arguments])
        return status, out.getvalue(), err.getvalue()

    def test_a_faint_path_is_faint_in_its_fill_or_stroke(self):
        plain = write._plain_opacity
        self.assertEqual(plain('<path d="M0,0" fill="#000" opacity="0.3"/>'), '<path d="M0,0" fill="#000" fill-opacity="0.3"/>')
        self.assertEqual(plain('<path d="M0,0" fill="none" stroke="#000" opacity="0.3"/>'),
                         '<path d="M0,0" fill="none" stroke="#000" stroke-opacity="0.3"/>')
        for kept in ('<path fill="#000" stroke="#111" opacity="0.3"/>', '<g opacity="0.3"/>',
                     '<path fill="#000" fill-opacity="0.5" opacity="0.3"/>'):
            self.assertEqual(plain(kept), kept)

    def test_letters_go_on_after_z(self):
        self.assertEqual([write.letter(number) for number in (0, 25, 26, 27, 52)], ["a", "z", "aa", "ab", "ba"])

    def test_every_colour_of_marks_and_models_is_known_in_the_dark(self):
        dark_enough = [color for color, _ in looks.MODELS.values() if int(color[1:3], 16) < 0x60
                       and int(color[3:5], 16) < 0x80 and int(color[5:], 16) < 0xC0]
        for color in dark_enough:
            self.assertIn(color, DARK.colors)


if __name__ == "__main__":
    unittest.main()

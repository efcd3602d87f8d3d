"""Figures of every kind with every mark, for the tests of pictures."""

import re
import shutil
import subprocess
from pathlib import Path

import synthetic
from scalelaw_results.figures import LIGHT, Data, Selection, account, launches, scaling, sizes, themed, write

STRONG = Selection("dot_product", None, "strong")


def poppler(tool, path, *options):
    if shutil.which(tool) is None:
        raise AssertionError(f"{tool} is missing: scripts/setup --with test installs it")
    return subprocess.run([tool, *options, path, "-"] if tool == "pdftotext" else [tool, *options, path],
                          capture_output=True, text=True, check=True).stdout


def fonts(path):
    """The fonts of a PDF, without the letters that mark each as a part of its font."""
    return {line.split()[0].rpartition("+")[2] for line in poppler("pdffonts", path).splitlines()[2:]}


class WithPictures(synthetic.WithCampaign):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = Data([cls.campaign])
        cls.drawn = {}
        # Every mark and the busiest legends.
        cls.data.points["marks"] = "not_converged, unstable, busy"
        cls.figures = [make(cls.data, STRONG) for make in (scaling.speedup, scaling.time, scaling.throughput,
                                                           account.phases, account.waterfall)]
        cls.figures += [scaling.laws_of_series(cls.data, STRONG)[-1], launches.ranks(cls.data, STRONG)[0],
                        sizes.sizes(cls.data, synthetic.SWEPT)[0], launches.launches(cls.data)]

    def fresh_data(self):
        """The same campaign again, with the program's answers about it, which need not be asked for again."""
        data = Data([self.campaign])
        data.outlook, data.waterfalls, data.crossovers = self.data.outlook, self.data.waterfalls, self.data.crossovers
        return data

    def on_paper(self, figure, look):
        """A figure as a panel of a paper; each is drawn once."""
        key = (figure.name, look.name)
        if key not in self.drawn:
            self.drawn[key] = write.picture(themed(figure.spec, look, letter="a"))
        return self.drawn[key]

    def svg(self, figure, look=LIGHT, **choices):
        spec = themed(figure.spec, look, choices)
        return write.picture(spec | {"width": 500} if spec["width"] == "container" else spec).svg

    def check_on_paper(self, look, inches):
        """That everything is inside, no word lies over another, and text has a size that can be read."""
        for figure in self.figures:
            drawn = self.on_paper(figure, look)
            self.assertAlmostEqual(drawn.width, 72 * inches)
            self.assertIn(">(a)<", drawn.svg)
            self.assertNotIn(figure.title, drawn.svg)
            read = [text for text in re.findall(r"<text[^>]*>", drawn.svg) if "B00000" not in text or "rotate" not in text]
            written = {float(size) for text in read for size in re.findall(r'font-size="([0-9.]+)px"', text)}
            self.assertTrue(written and min(written) >= 7 and max(written) <= 8, (figure.name, written))
            path, = write.save(drawn, Path(self.folder.name) / "panel", ["pdf"], 1)
            self.assertEqual(fonts(path), {"LiberationSans"}, (figure.name, look.name))
            boxes = re.findall(r'<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*?)<',
                               poppler("pdftotext", path, "-bbox"))
            self.assertGreater(len(boxes), 5)
            for *box, word in boxes:
                left, top, right, bottom = map(float, box)
                self.assertTrue(left >= 0 and top >= 0 and right <= drawn.width + 0.1 and bottom <= drawn.height + 0.1,
                                (figure.name, look.name, word, box, drawn.width, drawn.height))
            self.assertEqual(overlaps(boxes), [], (figure.name, look.name))


def overlaps(boxes):
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


def symbols(svg):
    """Where symbols stand in the picture."""
    origin = re.search(r'<g fill="none" stroke-miterlimit="10" transform="translate\(([-0-9.]+),([-0-9.]+)\)"', svg)
    left, top = float(origin[1]), float(origin[2])
    for group in re.findall(r'<g class="mark-symbol role-mark[^>]*>(.*?)</g>', svg):
        for x, y in re.findall(r'transform="translate\(([-0-9.e]+),([-0-9.e]+)\)"', group):
            yield left + float(x), top + float(y)

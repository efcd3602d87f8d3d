"""The figures as the page needs them: specifications and rows for the browser, still pictures for where scripts are off."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import markupsafe
import pandas as pd
import vl_convert

from ..figures import LIGHT, Figure, themed
from ..figures.data import records
from ..figures.looks import BEYOND, FAINT, GREY, INK, PAPER
from ..figures.quantities import BASELINES
from ..figures.theme import DARK_COLORS

#: The size of a still picture, in CSS pixels; scripts draw figures as wide as there is room.
STILL_WIDTH = 560
STILL = dataclasses.replace(LIGHT, width=STILL_WIDTH)
#: Above this many marks a canvas is faster than SVG.
CANVAS_MARKS = 5000
#: What the controls say first, where that is not what paper shows.
CHOICES = {"law": "none"}
#: The kinds of figures that say most, for a page without room for all still pictures; others come after them.
FIRST_KINDS = ("speedup", "efficiency", "waterfall", "phases", "ceiling", "roofline", "turns", "launches", "sizes-speedup", "time")
#: The tables of these figures stand in the page as HTML, up to so many rows: their numbers are in no other table.
#: Scripts write those of the others when they are opened.
STATED, MOST_ROWS = ("phases", "waterfall", "sizes-time", "sizes-speedup", "turns", "roofline", "history"), 40


@dataclasses.dataclass
class Chart:
    """What the template needs of a figure."""

    number: int
    figure: Figure
    still: str = ""  # SVG; empty: the page has no room for it
    about: dict[str, str] = dataclasses.field(default_factory=dict)  # what the controls choose it by

    @property
    def heading(self) -> str:
        """What the figure shows, for under a heading that says of what: of "a, strong scaling: time" "Time"."""
        words = self.figure.title.rpartition(": ")[2]
        return self.figure.heading or words[:1].upper() + words[1:]

    @property
    def stated(self) -> bool:
        """Whether the table of the figure stands in the page as HTML."""
        return len(self.figure.rows) <= MOST_ROWS and self.figure.kind in STATED


def variable(color: str) -> str:
    """The CSS variable of a colour of the specifications: style sheets change it for dark screens and for print."""
    return f"--c-{color[1:].lower()}"


def colors() -> dict[str, tuple[str, str]]:
    """Each variable with its light and its dark colour."""
    return {variable(color): (color, dark) for color, dark in
            ({INK: INK, GREY: GREY, FAINT: FAINT, PAPER: PAPER, BEYOND: BEYOND} | DARK_COLORS).items()}


def in_variables(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification with CSS variables for its colours."""
    text = json.dumps(spec)
    for color in ({INK, GREY, FAINT, PAPER, BEYOND} | set(DARK_COLORS)):
        text = text.replace(f'"{color}"', f'"var({variable(color)})"')
    return dict(json.loads(text))


class Charts:
    """The figures of one page: specifications without their rows, and the rows, each stated once."""

    def __init__(self, figures: list[Figure]):
        self.charts = [Chart(number, figure) for number, figure in enumerate(figures)]
        self.datasets: dict[str, dict[str, Any]] = {}
        self.specs = [self._told(chart) for chart in self.charts]

    def _told(self, chart: Chart) -> dict[str, Any]:
        figure = chart.figure
        spec = in_variables(themed(figure.spec, LIGHT, CHOICES)) | {"description": figure.title}
        for name, rows in spec.pop("datasets", {}).items():
            self.datasets.setdefault(name, packed(rows))
        numbers = None if chart.stated else packed(plain(figure.rows))
        return {"spec": spec, "canvas": figure.marks_count > CANVAS_MARKS, "numbers": numbers,
                "captions": figure.captions}

    @property
    def baselines(self) -> list[str]:
        """The baselines that any figure has speedups over; first the one that the page begins with."""
        found = {base for chart in self.charts for base in chart.figure.captions}
        return [base for base in BASELINES if base in found]

    def draw_stills(self, budget: int) -> None:
        """Draws still pictures, those that say most first, until they have `budget` characters."""
        def rank(chart: Chart) -> int:
            kind = chart.figure.kind
            return FIRST_KINDS.index(kind) if kind in FIRST_KINDS else len(FIRST_KINDS)
        for chart in sorted(self.charts, key=rank):
            if chart.figure.marks_count > CANVAS_MARKS:
                continue
            spec = in_variables(themed(chart.figure.spec, STILL, CHOICES))
            spec["config"]["axis"]["labelLimit"] = 0.42 * STILL_WIDTH
            svg = small_svg(vl_convert.vegalite_to_svg(json.dumps(spec)), f"f{chart.number}", chart.figure.title)
            budget -= len(svg)
            if budget < 0:
                return
            chart.still = svg


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a pandas table, without NaN, which JSON lacks."""
    return [{name: None if value != value else value for name, value in row.items()} for row in records(table)]


#: A tag, whose attributes may have any character but a quote.
TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
#: Attributes that a still picture does not need, and the font, which the page's style sheet states.
NEEDLESS = re.compile(r'\s(?:aria-[a-z]+|role|class|xmlns:xlink|xmlns|version|pointer-events|style|font-family)="[^"]*"')
#: Parts of Vega's SVG that draw nothing.
INVISIBLE = re.compile("|".join((
    r'<path d="M0,0h[^"]*" (?:fill="none"|fill-opacity="0")[^>]*/>', r'<path[^>]*\sdisplay="none"[^>]*/>',
    r'<path[^>]*\sd=""[^>]*/>', r"<title>[^<]*</title>")))


def packed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows without their names repeated: {"names": [...], "rows": [[...], ...]}; scripts undo it."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {"names": names, "rows": [[row.get(name) for name in names] for row in rows]}


def small_svg(svg: str, prefix: str, title: str) -> str:
    """An SVG for inside a page: with identifiers of its own, a name, and without what cannot be seen.  Its texts stay as
    they are."""
    def small_tag(found: re.Match[str]) -> str:
        tag = NEEDLESS.sub("", found[0])
        tag = re.sub(r'\sid="([^"]+)"', rf' id="{prefix}\1"', tag)
        tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", tag)
        return re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), tag)

    svg = INVISIBLE.sub("", TAG.sub(small_tag, svg))
    changed = 1
    while changed:
        svg, changed = re.subn(r"<g[^>]*></g>|<g[^>]*/>", "", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{markupsafe.escape(title)}"', 1)

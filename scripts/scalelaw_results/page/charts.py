"""The figures as the page needs them: specifications and rows for the browser, still pictures for where scripts are off."""

from __future__ import annotations

import dataclasses
import json
import re

import vl_convert

from ..figures import LIGHT, Figure, themed
from ..figures.looks import BEYOND, FAINT, GREY, INK, PAPER
from ..figures.theme import DARK_COLORS

#: The size of a still picture, in CSS pixels; scripts draw figures as wide as there is room.
STILL_WIDTH = 560
STILL = dataclasses.replace(LIGHT, width=STILL_WIDTH)
#: Above this many marks a canvas is faster than SVG.
CANVAS_MARKS = 5000
#: What every figure may have, as its controls set it.
CHOICES = {"law": "none"}


def variable(color: str) -> str:
    """The CSS variable of a colour of the specifications: style sheets change it for dark screens and for print."""
    return f"--c-{color[1:].lower()}"


def colors() -> dict[str, tuple[str, str]]:
    """Each variable with its light and its dark colour."""
    return {variable(color): (color, dark) for color, dark in
            ({INK: INK, GREY: GREY, FAINT: FAINT, PAPER: PAPER, BEYOND: BEYOND} | DARK_COLORS).items()}


def in_variables(spec: dict) -> dict:
    """The specification with CSS variables for its colours."""
    text = json.dumps(spec)
    for color in ({INK, GREY, FAINT, PAPER, BEYOND} | set(DARK_COLORS)):
        text = text.replace(f'"{color}"', f'"var({variable(color)})"')
    return json.loads(text)


def heading(title: str) -> str:
    """What a figure shows, for under a heading that says of what: of "a, strong scaling: time" "Time"."""
    words = title.rpartition(": ")[2]
    return words[:1].upper() + words[1:]


class Charts:
    """Collects figures for one page.

    `budget`: how many characters of still pictures the page may have; the first figures get theirs.
    """

    def __init__(self, budget: int):
        self._left = budget
        self.datasets: dict[str, list] = {}
        self.specs: list[dict] = []

    def add(self, figure: Figure) -> dict:
        """What the template needs of a figure."""
        number = len(self.specs)
        spec = in_variables(themed(figure.spec, LIGHT, CHOICES)) | {"description": figure.title}
        for name, rows in spec.pop("datasets", {}).items():
            self.datasets.setdefault(name, packed(rows))
        self.specs.append({"spec": spec, "canvas": figure.marks_count > CANVAS_MARKS})
        return {"number": number, "name": figure.name, "kind": figure.kind, "title": figure.title,
                "heading": heading(figure.title),
                "caption": figure.caption, "still": self._still(figure, number), "rows": figure.rows,
                "selection": figure.selection}

    def _still(self, figure: Figure, number: int) -> str:
        """The figure as SVG; empty when the page has no room for it."""
        if self._left <= 0 or figure.marks_count > CANVAS_MARKS:
            return ""
        spec = in_variables(themed(figure.spec, STILL, CHOICES))
        svg = small_svg(vl_convert.vegalite_to_svg(json.dumps(spec)), f"f{number}", figure.title)
        if len(svg) > self._left:
            return ""
        self._left -= len(svg)
        return svg


#: Parts of Vega's SVG that draw nothing.
INVISIBLE = "|".join((r'<path d="M0,0h[^"]*" (?:fill="none"|fill-opacity="0")[^>]*/>', r'<path[^>]*\sdisplay="none"[^>]*/>',
                      r'<path[^>]*\sd=""[^>]*/>', r"<title>[^<]*</title>"))


def packed(rows: list[dict]) -> dict:
    """Rows without their names repeated: {"names": [...], "rows": [[...], ...]}; scripts undo it."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {"names": names, "rows": [[row.get(name) for name in names] for row in rows]}


def small_svg(svg: str, prefix: str, title: str) -> str:
    """An SVG for inside a page: with identifiers of its own, a name, and without what cannot be seen."""
    svg = re.sub(r'\sid="([^"]+)"', rf' id="{prefix}\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
    svg = re.sub(r'\s(?:aria-[a-z]+|role|class|xmlns:xlink|xmlns|version|pointer-events|style)="[^"]*"', "", svg)
    svg = re.sub(r"\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), svg)
    svg = re.sub(INVISIBLE, "", svg)
    for _ in range(8):
        svg, changed = re.subn(r"<g[^>]*></g>|<g[^>]*/>", "", svg)
        if not changed:
            break
    svg = re.sub(r'\sfont-family="[^"]*"', "", svg)
    name = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{name}"', 1)

"""Pictures of figures: SVG by Vega in vl-convert, PDF and PNG from that SVG, each with its caption beside it."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vl_convert

from . import looks, pdf, words
from .catalog import catalog
from .data import Data
from .figure import Figure
from .theme import PAPER_NARROW, PAPER_WIDE, SCREEN, themed

FORMATS = ("png", "pdf", "svg")
#: What is written unless a reader asks for others.  A PNG of 300 dots per inch takes as long as everything else.
SCREEN_FORMATS, PAPER_FORMATS = ("png", "pdf"), ("pdf",)
VEGA_LITE = "6.4"
#: As many sheets are worth a process of their own.
FEW = 6
#: Dots of PNG per unit of the themes: about 300 per inch on paper.
DOTS = {SCREEN.name: 1.5, PAPER_NARROW.name: 300 / 72, PAPER_WIDE.name: 300 / 72}


#: Hears how many pictures of how many are written.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Picture:
    """An SVG with its size."""

    svg: str
    width: float
    height: float


class _Drawing:
    """Whether this process has drawn anything."""

    begun = False


def picture(spec: dict[str, Any]) -> Picture:
    """A specification as SVG, in the look that a theme gave it."""
    _Drawing.begun = True
    svg = _plain_opacity(_renamed(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE), "c"))
    return Picture(svg, _length(svg, "width"), _length(svg, "height"))


def _length(svg: str, side: str) -> float:
    found = re.search(rf'<svg[^>]* {side}="([0-9.]+)"', svg)
    if found is None:
        raise ValueError(f"a picture without a {side}")
    return float(found[1])


#: A path that is see-through as a whole.
SEE_THROUGH = re.compile(r'<path [^>]*\sopacity="[^>]*>')


def _plain_opacity(svg: str) -> str:
    """The SVG with the opacity of a path that has a fill or a stroke, but not both, as that of the fill or the stroke.
    It looks the same, but a PDF has no group of its own for it, and is a tenth as long where many dots are faint."""
    def plain(found: re.Match[str]) -> str:
        tag = found[0]
        filled = not re.search(r'\sfill="(?:none|transparent)"', tag)
        stroked = bool(re.search(r'\sstroke="(?!none)', tag))
        if filled == stroked or re.search(r"\s(?:fill|stroke)-opacity=", tag):
            return tag
        return re.sub(r"\sopacity=", f" {'fill' if filled else 'stroke'}-opacity=", tag)

    return SEE_THROUGH.sub(plain, svg)


def beside(pictures: list[Picture], columns: int, gap: float = 16) -> Picture:
    """Pictures side by side in rows of `columns`, in one."""
    width, y, parts = 0.0, 0.0, []
    for start in range(0, len(pictures), columns):
        row, x = pictures[start:start + columns], 0.0
        for number, part in enumerate(row, start):
            # Clips and gradients have names; those of one picture must not be those of another.
            svg = _renamed(part.svg, f"p{number}_")
            inner = svg[svg.index(">") + 1:svg.rindex("</svg>")]
            parts.append(f'<g transform="translate({x:g},{y:g})">{inner}</g>')
            x += part.width + gap
        width, y = max(width, x - gap), y + max(part.height for part in row) + gap
    height = y - gap
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
            f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
            f'<rect width="{width:g}" height="{height:g}" fill="{looks.PAPER}"/>')
    return Picture(head + "".join(parts) + "</svg>", width, height)


def _renamed(svg: str, start: str) -> str:
    """The SVG with other names for its clips and gradients, numbered in order: Vega goes on counting as long as its
    process lives."""
    names: dict[str, str] = {}
    for name in re.findall(r'\bid="([^"]+)"', svg):
        names.setdefault(name, f"{start}{len(names)}")
    return re.sub(r'(\bid="|url\(#|href="#)([^")]+)', lambda found: found[1] + names.get(found[2], found[2]), svg)


def save(drawn: Picture, path: Path, formats: Iterable[str], dots: float) -> list[Path]:
    """Writes a picture in every format beside each other; returns the paths.  Equal pictures give equal bytes."""
    paths = []
    for extension in formats:
        target = path.with_name(f"{path.name}.{extension}")
        if extension == "svg":
            target.write_text(drawn.svg, encoding="utf-8")
        elif extension == "png":
            target.write_bytes(vl_convert.svg_to_png(drawn.svg, scale=dots))
        else:
            target.write_bytes(pdf.canonical(vl_convert.svg_to_pdf(drawn.svg)))
        paths.append(target)
    return paths


@dataclass(frozen=True)
class Sheet:
    """A picture to be written: specifications in the look of a theme, how many stand side by side, and where to."""

    path: Path
    specs: list[dict[str, Any]]
    columns: int
    formats: tuple[str, ...]
    dots: float


def write(sheet: Sheet) -> list[Path]:
    """Draws and writes a sheet; returns the paths."""
    return save(beside([picture(spec) for spec in sheet.specs], sheet.columns), sheet.path, sheet.formats, sheet.dots)


def write_all(sheets: list[Sheet], tell: Tell = lambda done, count: None) -> list[Path]:
    """Draws and writes sheets, on as many cores as there are; returns the paths, in order.  `tell` hears how many are
    written."""
    workers = min(len(os.sched_getaffinity(0)), len(sheets) // FEW, 8)
    if workers < 2:
        return _told(map(write, sheets), len(sheets), tell)
    # Copies of this process have its modules already.  One that draws has V8's threads, which cannot be copied.
    start = "spawn" if _Drawing.begun else "fork"
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(start)) as pool:
        return _told(pool.map(write, sheets), len(sheets), tell)


def _told(written: Iterable[list[Path]], count: int, tell: Tell) -> list[Path]:
    paths = []
    for done, of_sheet in enumerate(written, 1):
        paths += of_sheet
        tell(done, count)
    return paths


def draw(data: Data, folder: Path, formats: Iterable[str] = SCREEN_FORMATS,
         tell: Tell = lambda done, count: None) -> list[Path]:
    """Draws the figures for a screen into `folder`: `scaling`, an overview of all kernels; a picture of each group (and
    size, where that is swept) with all its panels; `turns`; `launches`.  Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = catalog(data)
    heading = words.heading(data)
    panels = {figure.name: themed(figure.spec, SCREEN, title=(figure.title, *heading)) for figure in figures}
    return write_all([
        Sheet(folder / name, [panels[panel] for panel in names], columns, tuple(formats), DOTS[SCREEN.name])
        for name, names, columns in _sheets(data, figures) if names
    ], tell)


def _sheets(data: Data, figures: list[Figure]) -> Iterator[tuple[str, list[str], int]]:
    """The pictures of draw(): name, names of the panels, and how many stand side by side."""
    overview = []
    for selection in data.overview():
        overview += [f"{data.named(selection)}-{kind}" for kind in ("speedup", "efficiency")]
    known = {figure.name for figure in figures}
    yield "scaling", [name for name in overview if name in known], 2
    for name, of_part in _by_part(data, figures).items():
        over = [figure.name for figure in of_part if figure.kind not in ("laws", "ranks-computing", "ranks-waiting")]
        laws = [figure.name for figure in of_part if figure.kind == "laws"]
        ranks = [figure.name for figure in of_part if figure.kind.startswith("ranks")]
        for suffix, names, columns in (("", over, 2), ("-laws", laws, 2), ("-ranks", ranks, 2)):
            if names:
                yield f"{name}{suffix}", names, columns
    yield from ((figure.name, [figure.name], 1) for figure in figures if figure.kind in ("roofline", "turns", "launches"))


def _by_part(data: Data, figures: list[Figure]) -> dict[str, list[Figure]]:
    """The figures of each group and size, strong and weak together, by the name of their picture."""
    parts: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.selection is not None:
            name = data.named(figure.selection.both())
            name += "-sizes" if figure.kind.startswith("sizes") else ""
            parts.setdefault(name, []).append(figure)
    return parts


def draw_paper(data: Data, folder: Path, formats: Iterable[str] = PAPER_FORMATS,
               tell: Tell = lambda done, count: None) -> list[Path]:
    """Draws every figure as a single panel, at 3.3 and at 7 inches (NAME-3.3in, NAME-7in), and beside each its caption
    (NAME.caption.txt).  The panels of one group have letters, in order.  Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets, captions = [], []
    letters: dict[str, int] = {}
    for figure in catalog(data):
        group = figure.selection.group if figure.selection else ""
        letters[group] = number = letters.get(group, -1) + 1
        sheets += [
            Sheet(folder / f"{figure.name}-{look.name}", [themed(figure.spec, look, letter=letter(number))], 1,
                  tuple(formats), DOTS[look.name])
            for look in (PAPER_NARROW, PAPER_WIDE)
        ]
        caption = folder / f"{figure.name}.caption.txt"
        caption.write_text(f"({letter(number)}) {words.full_caption(data, figure.caption)}\n", encoding="utf-8")
        captions.append(caption)
    return write_all(sheets, tell) + captions


def letter(number: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    return (letter(number // 26 - 1) if number >= 26 else "") + "abcdefghijklmnopqrstuvwxyz"[number % 26]

"""The figures, each defined once: as a Vega-Lite specification for the page, and for SVG, PDF and PNG.

    from scalelaw_results import load
    from scalelaw_results.figures import Data, LIGHT, catalog, themed

    data = Data([load("results/sample.h5")])     # further files are drawn over the first
    for figure in catalog(data):
        figure.name, figure.kind, figure.selection      # dot_product-strong-speedup, speedup, Selection(...)
        figure.title, figure.caption, figure.rows       # a heading, sentences, the table beside it (pandas)
        figure.marks_count                              # above 5000, a canvas is faster than SVG
        themed(figure.spec, LIGHT)                      # what Vega-Embed takes; DARK, PAPER_NARROW, PAPER_WIDE, SCREEN

    draw(data, folder, ["png", "pdf"])           # pictures for a screen
    draw_paper(data, folder, ["svg"])            # single panels with captions

Every function of a figure takes the data and, where it shows one selection of it, a Selection, and returns a Figure.
Numbers come from the derived tables of the files; nothing is estimated here.

What a reader may choose are parameters of the specification (Vega signals of the same names), with the value that paper
shows.  Figures over workers (speedup, efficiency, time) have

    scale       "log" or "linear"
    baseline    "serial" or "own": what a speedup is over
    model       "all", or the name of a model (column `model` of /points): only its points; its laws appear
    law         "all", "none", or the name of a law (column `law` of /predictions)
    workers     a number of workers, at which a rule is drawn; null: none
    efficiency  an efficiency in percent, at which a rule is drawn; null: none
    laws_shown  follows from model and law: whether curves, bands and what lies beyond the data are drawn

`datasets` of a specification are named by their contents, so figures that draw the same rows name the same dataset: a
page can state each once, and pass them to every view.
"""

from .catalog import catalog
from .data import Data, Selection
from .figure import Figure
from .theme import DARK, LIGHT, PAPER_NARROW, PAPER_WIDE, SCREEN, Theme, themed
from .write import FORMATS, PAPER_FORMATS, SCREEN_FORMATS, draw, draw_paper

__all__ = ["DARK", "Data", "FORMATS", "Figure", "LIGHT", "PAPER_FORMATS", "PAPER_NARROW", "PAPER_WIDE", "SCREEN",
           "SCREEN_FORMATS", "Selection", "Theme", "catalog", "draw", "draw_paper", "themed"]

"""Puts what a page says into its template, with Vega, the scripts and as many still pictures as have room."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from . import charts, vega
from .charts import Charts

TEMPLATE = Path(__file__).parent / "template"
#: The scripts of every page, before and after those of its kind.
FIRST_SCRIPTS, LAST_SCRIPTS = ("data.js", "look.js", "figures.js", "tables.js", "controls.js"), ("start.js",)
#: Still pictures fill a page up to this many characters, so that it is small enough to send by mail; of a large page,
#: they have at least so many.
PAGE_SIZE, LEAST_STILLS = 1_400_000, 150_000


def rendered(template: str, scripts: tuple[str, ...], drawn: Charts, told: dict[str, Any], said: dict[str, Any]) -> str:
    """The page.  `told`: what its scripts read; `said`: what the template shows."""
    told = {"datasets": drawn.datasets, "figures": drawn.specs} | told
    said = said | dict(
        told=told, compressed_told=compressed(json.dumps(told, separators=(",", ":"), allow_nan=False)),
        colors=charts.colors(), style=_inline("style.css"),
        scripts=[_inline(name) for name in (*FIRST_SCRIPTS, *scripts, *LAST_SCRIPTS)],
        vega=compressed(vega.script()),
    )
    written = _template(template)
    without = written.render(said)
    drawn.draw_stills(max(LEAST_STILLS, PAGE_SIZE - len(without)))
    return str(written.render(said)).lstrip() + "\n"


def _inline(name: str) -> Markup:
    """A file of ours, as it is.  Nothing from a results file goes through here."""
    return Markup((TEMPLATE / name).read_text(encoding="utf-8"))


def compressed(text: str) -> str:
    """The text by gzip, in base64, as data.js reads it.  So nothing in it can end a script, and specifications, which
    repeat themselves, take a tenth of their size."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.get_template(name)

"""How a specification is dressed for where it is shown: its size, its text, its colours.

    spec = themed(figure.spec, PAPER_NARROW, letter="a")
    spec = themed(figure.spec, DARK, choices={"model": "openmp", "scale": "linear"})

A page that switches between light and dark while it is open takes the same two steps: it merges `config` and replaces
colours (`colors`) in the text of the specification.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import looks

#: The share of a picture's width that names at an axis may take.
NAMES = 0.55
FONT = "Liberation Sans"
PAGE_FONT = "system-ui, 'Liberation Sans', Arial, sans-serif"


@dataclass(frozen=True)
class Theme:
    """A size and a look.  One unit is a point (1/72 inch) in PDF, and a CSS pixel in a page.

    width   of the whole picture; "container": of what holds it
    height  of the panel, without axis titles and legends
    text, small  size of titles of axes and of legends; of labels of ticks
    titled  whether the figure's title stands in it
    colors  what replaces the colours of the specifications
    """

    name: str
    width: float | str
    height: float
    text: float
    small: float
    titled: bool = False
    font: str = FONT
    colors: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, Any]:
        """Vega-Lite's config of this theme, in its own colours."""
        ink, grey, faint, paper = (self.colors.get(c, c) for c in (looks.INK, looks.GREY, looks.FAINT, looks.PAPER))
        scale = self.text / 8
        return {
            "font": self.font, "background": paper, "padding": 2 * scale,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": self.small, "titleFontSize": self.text, "titleFontWeight": "normal",
                "labelColor": ink, "titleColor": ink, "gridColor": faint, "gridWidth": 0.6 * scale,
                "domainColor": grey, "tickColor": grey, "domainWidth": 0.6 * scale, "tickWidth": 0.6 * scale,
                "tickSize": 3 * scale, "labelPadding": 2 * scale, "titlePadding": 4 * scale, "labelFlush": False,
                "labelLimit": 40 * self.small,
            },
            "legend": {
                "labelFontSize": self.small, "labelColor": ink, "titleFontSize": self.small, "titleColor": ink,
                "titleFontWeight": "normal", "symbolSize": 35 * scale * scale, "symbolStrokeWidth": 1 * scale,
                "rowPadding": 1.5 * scale, "columnPadding": 8 * scale, "labelOffset": 3 * scale, "offset": 4 * scale,
                "padding": 0, "layout": {"bottom": {"direction": "vertical", "anchor": "start", "margin": 2 * scale}},
            },
            "title": {"anchor": "start", "fontSize": self.text, "fontWeight": "normal", "color": ink,
                      "subtitleFontSize": self.small, "subtitleColor": grey, "offset": 4 * scale, "frame": "bounds"},
            "point": {"size": 30 * scale * scale, "strokeWidth": 1 * scale},
            "line": {"strokeWidth": 1.1 * scale}, "rule": {"strokeWidth": 0.8 * scale},
            "text": {"fontSize": self.small, "color": ink},
        }


DARK_COLORS = {
    looks.INK: "#E8E8E8", looks.GREY: "#A0A0A0", looks.FAINT: "#3A3A3A", looks.PAPER: "#1B1B1B",
    looks.BEYOND: "#262626", looks.ALARM: "#FF7B7B",
    "#444444": "#C8C8C8", "#666666": "#B4B4B4", "#0072B2": "#3F95D9", "#56B4E9": "#B5E0FA", "#004C78": "#1F6AA5",
    "#9AD1F3": "#DDF0FC", "#DDDDDD": "#555555",
    "#8F4E73": "#B87BA0", "#8F3F00": "#C46A2B",
    # What laws say a priori: darker than the law in light, paler than it here.
    "#663C53": "#F2CFE1", "#2B5A74": "#7FA3B8", "#734F00": "#FFD98A", "#004F39": "#7FE0C0", "#3D4A5C": "#8FA3BD",
    "#6B4A2E": "#D9B38C", "#6A2F00": "#FFB27F", "#003959": "#9DB4FF", "#553A70": "#C3A9E6",
}
SCREEN = Theme("screen", width=620, height=300, text=12, small=11, titled=True)
LIGHT = Theme("light", width="container", height=300, text=13, small=12, font=PAGE_FONT)
DARK = Theme("dark", width="container", height=300, text=13, small=12, font=PAGE_FONT, colors=DARK_COLORS)
PAPER_NARROW = Theme("3.3in", width=3.3 * 72, height=150, text=8, small=7)
PAPER_WIDE = Theme("7in", width=7 * 72, height=230, text=8, small=7)


def themed(spec: dict[str, Any], theme: Theme, choices: dict[str, Any] | None = None, letter: str = "",
           title: Sequence[str] = ()) -> dict[str, Any]:
    """The specification in the look of a theme.  `choices`: values of its parameters, where they differ from those that
    it has; `letter`: of the panel, on paper; `title`: its lines, where the theme has one."""
    text = json.dumps({key: value for key, value in spec.items() if key != "datasets"})
    for color, other in theme.colors.items():
        text = text.replace(f'"{color}"', f'"{other}"')
    spec = json.loads(text) | {"datasets": spec["datasets"]}
    _grow(spec, (theme.text / 8) ** 2)
    for parameter in spec.get("params", ()):
        if choices and parameter["name"] in choices:
            parameter["value"] = choices[parameter["name"]]
    width = theme.width
    if isinstance(width, (int, float)):
        _omit_hidden_laws(spec)
        widest = spec.get("usermeta", {}).get("widest_tick", "1000")  # legends begin where the panel does
        ticks = min(text_width(widest, theme.small), NAMES * width)
        room = width - ticks - 3 * theme.small
        _break_titles(spec, room, theme.text)
        for legend, labels in _legends(spec):
            legend["columns"] = columns(labels, room, theme.small)
            legend["labelLimit"] = room - 3 * theme.small
            lines = {label: wrapped(label, legend["labelLimit"], theme.small) for label in labels}
            if any(len(parts) > 1 for parts in lines.values()):
                legend["labelExpr"] = f"{json.dumps(lines)}[datum.label] || datum.label"
    else:
        for legend, labels in _legends(spec):
            legend["columns"] = {"expr": f"max(1, floor(width / {column_width(labels, theme.small):.0f}))"}
            legend["labelLimit"] = 40 * theme.small
    head: dict[str, Any] = {}
    if letter:
        head = {"title": {"text": f"({letter})"}}
    elif theme.titled and title:
        head = {"title": {"text": title[0], "subtitle": list(title[1:])}}
    if isinstance(spec.get("height"), dict):
        spec["height"]["step"] *= theme.small / 7
    size = {"width": width, "height": theme.height, "autosize": {"type": "fit-x", "contains": "padding"}}
    config = theme.config
    if isinstance(width, (int, float)):
        config["axis"]["labelLimit"] = min(config["axis"]["labelLimit"], NAMES * width)
    return size | spec | head | {"config": config}


def _grow(part: Any, factor: float) -> None:
    """Makes symbols whose area a specification states larger with the text, and moves them as much farther."""
    if isinstance(part, dict):
        for offset in ("xOffset", "yOffset"):
            if isinstance(part.get(offset), (int, float)):
                part[offset] *= math.sqrt(factor)
        size = part.get("size")
        if isinstance(size, (int, float)) and "type" in part:
            part["size"] = size * factor
        elif isinstance(size, dict) and "scale" in size:
            size["scale"]["range"] = [value * factor for value in size["scale"]["range"]]
        for key, value in part.items():
            if key != "datasets":
                _grow(value, factor)
    elif isinstance(part, list):
        for value in part:
            _grow(value, factor)


def _omit_hidden_laws(spec: dict[str, Any]) -> None:
    """In a picture that does not change, laws that are not shown need no room in the legend."""
    values = {parameter["name"]: parameter.get("value") for parameter in spec.get("params", ())}
    if values.get("law") == "none" or (values.get("law"), values.get("model")) == ("all", "all"):
        spec["layer"] = [layer for layer in spec.get("layer", ()) if layer.get("name") != "laws"]


def _break_titles(part: Any, room: float, size: float) -> None:
    """Gives the title of the lower axis two lines where it is wider than the panel."""
    if isinstance(part, dict):
        channel = part.get("x")
        axis = (channel.get("axis") if isinstance(channel, dict) else None) or {}
        title = axis.get("title")
        if isinstance(title, str) and text_width(title, size) > room and " (" in title:
            axis["title"] = title.split(" (", 1)[0], "(" + title.split(" (", 1)[1]
        for key, value in part.items():
            if key != "datasets":
                _break_titles(value, room, size)
    elif isinstance(part, list):
        for value in part:
            _break_titles(value, room, size)


def _legends(part: Any) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Every legend of a specification, with its labels."""
    if isinstance(part, dict):
        legend, scale = part.get("legend"), part.get("scale")
        if isinstance(legend, dict) and isinstance(scale, dict) and isinstance(scale.get("domain"), list):
            yield legend, [str(label) for label in scale["domain"]]
        for key, value in part.items():
            if key != "datasets":
                yield from _legends(value)
    elif isinstance(part, list):
        for value in part:
            yield from _legends(value)


def columns(labels: list[str], width: float, size: float) -> int:
    """How many columns of a legend with these labels have room in a picture of this width."""
    return max(1, min(len(labels), int(width // column_width(labels, size))))


def column_width(labels: list[str], size: float) -> float:
    """The width of a column of a legend with these labels."""
    return max(text_width(label, size) for label in labels) + 3 * size


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text that may be so wide, broken between words."""
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather more than less, without its font."""
    wide = {"m": 0.84, "w": 0.73, "M": 0.84, "W": 0.95, "%": 0.9, "@": 1.0, " ": 0.28}
    narrow = dict.fromkeys("iljtfrI.,:;'|!()[]/-", 0.34)
    return size * sum(wide.get(c) or narrow.get(c) or (0.7 if c.isupper() else 0.57) for c in text)

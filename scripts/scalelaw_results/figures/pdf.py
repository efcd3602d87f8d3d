"""The same picture as PDF, byte for byte the same each time.

svg2pdf, which vl-convert draws with, numbers fonts in the order of a hash table, which differs from run to run.  So
their names and all dictionaries are put in order, and pypdf writes the file anew.
"""

from __future__ import annotations

import io
import re

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject


def canonical(written: bytes) -> bytes:
    """The PDF with its objects in a fixed order, and no date."""
    reader = PdfReader(io.BytesIO(written))
    _in_order(reader.trailer["/Root"], set())
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _in_order(value: PdfObject, seen: set[int]) -> None:
    if isinstance(value, IndirectObject):
        if value.idnum in seen:
            return
        seen.add(value.idnum)
        value = value.get_object()
    if isinstance(value, ArrayObject):
        for part in value:
            _in_order(part, seen)
    elif isinstance(value, DictionaryObject):
        _name_fonts(value)
        for key in sorted(value):
            part = value.raw_get(key)
            del value[key]
            value[NameObject(key)] = part
            if key != "/Parent":
                _in_order(part, seen)


def _name_fonts(holder: DictionaryObject) -> None:
    """Names the fonts of a page or a form by the order of their own names, there and in what it draws."""
    fonts = holder.get("/Resources", {}).get("/Font") if "/Resources" in holder else None
    if not fonts:
        return
    order = sorted(fonts, key=lambda name: str(fonts[name]["/BaseFont"]))
    names = {old: f"/font{number}" for number, old in enumerate(order)}
    found = {names[old]: fonts.raw_get(old) for old in order}
    for old in order:
        del fonts[old]
    fonts.update({NameObject(name): font for name, font in found.items()})
    stream = holder if isinstance(holder, StreamObject) else holder["/Contents"].get_object()
    pattern = re.compile(rb"(/[^\s/<>\[\]()]+)(?=\s+[-0-9.]+\s+Tf\b)")
    stream.set_data(pattern.sub(lambda match: names[match[1].decode()].encode(), stream.get_data()))

"""Vega, Vega-Lite and Vega-Embed as one script."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import vl_convert


def script() -> str:
    """The script that draws a page's figures.  vl-convert takes seconds to join it, and joins the same for ever; so it
    is kept in the user's cache, by the version of the package."""
    kept = _cache_folder() / f"vega-{vl_convert.__version__}.js"
    try:
        return kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        pass
    made: str = vl_convert.javascript_bundle()
    with contextlib.suppress(OSError):  # without a cache, each page takes its seconds
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f".{kept.name}.{os.getpid()}")
        try:
            part.write_text(made, encoding="utf-8")
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
    return made


def _cache_folder() -> Path:
    """That of the XDG Base Directory Specification; what is no absolute path counts for nothing."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "scalelaw"

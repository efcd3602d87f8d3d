"""Draws the figures of a results file; started by scripts/plot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .campaign import ResultsError, load
from .figures import draw


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/plot",
        description="Draws the figures of a results file: scaling (the overview) and, for each kernel, "
        "its speedup, efficiency, throughput and phases, and the laws beside its measurements.",
    )
    parser.add_argument("file", type=Path, help="a results file (.h5)")
    parser.add_argument("-o", "--output", type=Path, help="folder for the figures (default: beside FILE)")
    parser.add_argument("--format", default="png,pdf", help="any of png, pdf, svg (default: png,pdf)")
    options = parser.parse_args(arguments)
    formats = options.format.split(",")
    unknown = sorted(set(formats) - {"png", "pdf", "svg"})
    if unknown:
        return complain(f"unknown format '{unknown[0]}'", "choose among: png, pdf, svg")
    folder = options.output or options.file.with_suffix("")
    try:
        paths = draw(load(options.file), folder, formats)
    except (ResultsError, FileNotFoundError, ValueError) as error:
        return complain(str(error), "scalelaw run CONFIG --output FILE writes results files")
    except OSError as error:
        return complain(str(error), "choose a folder that you can write to, with -o")
    for path in paths:
        if path.suffix == f".{formats[0]}":
            print(path)
    return 0


def complain(what: str, hint: str) -> int:
    print(f"scripts/plot: {what}\n  hint: {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

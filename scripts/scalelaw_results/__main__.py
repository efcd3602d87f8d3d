"""Draws the figures of results files; started by scripts/plot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .campaign import ResultsError, load
from .figures import FORMATS, Data, draw, draw_paper


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/plot",
        description="Draws the figures of a results file: scaling (the overview), one picture for each kernel, the laws "
        "beside the measurements, the ranks, and launches over time. Further files are drawn over the first.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a results file (.h5)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the figures (default: beside FILE)")
    parser.add_argument("--paper", action="store_true",
                        help="single panels for a paper, 3.3 and 7 inches wide, each with its caption")
    parser.add_argument("--format", default=",".join(FORMATS[:2]), help="any of png, pdf, svg (default: png,pdf)")
    options = parser.parse_args(arguments)
    formats = list(dict.fromkeys(options.format.split(",")))
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        return complain(f"unknown format '{unknown[0]}'", f"choose among: {', '.join(FORMATS)}")
    folder = options.output or options.files[0].with_suffix("")
    try:
        data = Data([load(file) for file in options.files])
        paths = (draw_paper if options.paper else draw)(data, folder, formats)
    except (ResultsError, FileNotFoundError, ValueError) as error:
        return complain(str(error), "scalelaw run CONFIG --output FILE writes results files")
    except OSError as error:
        return complain(str(error), "choose a folder that you can write to, with -o")
    for sentence in data.omitted:
        print(f"scripts/plot: {sentence}", file=sys.stderr)
    for path in paths:
        if path.suffix == f".{formats[0]}":
            print(path)
    return 0


def complain(what: str, hint: str) -> int:
    print(f"scripts/plot: {what}\n  hint: {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

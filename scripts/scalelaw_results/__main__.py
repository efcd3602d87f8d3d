"""Draws the figures of results files; started by `scalelaw plot` and scripts/plot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .campaign import ResultsError, load
from .figures import FORMATS, PAPER_FORMATS, SCREEN_FORMATS, Data, draw, draw_paper
from .figures.write import Tell
from .program import Refused


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scalelaw plot",
        description="Draws the figures of a results file: scaling (the overview), one picture for each kernel, the laws "
        "beside the measurements, the ranks, and launches over time. Further files are drawn over the first.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a results file (.h5)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the figures (default: NAME.figures, beside the file NAME.h5)")
    parser.add_argument("--paper", action="store_true",
                        help="single panels for a paper, 3.3 and 7 inches wide, each with its caption")
    parser.add_argument("--format", metavar="LIST", help="any of png, pdf, svg (default: png,pdf; with --paper: pdf)")
    options = parser.parse_args(arguments)
    usual = PAPER_FORMATS if options.paper else SCREEN_FORMATS
    formats = list(dict.fromkeys(options.format.split(","))) if options.format is not None else list(usual)
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        return complain(f"unknown format '{unknown[0]}'", f"choose among: {', '.join(FORMATS)}")
    folder = options.output or beside(options.files[0])
    try:
        data = Data([load(file) for file in options.files])
        paths = (draw_paper if options.paper else draw)(data, folder, formats, progress())
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    except (ResultsError, FileNotFoundError, ValueError) as error:
        return complain(str(error), "scalelaw run CONFIG --output FILE writes results files")
    except OSError as error:
        return complain(str(error), "choose a folder that you can write to, with -o")
    for sentence in data.omitted:
        print(f"scalelaw plot: {sentence}", file=sys.stderr)
    print(summary(folder, paths, formats))
    return 0


def beside(file: Path) -> Path:
    """The folder for the figures of a file: `heat.figures` of heat.h5, beside which there may be a program `heat`."""
    return file.with_name(f"{file.stem}.figures")


def progress() -> Tell:
    """Tells how far the drawing is in one line that is written over, on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        return lambda done, count: None

    def tell(done: int, count: int) -> None:
        line = f"drawing: {done} of {count}"
        end = "\r" + " " * len(line) + "\r" if done == count else ""
        print(f"\r{line}{end}", end="", file=sys.stderr, flush=True)

    return tell


def summary(folder: Path, paths: list[Path], formats: list[str]) -> str:
    """What was written, e.g. "figures: 8 pictures (png, pdf)"."""
    count = sum(path.suffix == f".{formats[0]}" for path in paths)
    captions = sum(path.name.endswith(".caption.txt") for path in paths)
    beside = f", {captions} caption{'' if captions == 1 else 's'}" if captions else ""
    return f"{folder}: {count} picture{'' if count == 1 else 's'} ({', '.join(formats)}){beside}"


def complain(what: str, hint: str) -> int:
    print(f"scalelaw plot: {what}\n  hint: {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

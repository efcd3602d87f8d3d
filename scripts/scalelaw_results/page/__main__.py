"""Writes the page of results files, or of their history; started by `scalelaw` and scripts/page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..program import Refused, ResultsError

PAGE_START = b"<!doctype html>"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scalelaw_results.page",
        description="Writes one page with the findings, figures and tables of a results file. It needs no network. "
        "Further files are drawn over the first and compared with it. With --history, the page is of their history.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE",
                        help="a results file (.h5); with --history also a folder of such files")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="the page to write; - is standard output")
    parser.add_argument("--efficiency", default="75%", help="let the findings say where efficiency falls below this")
    parser.add_argument("--history", action="store_true", help="line the files up in time")
    parser.add_argument("--filter", action="append", default=[], metavar="KEY=VALUE",
                        help="of a history: only points with KEY=VALUE; may be repeated")
    parser.add_argument("--false-alarms", default="1%", metavar="RATE",
                        help="of a history: in so many without changes, some step or trend may be named")
    options = parser.parse_args(arguments)
    try:
        check_output(options.output)
        text = made(options)
        write(text, options.output)
    except ModuleNotFoundError as error:
        return complain(f"the Python package {error.name} is missing", "docs/installing.md says how to install it")
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    except (ResultsError, FileNotFoundError, ValueError) as error:
        return complain(str(error), "scalelaw run CONFIG --output FILE writes results files")
    except OSError as error:
        return complain(f"cannot write {options.output}: {error.strerror or error}",
                        "name a file in a folder that exists and that you can write to")
    if options.output != "-":
        print(f"{options.output}: {size(len(text.encode()))}")
    return 0


def made(options: argparse.Namespace) -> str:
    """The page.  Its packages are imported only now, so that one that is missing is reported."""
    from .history import history_page
    from .write import page
    if options.history:
        return history_page(options.files, options.filter, options.false_alarms)
    return page(options.files, options.efficiency)


def size(count: int) -> str:
    """A number of bytes as people read it."""
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def check_output(output: str) -> None:
    """Raises OSError when `output` cannot be written, or is something else than a page, e.g. a results file."""
    if output == "-":
        return
    path = Path(output)
    if path.is_dir():
        raise OSError(None, "it is a folder")
    if not path.exists() and not path.absolute().parent.is_dir():
        raise OSError(None, f"there is no folder {path.absolute().parent}")
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(PAGE_START)).lower() != PAGE_START:
                raise OSError(None, "it exists and is not a page, so it is not replaced")


def write(text: str, output: str) -> None:
    """Writes the page whole or not at all."""
    if output == "-":
        sys.stdout.buffer.write(text.encode())
        return
    path = Path(output)
    if path.exists() and not path.is_file():  # e.g. /dev/stdout
        path.write_text(text, encoding="utf-8")
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def complain(what: str, hint: str) -> int:
    print(f"scalelaw: {what}\n  hint: {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

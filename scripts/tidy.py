"""Runs clang-tidy on the sources that have changed since they last passed.

usage: tidy.py BUILD_FOLDER [FILE...]

BUILD_FOLDER has a compile_commands.json; without FILEs all of its sources are meant.  A source has changed when it, a
header of this project that it includes, its compiler's options, the rules or clang-tidy are others than when it passed.
What has passed is remembered in BUILD_FOLDER/tidy.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


@functools.cache
def included(path: Path) -> frozenset[Path]:
    """The headers of this project that a file includes itself."""
    names = INCLUDE.findall(path.read_text(encoding="utf-8"))
    places = (folder / name for name in names for folder in (path.parent, ROOT, ROOT / "tests"))
    return frozenset(place.resolve() for place in places if place.is_file())


def files_of(source: Path) -> list[Path]:
    """The source with all headers of this project that it reads."""
    found, todo = {source}, [source]
    while todo:
        new = included(todo.pop()) - found
        found |= new
        todo += new
    return sorted(found)


def mark_of(source: Path, command: str, rules: bytes) -> str:
    """A name for the contents of all that clang-tidy's answer depends on."""
    digest = hashlib.sha256(rules + command.encode())
    for path in files_of(source):
        contents = path.read_bytes()
        digest.update(f"\\0{path}\\0{len(contents)}\\0".encode() + contents)
    return digest.hexdigest()


def passes(source: Path, build: Path) -> bool:
    """Whether clang-tidy finds nothing; prints what it finds."""
    words = ["clang-tidy", "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option",
             "--warnings-as-errors=*"]
    done = subprocess.run([*words, str(source)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main() -> int:
    build = Path(sys.argv[1]).resolve()
    commands = {Path(one["file"]).resolve(): one["command"]
                for one in json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))}
    # Code paths of other processors are not in the database.
    chosen = [path for name in sys.argv[2:] if (path := Path(name).resolve()) in commands] or (
        [] if sys.argv[2:] else [path for path in commands if path.is_relative_to(ROOT) and build not in path.parents])
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    rules = version + (ROOT / ".clang-tidy").read_bytes()
    passed = build / "tidy"
    passed.mkdir(exist_ok=True)
    marks = {source: mark_of(source, commands[source], rules) for source in chosen}
    changed = [source for source in chosen if not (passed / marks[source]).exists()]
    print(f"clang-tidy: {len(changed)} of {len(chosen)} sources have changed", flush=True)

    def judge(source: Path) -> bool:
        well = passes(source, build)
        if well:
            (passed / marks[source]).touch()
        return well

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return 0 if all(list(threads.map(judge, changed))) else 1


if __name__ == "__main__":
    sys.exit(main())

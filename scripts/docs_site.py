"""What scripts/docs does beside Sphinx: gathers the pages, makes the command line's, and looks for the network.

Usage: docs_site.py stage SOURCE FOLDER PROGRAM   gathers what README.md leads to, and what PROGRAM says of its commands
       docs_site.py offline FOLDER                fails if a page of the built site loads anything from the network
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from html.parser import HTMLParser
from pathlib import Path

LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
REMOTE = re.compile(r"^(?:https?:)?//")


def without_code(text):
    """Markdown without its code, in which brackets are no links."""
    text = re.sub(r"^(```+).*?^\1", "", text, flags=re.M | re.S)
    text = re.sub(r"^(?: {4}|\t).*$", "", text, flags=re.M)
    return re.sub(r"`[^`\n]*`", "", text)


def links_of(text):
    """The files that a page links to, as it writes them, without what is on the web or on the page."""
    for target in LINK.findall(without_code(text)):
        if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
            yield target.split("#")[0]


def reached(source):
    """All files that README.md leads to.  What is not there is left for Sphinx to complain of."""
    found, waiting = set(), [Path("README.md")]
    while waiting:
        page = waiting.pop()
        if page in found or not (source / page).is_file():
            continue
        found.add(page)
        if page.suffix == ".md":
            folder = page.parent
            waiting += [Path(os.path.normpath(folder / target)) for target in links_of((source / page).read_text())]
    return sorted(found)


def commands_of(program):
    """The names of the subcommands, as the manual page lists them."""
    page = subprocess.run([program, "man"], check=True, capture_output=True, text=True).stdout
    return [name.replace("\\-", "-") for name in re.findall(r"^\.BR scalelaw\\-(\S+) \(1\)$", page, re.M)]


def wrapped(line, width=90):
    """A line of help in the width of a page, continued where its text begins."""
    columns = re.match(r" *(?:\S+(?: \S+)*)? {2,}(?=\S)", line)
    return textwrap.fill(line, width, subsequent_indent=" " * len(columns[0] if columns else ""),
                         break_long_words=False, break_on_hyphens=False, replace_whitespace=False)


def command_page(program):
    """The page of the command line: what the program says of itself and of each command."""
    parts = ["# The command line\n\nThis is what `scalelaw --help` and `scalelaw COMMAND --help` print.\n"]
    for name in ("", *commands_of(program)):
        words = [word for word in (name, "--help") if word]
        said = subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout
        lines = "\n".join(wrapped(line) for line in said.rstrip().splitlines())
        parts.append(f"## {f'scalelaw {name}'.strip()}\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


def contents(file):
    """The trees of contents of a file such as docs/site/contents.toml, as Sphinx reads them."""
    trees = [["```{toctree}", ":hidden:", ":glob:", f":caption: {part['caption']}", "", *part["pages"], "```", ""]
             for part in tomllib.loads(file.read_text())["part"]]
    return "\n".join("\n".join(tree) for tree in trees)


def stage(source, folder, program):
    shutil.rmtree(folder, ignore_errors=True)
    for file in reached(source):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, folder / file)
    with (folder / "README.md").open("a") as page:
        page.write("\n" + contents(source / "docs/site/contents.toml"))
    (folder / "command-line.md").write_text(command_page(program))


class Loads(HTMLParser):
    """What a browser loads for a page without being asked."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        value = dict(attrs).get(LOADS.get(tag, ""))
        if value and REMOTE.match(value):
            self.found.append(value)


def remote_loads(path, text):
    """The addresses on the network that a file of the site loads from."""
    if path.suffix == ".css":
        named = re.findall(r"(?:url\(|@import\s+)\s*[\"']?([^\"')\s;]+)", text)
        return [found for found in named if REMOTE.match(found)]
    page = Loads()
    page.feed(text)
    return page.found


def offline(folder):
    files = sorted(path for kind in ("*.html", "*.css") for path in folder.rglob(kind))
    if not files:
        sys.exit(f"docs: there is no site in {folder}")
    faults = [f"{path.relative_to(folder)}: {found}"
              for path in files for found in remote_loads(path, path.read_text())]
    if faults:
        sys.exit("docs: the site loads from the network:\n  " + "\n  ".join(faults))


if __name__ == "__main__":
    if sys.argv[1:2] == ["stage"] and len(sys.argv) == 5:
        stage(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    elif sys.argv[1:2] == ["offline"] and len(sys.argv) == 3:
        offline(Path(sys.argv[2]))
    else:
        sys.exit(__doc__)

"""Changes the C++ sources in one place at a time, and says which changes no test finds."""

import argparse
import fcntl
import sys
import time
import tomllib
from collections import Counter
from itertools import islice
from pathlib import Path

from sites import Sites, drawn
from tree import Fault, Tree, absent_here, listed, runs_here

ROOT = Path(__file__).resolve().parents[2]
LEAST_FOUND = 0.95

TEXT = """\
Changes operators and constants in copies of the C++ sources of kernels/ and harness/laws/, one at a time, and runs the
tests. A change that no test finds is a hole in the tests, or changes nothing that a test could see: then
scripts/mutation/settings.toml explains it. Works in build/mutants, never in your files.

A line for each change, then the count and the survivors. Exit status: 0 when at least 95 % are found, 1 when fewer
are, 2 when the check itself fails.
"""


def options(arguments):
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=TEXT,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="changes (default: 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones are drawn (default: 1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="compilers at a time (default: 1)")
    parser.add_argument("--list", action="store_true", help="print what is drawn, compiling or not, and stop")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folders or files (default: kernels harness/laws)")
    given = parser.parse_args(arguments)
    for name in ("count", "jobs"):
        if getattr(given, name) < 1:
            raise Fault(f"--{name} {getattr(given, name)} is too small", "give a number from 1 on")
    return given


def chosen_files(root, settings, paths):
    """The sources to change; paths are as the user wrote them, or from the top of the tree."""
    inside = []
    for path in paths or settings["folders"]:
        place = Path(path).resolve() if Path(path).exists() and paths else (root / path).resolve()
        if not place.exists() or not place.is_relative_to(root):
            raise Fault(f"'{path}' is no file or folder of this tree", "give one such as kernels/prime_sieve")
        inside.append(place)
    files = [file for file in listed(root, *settings["folders"]) if Path(file).suffix in (".cpp", ".hpp")]
    files = [file for file in files if any((root / file).is_relative_to(place) for place in inside)]
    if not files:
        raise Fault("there is no C++ source in what you named", f"choose within: {', '.join(settings['folders'])}")
    return files


def sources_of(tree, settings, paths):
    absent = absent_here()
    compiled = tree.compiled()
    files = [file for file in chosen_files(tree.root, settings, paths)
             if runs_here(file, absent) and (file.endswith(".hpp") or file in compiled)]
    left_out = settings.get("left_out", [])
    return [Sites(file, (tree.copy / file).read_bytes(), left_out, absent) for file in files]


def is_explained(mutant, settings):
    return any(one["file"] == mutant.file and one["line"] == mutant.text and one["change"] == [mutant.old, mutant.new]
               for one in settings.get("explained", []))


def outcome_of(tree, settings, mutant):
    """found, survived, or None where it does not compile."""
    first = tree.program_of(mutant.file)
    tree.take_times([first])
    place = tree.copy / mutant.file
    source = place.read_bytes()
    more = [one for area in settings.get("more_tests", []) if Path(mutant.file).is_relative_to(area["folder"])
            for one in tree.programs_like(area["programs"]) if one != first]
    try:
        place.write_bytes(mutant.applied(source))
        if not tree.built([first]):
            return None
        if not tree.passes(first):
            return "found"
        place.write_bytes(source)
        tree.take_times(more)
        place.write_bytes(mutant.applied(source))
        # Where other code does not compile with the change, the compiler has found it.
        return "survived" if tree.built(more) and all(map(tree.passes, more)) else "found"
    finally:
        place.write_bytes(source)


def time_left(seconds):
    return f"{seconds / 60:.0f} min left" if seconds >= 90 else f"{seconds:.0f} s left"


def check(tree, settings, given, sites):
    """Runs the mutants.  [(mutant, outcome)]"""
    done, start, refused = [], time.monotonic(), 0
    for mutant in drawn(sites, given.seed):
        outcome = outcome_of(tree, settings, mutant)
        if outcome is None:
            refused += 1
            continue
        if is_explained(mutant, settings):
            outcome = "explained" if outcome == "survived" else "found, although settings.toml explains why not"
        done.append((mutant, outcome))
        left = (time.monotonic() - start) / len(done) * (given.count - len(done))
        print(f"[{len(done)}/{given.count}] {outcome}: {mutant}  ({time_left(left)})", flush=True)
        if len(done) == given.count:
            break
    print(f"\n{refused} more did not compile")
    return done


def report(done):
    """Prints the summary; the exit status."""
    if not done:
        raise Fault("no change compiles", "name more files")
    count = Counter(outcome.partition(",")[0] for _, outcome in done)
    counted = len(done) - count["explained"]
    share = count["found"] / counted if counted else 1
    print(f"found {count['found']} of {counted} ({100 * share:.1f} %); explained: {count['explained']}")
    for kind in ("survived", "explained"):
        for mutant, outcome in done:
            if outcome == kind:
                print(f"{kind}: {mutant}\n    {mutant.text}")
    return 0 if share >= LEAST_FOUND else 1


def main(arguments):
    given = options(arguments)
    folder = ROOT / "build/mutants"
    folder.mkdir(parents=True, exist_ok=True)
    settings = tomllib.loads((Path(__file__).parent / "settings.toml").read_text())
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault("another one is at work in build/mutants", "wait for its end") from None
        tree = Tree(ROOT, folder, given.jobs)
        tree.copy_sources()
        tree.configure()
        sites = sources_of(tree, settings, given.paths)
        if given.list:
            for mutant in islice(drawn(sites, given.seed), given.count):
                print(f"{mutant}\n    {mutant.text}")
            return 0
        first = islice(drawn(sites, given.seed), given.count)
        programs = sorted({tree.program_of(mutant.file) for mutant in first})
        print(f"building and running the tests as they are: {', '.join(programs)}", flush=True)
        tree.take_times(programs)
        return report(check(tree, settings, given, sites))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Fault as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)

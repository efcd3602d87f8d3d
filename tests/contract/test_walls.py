"""The walls of docs/architecture.md: who may include what, and what only one place may know.

Usage: test_walls.py SOURCE_FOLDER BUILD_FOLDER [unittest options]
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCES, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
ABOVE = {"common": {"common"}, "kernels": {"common", "kernels"},
         "paradigms": {"common", "kernels", "paradigms"},
         "drivers": {"common", "kernels", "paradigms", "drivers"},
         "peers": {"common", "kernels", "paradigms", "drivers", "peers"},
         "adapter": {"common", "adapter"},
         "harness": {"common", "adapter", "harness"}}


def files(*folders):
    """{path from the root: text} of the C++ sources in these folders."""
    return {str(path.relative_to(SOURCES)): path.read_text()
            for folder in folders for path in sorted((SOURCES / folder).rglob("*.[ch]pp*"))}


def without_comment(line):
    """A line of C++ without the // comment at its end; texts are kept."""
    return re.match(r'(?:[^"/]|"(?:[^"\\]|\\.)*"|/(?!/)|")*', line)[0]


def places(pattern, texts, allowed=()):
    """FILE:LINE: what matches, for every match outside of comments and of the files that may."""
    return [f"{name}:{number}: {found[0]}"
            for name, text in texts.items() if name not in allowed
            for number, line in enumerate(text.splitlines(), 1)
            for found in re.finditer(pattern, without_comment(line))]


# --- Who may include whom -----------------------------------------------------------------------

def closure(direct):
    """{folder: all that it may know} from {folder: what is written beside it}."""
    known = {folder: set(names) for folder, names in direct.items()}
    while True:
        more = {folder: names.union(*(known[n] for n in names)) for folder, names in known.items()}
        if more == known:
            return known
        known = more


def folders_of_cmake(text):
    """{folder: what it may know} of the harness, from the lines of harness/CMakeLists.txt."""
    parts = re.findall(r"^scalelaw_harness_part\((\w+)([^)]*?)(?:\s+USES[^)]*)?\)", text, re.M)
    return closure({part: set(names.split()) for part, names in parts})


def folders_of_document(text, known):
    """The same from the tables in docs/architecture.md; of their rows, those of the folders `known`."""
    direct, column = {}, None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if "links" in cells:
            column = cells.index("links")
        elif not line.startswith("|"):
            column = None
        elif column is not None:
            names, may = ({name.strip("/").removeprefix("harness/") for name in re.findall(r"`([^`]+)`", cell)}
                          for cell in (cells[0], cells[column]))
            for name in names & known:
                direct[name] = may & known
    return closure(direct) if set(direct) == known else direct


def forbidden_includes(texts, may_know):
    """FILE:LINE: the header, for every include that a wall forbids."""
    out = []
    for name, text in texts.items():
        top, *rest = name.split("/")
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"((adapter|common|kernels|paradigms|drivers|harness|peers)/[^"]+)"', line)
            if not found:
                continue
            header, folder = found[1], found[1].split("/")[1]
            own = rest[0] if len(rest) > 1 else None  # harness/main.cpp belongs to no folder
            inside = top == found[2] == "harness" and own is not None
            if found[2] not in ABOVE[top] or inside and folder not in may_know[own] | {own}:
                out.append(f"{name}:{number}: {header}")
    return out


CMAKE = folders_of_cmake((SOURCES / "harness/CMakeLists.txt").read_text())


class Includes(unittest.TestCase):
    def test_the_document_and_the_build_have_the_same_walls(self):
        document = folders_of_document((SOURCES / "docs/architecture.md").read_text(), set(CMAKE))
        self.assertEqual(set(document), set(CMAKE), "a row for each folder of the harness")
        for folder, names in CMAKE.items():
            with self.subTest(folder=folder):
                self.assertEqual(document[folder], names)

    def test_every_folder_of_the_harness_is_a_part(self):
        present = {path.parent.name for path in (SOURCES / "harness").glob("*/*.hpp")}
        self.assertEqual(present, set(CMAKE))

    def test_nobody_knows_who_is_above(self):
        self.assertEqual(forbidden_includes(files(*ABOVE), CMAKE), [])

    def test_nobody_is_above_himself(self):
        for folder, names in CMAKE.items():
            self.assertNotIn(folder, names, "a circle")

    def test_the_table_is_read_as_it_is_meant(self):
        table = ("| folder | what | links |\n|---|---|---|\n| `harness/a`, `b/` | x | - |\n"
                 "| `harness/c` | x | `a`, `harness/b` |\n| `d` | | `c` |\n\n| `a` | | `d` |\n")
        self.assertEqual(folders_of_document(table, set("abcd")),
                         {"a": set(), "b": set(), "c": {"a", "b"}, "d": {"a", "b", "c"}})
        self.assertEqual(set(folders_of_document(table, set("abcde"))), set("abcd"))
        lines = "scalelaw_harness_part(a)\nscalelaw_harness_part(b a USES x::y)\nscalelaw_harness_part(c b\n  USES z)\n"
        self.assertEqual(folders_of_cmake(lines), {"a": set(), "b": {"a"}, "c": {"a", "b"}})

    def test_a_forbidden_include_is_found(self):
        planted = {"harness/plan/x.cpp": '#include "harness/measure/verdict.hpp"\n',
                   "harness/plan/y.cpp": '\n  # include "drivers/comm/comm.hpp"\n',
                   "harness/main.cpp": '#include "harness/commands/commands.hpp"\n#include "kernels/kernel.hpp"\n',
                   "common/z.hpp": '#include "kernels/kernel.hpp"\n#include "common/range.hpp"\n',
                   "kernels/a/a.cpp": '#include "drivers/team/team.hpp"\n',
                   "drivers/b.cpp": '#include "harness/plan/plan.hpp"\n',
                   "harness/measure/good.cpp": '#include "harness/plan/plan.hpp"\n#include "harness/measure/b.hpp"\n'}
        found = forbidden_includes(planted, {"plan": {"config"}, "measure": {"plan"}})
        self.assertEqual([place.split(": ")[0] for place in found],
                         ["harness/plan/x.cpp:1", "harness/plan/y.cpp:2", "harness/main.cpp:2", "common/z.hpp:1",
                          "kernels/a/a.cpp:1", "drivers/b.cpp:1"])


# --- What the compiler finds --------------------------------------------------------------------

def sources_of(command):
    """The sources that the command compiles: its file, or those that a unit of several includes."""
    file = Path(command["file"])
    if file.parent.name != "Unity":
        return [str(file)]
    return re.findall(r'#include "([^"]+)"', file.read_text())


def compilation_of(folder):
    """The words that compile some source of this folder, without the source and what is made."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    inside = str((SOURCES / folder).resolve()) + "/"
    one = next(c for c in commands if any(source.startswith(inside) for source in sources_of(c)))
    words = shlex.split(one["command"])
    while Path(words[0]).name in ("ccache", "sccache", "distcc"):
        words = words[1:]
    for option in ("-o", "-c", "-MF", "-MT"):
        if option in words:
            at = words.index(option)
            del words[at:at + 2]
    return [word for word in words if word not in ("-MD", "-MMD")], one["directory"]


def compiled(folder, text, *options):
    """The compiler on a source of this text, as if it belonged to the folder."""
    words, directory = compilation_of(folder)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "planted.cpp"
        source.write_text(text)
        return subprocess.run([*words, *options, str(source)], cwd=directory, capture_output=True, text=True,
                              timeout=100)


def found_by(folder, headers):
    """Those headers that a source of the folder can include."""
    lines = [f'#if __has_include({header})\nFOUND {header}\n#endif\n' for header in headers]
    done = compiled(folder, "".join(lines), "-E", "-P", "-w")
    assert done.returncode == 0, done.stderr
    return {line.removeprefix("FOUND ").replace(" ", "") for line in done.stdout.splitlines()
            if line.startswith("FOUND")}


def a_header_of(folder):
    return '"' + str(min((SOURCES / folder).rglob("*.hpp")).relative_to(SOURCES)) + '"'


@unittest.skipUnless((BUILD / "compile_commands.json").exists(), "no compile_commands.json")
class Compiler(unittest.TestCase):
    def test_an_include_over_a_wall_does_not_compile(self):
        forbidden = compiled("harness/plan", '#include "harness/measure/verdict.hpp"\n', "-fsyntax-only")
        self.assertNotEqual(forbidden.returncode, 0)
        self.assertIn("verdict.hpp", forbidden.stderr)
        allowed = compiled("harness/measure", '#include "harness/measure/verdict.hpp"\n', "-fsyntax-only")
        self.assertEqual(allowed.returncode, 0, allowed.stderr)

    def test_a_folder_finds_what_it_may_know_and_nothing_else(self):
        headers = {folder: a_header_of(f"harness/{folder}") for folder in CMAKE}
        others = [a_header_of(folder) for folder in ("kernels", "drivers", "peers")] + ["<mpi.h>"]
        for folder, may in CMAKE.items():
            with self.subTest(folder=folder):
                expected = {headers[name] for name in may | {folder}}
                self.assertEqual(found_by(f"harness/{folder}", [*headers.values(), *others]), expected)

    def test_kernels_and_what_is_common_find_nothing_above(self):
        above = [a_header_of("harness/results"), a_header_of("paradigms"), a_header_of("drivers"), a_header_of("peers"), "<mpi.h>", "<hdf5.h>"]
        kernel, common = a_header_of("kernels"), a_header_of("common")
        self.assertEqual(found_by("common", [common, kernel, *above]), {common})
        self.assertEqual(found_by("kernels", [common, kernel, *above]), {common, kernel})
        driver, paradigm = a_header_of("drivers/pass"), a_header_of("paradigms")
        self.assertEqual(found_by("paradigms", [driver, paradigm, kernel]), {paradigm, kernel})
        self.assertEqual(found_by("drivers/pass", [driver, paradigm, kernel, *above]) & {driver, paradigm, kernel, above[0]},
                         {driver, paradigm, kernel})


# --- What is in one place alone -----------------------------------------------------------------

MPI_FILES = ("drivers/comm/mpi_comm.cpp", "drivers/comm/mpi_pieces.hpp", "drivers/comm/mpi_shared_number.hpp",
             "drivers/comm/mpi_window.hpp", "drivers/input/hdf5_reader.cpp")
OF_SYSTEM = (r"#\s*include\s*<(omp\.h|mpi\.h|hdf5\.h|fstream|filesystem|cstdio|stdio\.h|iostream|fcntl\.h|chrono"
             r"|ctime|time\.h|sys/time\.h|thread|future|pthread\.h)>")
MODELS = "serial|openmp|mpi|hybrid"
OPTIONS = "schedule|chunk|mode|data|distribution|rank_chunk|overlap"
PHASES = "distribute|prepare|compute|combine|finish"
SCHEMA_1 = ("harness/store/schema_1.cpp",)


def compared(words):
    """Where a text is compared with one of these words, or looked up under it."""
    return (rf'(?:[=!]=|\b(?:value|contains|at|find|erase|count|option|starts_with)\(|\[)\s*"(?:{words})"'
            rf'|"(?:{words})"\s*[=!]=')


def listed(words):
    """Where a list of keys or values begins with one of these words."""
    return rf'\{{\s*"(?:{words})"'


class Alone(unittest.TestCase):
    def only(self, pattern, folders, allowed):
        """No other file than those allowed matches, and each of these does."""
        texts = files(*folders)
        self.assertEqual(places(pattern, texts, allowed), [])
        for name in allowed:
            if name in texts:
                self.assertTrue(places(pattern, {name: texts[name]}), f"{name} need not be excepted")

    def test_mpi_is_known_to_the_comm_and_the_reader_of_datasets(self):
        self.only(r"#\s*include\s*<mpi\.h>", ABOVE, MPI_FILES)

    def test_results_are_written_by_the_store(self):
        inside = {name: text for name, text in files("harness").items() if not name.startswith("harness/store/")}
        self.assertEqual(places(r"#\s*include\s*<(hdf5|H5\w+)\.h>", inside), [])
        self.assertTrue(places(r"#\s*include\s*<hdf5\.h>", files("harness/store")))

    def test_openmp_is_known_to_its_team(self):
        self.only(r"#\s*pragma\s+omp|_Pragma\(\"omp", ("common", "kernels", "drivers", "harness"),
                  ("drivers/team/openmp_team.cpp",))

    def test_kernels_know_nothing_of_the_system(self):
        self.assertEqual(places(OF_SYSTEM, files("kernels", "paradigms")), [])

    def test_the_harness_compares_with_no_models_name(self):
        texts = files("harness")
        self.assertEqual(places(rf'[=!]=\s*"(?:{MODELS})"|"(?:{MODELS})"\s*[=!]=', texts, SCHEMA_1), [])
        self.assertEqual(places(compared("serial|openmp|hybrid"), texts, SCHEMA_1), [])
        several = rf'"({MODELS})".*"(?!\1")(?:{MODELS})"'
        self.assertEqual(places(several, texts, SCHEMA_1), [], "a list of models")

    def test_the_harness_names_no_option_of_a_driver(self):
        for pattern in (compared(OPTIONS), listed(OPTIONS)):
            self.assertEqual(places(pattern, files("harness"), SCHEMA_1), [])

    def test_the_harness_names_no_phase(self):
        self.assertEqual(places(rf'"(?:{PHASES})(?:_s)?"', files("harness"), SCHEMA_1), [])
        self.assertEqual(places(rf"\b(?:{PHASES})_s\b", files("harness"), SCHEMA_1), [])

    def test_each_of_these_would_be_found(self):
        for pattern, line in (
                (OF_SYSTEM, "#include <thread>"), (OF_SYSTEM, "# include <stdio.h>"),
                (r"#\s*pragma\s+omp", "  #pragma omp parallel for"),
                (compared(OPTIONS), 'if (options.contains("schedule")) x();'),
                (compared(OPTIONS), 'point.options.value("data", "local")'),
                (compared(OPTIONS), 'options["overlap"] = true;'), (compared(OPTIONS), 'if (name == "chunk")'),
                (compared(OPTIONS), 'out.erase("rank_chunk");'), (compared(OPTIONS), '"mode" != name'),
                (listed(OPTIONS), 'static const json defaults{{"distribution", "block"}};'),
                (compared(MODELS), 'model.name == "mpi"'), (compared(MODELS), 'if ("serial" == model)')):
            with self.subTest(line=line):
                self.assertEqual(len(places(pattern, {"a": f"\n{line}\n"})), 1)
                self.assertEqual(places(pattern, {"a": line}, allowed=("a",)), [])
                self.assertEqual(places(pattern, {"a": f"int x;  // {line}"}), [])
        self.assertEqual(places(compared(OPTIONS), {"a": 'print("no schedule here", "data of")'}), [])
        self.assertEqual(places("plant", {"a": 'x = "http://plant";  // plant'}), ["a:1: plant"])
        self.assertEqual(places(r'"x"', {"a": '"\\"//" + "x" // "x"'}), ['a:1: "x"'])


def joins_without_header(texts):
    """The files that call fmt::join without the header that has it: since fmt 11, no other one has."""
    return [name for name, text in texts.items() if "fmt::join" in text and "#include <fmt/ranges.h>" not in text]


class NewerLibraries(unittest.TestCase):
    def test_join_comes_from_its_own_header(self):
        self.assertEqual(joins_without_header(files(*ABOVE)), [])

    def test_a_missing_header_is_found(self):
        call, header = "x(fmt::join(a, b));", "#include <fmt/ranges.h>\n"
        self.assertEqual(joins_without_header({"a": call, "b": header + call, "c": "x();"}), ["a"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)

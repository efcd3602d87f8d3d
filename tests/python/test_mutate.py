"""scripts/mutate: what it changes, what it never touches, and that it sees a hole in tests."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/mutation"))
HAVE_PARSER = importlib.util.find_spec("tree_sitter_cpp") is not None or "CI" in os.environ
SETTINGS = tomllib.loads((ROOT / "scripts/mutation/settings.toml").read_text())
if HAVE_PARSER:
    from sites import Sites, drawn
    from tree import listed, runs_here

UNTOUCHED = """\
// a + b < 1
/* 2 * 3 */
#include "part-1/x.hpp"
#define TWICE(x) (2 * (x))
static_assert(sizeof(int) == 4 && 1 < 2);
[[gnu::aligned(64)]] int aligned;
struct alignas(32) Wide {
  bool operator<(const Wide& other) const;
  int bits : 3;
};
enum class Code { first = 5 };
template <int count = 3, class T = std::array<int, 4 + 1>>
std::vector<Fixed<2, 8>> of(const T& x, T&& y, int* z);
const char* text = "1 + 1 < 2";
const char* raw = R"(1 + 1)";
char sign = '+';
int room[7];
#if defined(__AVX512F__)
int wide = 64;
#endif
#ifdef __x86_64__
#else
int other = 16;
#endif
int name = small<9>(x);
"""

TOUCHED = """\
int f(int a, int b) {
  if (!a && b <= 3) return a + b;
  for (int i = 0; i < b; ++i) a += i % b;
  return (a == b || a > 0x10U) ? a * b : a / b - (a << 1 & 3);
}
double g = 0.5;
#if defined(__AVX512F__)
#else
int narrow = 16;
#endif
"""


def changes(source, **more):
    return {(mutant.line, mutant.old, mutant.new) for mutant in Sites("x.cpp", source.encode(), **more).mutants}


@unittest.skipUnless(HAVE_PARSER, "there is no tree-sitter: scripts/setup --with test")
class Choices(unittest.TestCase):
    def test_what_is_no_expression_is_never_touched(self):
        self.assertEqual(changes(UNTOUCHED, absent=["AVX512"]), set())

    def test_operators_and_constants_of_expressions_are_changed(self):
        expected = {
            (2, "!", ""), (2, "&&", "||"), (2, "<=", "<"), (2, "<=", ">"), (2, "3", "4"), (2, "3", "2"), (2, "+", "-"),
            (3, "0", "1"), (3, "<", "<="), (3, "<", ">="), (3, "++", "--"), (3, "+=", "-="), (3, "%", "*"),
            (4, "==", "!="), (4, "||", "&&"), (4, ">", ">="), (4, ">", "<="), (4, "0x10U", "0x11U"),
            (4, "0x10U", "0xfU"), (4, "*", "/"), (4, "/", "*"), (4, "-", "+"), (4, "<<", ">>"), (4, "1", "2"),
            (4, "1", "0"), (4, "&", "|"), (4, "3", "4"), (4, "3", "2"),
            (6, "0.5", "1.5"), (6, "0.5", "(-0.5)"), (9, "16", "17"), (9, "16", "15")}
        self.assertEqual(changes(TOUCHED, absent=["AVX512"]), expected)

    def test_a_change_is_applied_at_its_place_alone(self):
        source = "int f(int a) { return a + a + 1; }\n"
        texts = {mutant.applied(source.encode()).decode() for mutant in Sites("x.cpp", source.encode()).mutants}
        self.assertEqual(texts, {source.replace("a + a", "a - a"), source.replace("+ 1", "- 1"),
                                 source.replace("1", "2"), source.replace("1", "0")})

    def test_what_the_settings_leave_out(self):
        source = "int distance = 1;\nint f(int* p) { lib::fetch<2>(p + 3); return 4; }\n"
        left_out = [{"call": "fetch"}, {"file": "x.*", "name": "distance"}]
        self.assertEqual(changes(source, left_out=left_out), {(2, "4", "5"), (2, "4", "3")})
        self.assertEqual(changes(source, left_out=[{"file": "x.cpp"}]), set())
        self.assertIn((1, "1", "2"), changes(source, left_out=[{"file": "y.cpp", "name": "distance"}]))

    def test_files_of_other_processors_are_left_out(self):
        self.assertFalse(runs_here("kernels/a/loop_avx512.cpp", ["AVX512"]))
        self.assertFalse(runs_here("kernels/a/avx512_lanes.hpp", ["AVX512"]))
        self.assertFalse(runs_here("kernels/a/loop_neon.cpp", ["NEON"]))
        self.assertTrue(runs_here("kernels/a/loop_avx2.cpp", ["AVX512"]))
        self.assertTrue(runs_here("kernels/a/loop_avx512.cpp", ["AVX512VBMI"]))
        self.assertTrue(runs_here("kernels/a/loop.cpp", ["AVX512"]))

    def test_a_seed_decides(self):
        sites = [Sites(name, TOUCHED.encode()) for name in ("a.cpp", "b.cpp")]

        def first(seed, of):
            return list(islice(drawn(of, seed), 10))

        self.assertEqual(first(3, sites), first(3, sites[::-1]))
        self.assertNotEqual(first(3, sites), first(4, sites))

    def test_each_is_drawn_once_and_long_files_more_often(self):
        sites = [Sites("long.cpp", TOUCHED.encode() * 5), Sites("short.cpp", TOUCHED.encode())]
        every = list(drawn(sites, 1))
        self.assertEqual(len(set(every)), len(every))
        self.assertEqual(set(every), {mutant for one in sites for mutant in one.mutants})
        early = sum(mutant.file == "long.cpp" for seed in range(20) for mutant in islice(drawn(sites, seed), 20))
        self.assertTrue(300 < early < 360, early)  # 333 of 400 are expected

    def test_every_entry_of_the_settings_is_of_use(self):
        """What no longer matches a line hides something else one day."""
        files = [file for file in listed(ROOT, *SETTINGS["folders"]) if file.endswith(("pp"))]
        sites = {file: Sites(file, (ROOT / file).read_bytes(), SETTINGS["left_out"]) for file in files}
        used = set().union(*(one.used for one in sites.values()))
        for entry in SETTINGS["left_out"]:
            self.assertTrue({entry.get("call"), entry.get("name"), entry.get("file")} & used, entry)
            self.assertTrue(entry["reason"])
        for entry in SETTINGS.get("explained", []):
            self.assertIn((entry["line"], *entry["change"]),
                          {(one.text, one.old, one.new) for one in sites[entry["file"]].mutants})
            self.assertTrue(entry["reason"])


LARGER = "int larger(int a, int b) { return a < b ? b : a; }\n"
TINY = {
    "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
add_executable(kernels_larger_tests kernels/larger/larger.cpp test.cpp)
""",
    "kernels/larger/larger.cpp": LARGER,
    "scripts/mutation/settings.toml": 'folders = ["kernels"]\n',
}
THOROUGH = """\
int larger(int a, int b);
int main() { return larger(1, 2) == 2 && larger(2, 1) == 2 ? 0 : 1; }
"""
WITH_A_HOLE = """\
int larger(int a, int b);
int main() { return larger(2, 2) == 2 ? 0 : 1; }
"""
EXPLAINED = """
[[explained]]
file = "kernels/larger/larger.cpp"
line = "int larger(int a, int b) { return a < b ? b : a; }"
change = ["<", "<="]
reason = "equal numbers are the same, whichever is returned"
"""


@unittest.skipUnless(HAVE_PARSER, "there is no tree-sitter: scripts/setup --with test")
class Whole(unittest.TestCase):
    """The script in a project of one function and one test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        shutil.copytree(ROOT / "scripts/mutation", cls.root / "scripts/mutation",
                        ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in TINY.items():
            cls.write(name, text)
        (cls.root / ".gitignore").write_text("/build/\n__pycache__/\n")
        subprocess.run(["git", "init", "--quiet", cls.root], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def write(cls, name, text):
        (cls.root / name).parent.mkdir(parents=True, exist_ok=True)
        (cls.root / name).write_text(text)

    def mutate(self, *options):
        return subprocess.run([sys.executable, "-B", self.root / "scripts/mutation", *options], capture_output=True,
                              text=True, cwd=self.root)

    def test_a_hole_is_seen_and_what_is_equivalent_can_be_explained(self):
        self.write("test.cpp", WITH_A_HOLE)
        done = self.mutate("--count", "2")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("survived: kernels/larger/larger.cpp:1  < -> >=\n    int larger(int a, int b)", done.stdout)
        self.assertIn("found 0 of 2 (0.0 %); explained: 0", done.stdout)

        self.write("test.cpp", THOROUGH)
        done = self.mutate("--count", "2")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("found 1 of 2 (50.0 %); explained: 0", done.stdout)
        self.assertIn("survived: kernels/larger/larger.cpp:1  < -> <=", done.stdout)

        self.write("scripts/mutation/settings.toml", TINY["scripts/mutation/settings.toml"] + EXPLAINED)
        done = self.mutate("--count", "2", "kernels/larger")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("found 1 of 1 (100.0 %); explained: 1", done.stdout)
        self.assertEqual((self.root / "kernels/larger/larger.cpp").read_text(), LARGER)
        self.assertEqual((self.root / "build/mutants/tree/kernels/larger/larger.cpp").read_text(), LARGER)

    def test_tests_that_fail_by_themselves_are_an_error(self):
        self.write("test.cpp", THOROUGH.replace("? 0 : 1", "? 1 : 0"))
        done = self.mutate("--count", "1")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("kernels_larger_tests fails without any change\n  hint: ", done.stderr)

    def test_wrong_usage_is_refused(self):
        for options in (["--count", "0"], ["nowhere"], ["scripts"]):
            done = self.mutate(*options)
            self.assertEqual(done.returncode, 2, options)
            self.assertIn("hint:", done.stderr)


if __name__ == "__main__":
    unittest.main()

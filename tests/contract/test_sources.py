"""What the sources leave to one place each, so that no other can do it wrong.

Usage: test_sources.py SOURCE_FOLDER [unittest options]
"""

import re
import sys
import unittest
from pathlib import Path

SOURCES = Path(sys.argv[1])
FOLDERS = ("common", "kernels", "paradigms", "drivers", "harness")


def places(pattern, allowed, text_of=Path.read_text):
    """FILE:LINE of every line of the programs' sources that matches, but for the files allowed."""
    return [f"{path.relative_to(SOURCES)}:{number}"
            for folder in FOLDERS for path in sorted((SOURCES / folder).rglob("*.[ch]pp"))
            if str(path.relative_to(SOURCES)) not in allowed
            for number, line in enumerate(text_of(path).splitlines(), 1) if re.search(pattern, line)]


class Sources(unittest.TestCase):
    def test_json_becomes_text_in_one_function_that_bears_any_bytes(self):
        self.assertEqual(places(r"[.>]dump\(", ["common/json_text.cpp"]), [])
        self.assertGreater(len(places(r"[.>]dump\(", [])), 0, "the pattern finds the one there is")

    def test_errors_are_printed_by_functions_that_cannot_fail(self):
        self.assertEqual(places(r"print\(stderr|std::cerr|fputs\(", []), [])
        self.assertGreater(len(places(r"print\(stderr|std::cerr", [], lambda _: "std::cerr <<")), 0)

    def test_drivers_print_by_a_function_that_cannot_fail(self):
        inside = [place for place in places(r"fmt::print\(|std::cout|printf\(\"|puts\(", [])
                  if place.startswith("drivers/")]
        self.assertEqual(inside, [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

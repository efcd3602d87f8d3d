"""The tables that docs/peers.md tells how to make."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from page_fixture import ROOT, SCALELAW

CONFIG = """
[campaign]
name = "peers"
[measuring]
warmups = 0
samples = 1
launches_min = 1
launches_max = 1
ceilings = false
[measuring.gate]
enabled = false
[[experiment]]
name = "started"
kernel = "prime_sieve"
models = ["openmp"]
size = 3e6
threads = 1
peers = ["futures-threads", "futures-processes"]
[[experiment]]
name = "chunks"
kernel = "prime_sieve"
models = ["openmp"]
size = 3e6
threads = 1
peers = ["futures-threads"]
peer_options = { pool = "kept", chunk = [1, 0] }
"""


def tables_of(text):
    """The Markdown tables of a text, as lists of rows of cells, without the lines below the headings."""
    tables = [block.splitlines() for block in text.split("\n\n")]
    return [[[cell.strip() for cell in row.split("|")[1:-1]] for row in rows if not row.startswith("|---")]
            for rows in tables if rows and rows[0].startswith("| ")]


class PeersTable(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def measured(self):
        (self.folder / "peers.toml").write_text(CONFIG)
        results = self.folder / "peers.h5"
        subprocess.run([SCALELAW, "run", self.folder / "peers.toml", "-o", results], check=True, capture_output=True)
        return results

    def table(self, *arguments):
        return subprocess.run([ROOT / "scripts/peers-table", *arguments], capture_output=True, text=True, check=False)

    def test_starts_and_chunk_sizes_have_a_table_each_that_can_be_put_into_a_page(self):
        results = self.measured()
        printed = self.table(results)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        tables = tables_of(printed.stdout)
        self.assertEqual([rows[0][0] for rows in tables], ["peer", "peer"])
        started, chunks = tables
        self.assertEqual([row[0] for row in started[1:]], ["`futures-threads`", "`futures-processes`"])
        start_up = [float(row[1].replace(",", "")) for row in started[1:]]
        self.assertGreater(start_up[1], start_up[0])  # processes, not threads
        self.assertEqual(chunks[0][1:], ["tasks/s: one task", "tasks/s: a chunk each", "ratio: one task",
                                         "ratio: a chunk each"])
        for cell in chunks[1][1:]:
            self.assertGreater(float(cell.replace(",", "")), 0)

        page = self.folder / "page.md"
        page.write_text("before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n")
        self.assertEqual(self.table(results, "--write", page).returncode, 0)
        text = page.read_text()
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))
        self.assertEqual(tables_of(text), tables)
        self.assertNotIn("old", text)

        page.write_text("no marks\n")
        refused = self.table(results, "--write", page)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("lacks the marks", refused.stderr)
        self.assertEqual(page.read_text(), "no marks\n")

    def test_a_file_that_is_missing_is_said(self):
        done = subprocess.run([ROOT / "scripts/peers-table", self.folder / "missing.h5"], capture_output=True, text=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("usage: scripts/peers-table FILE.h5", done.stderr)


if __name__ == "__main__":
    unittest.main()

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
name = "small"
kernel = "prime_sieve"
models = ["openmp"]
size = 3e6
threads = 1
peers = ["futures-threads"]
peer_options = { chunk = [1, 0] }
"""


class PeersTable(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def test_each_chunk_size_is_a_row_with_seconds_of_each_phase(self):
        (self.folder / "peers.toml").write_text(CONFIG)
        results = self.folder / "peers.h5"
        subprocess.run([SCALELAW, "run", self.folder / "peers.toml", "-o", results], check=True, capture_output=True)
        done = subprocess.run([ROOT / "scripts/peers-table", results], check=True, capture_output=True, text=True)
        title, _, heading, _, *rows = done.stdout.splitlines()
        self.assertEqual(title, "### small")
        self.assertIn("start_up s | first_task s | steady s | shut_down s", heading)
        cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows if row]
        self.assertEqual([row[:2] for row in cells], [["`futures-threads`", "1"], ["`futures-threads`", "0"]])
        for row in cells:
            self.assertTrue(all(float(cell) > 0 for cell in row[2:]), row)

    def test_a_file_that_is_missing_is_said(self):
        done = subprocess.run([ROOT / "scripts/peers-table", self.folder / "missing.h5"], capture_output=True, text=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("usage: scripts/peers-table FILE.h5", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""The launcher that only pretends writes records as a driver does.

Usage: test_fake_record.py FAKE_RECORDS [unittest options]
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import conformance
except ImportError as missing:
    print(f"{missing}; scripts/setup installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it


class FakeRecord(unittest.TestCase):
    def test_keeps_the_rules(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], folder], check=True, timeout=60)
            records = sorted(Path(folder).iterdir())
            self.assertEqual(len(records), 3)
            for record in records:
                with self.subTest(record=record.name):
                    self.assertEqual(conformance.record_faults(record.read_text()), [])
                    broken = record.read_text().replace('"total_s":', '"total":')
                    self.assertNotEqual(conformance.record_faults(broken), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

"""What the tests of image files have in common: a folder of pictures, and runs that compress or refuse it."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import programs
from programs import MODELS, driver, ranked

RANKED = next(filter(ranked, MODELS), None)
needs_cjpeg = unittest.skipUnless(shutil.which("cjpeg") and shutil.which("djpeg"), "no cjpeg")


def run(*arguments, ranks=None, before=(), **options):
    return programs.run(*before, driver(RANKED if ranks else MODELS[0]), *arguments, ranks=ranks, **options)


class Images(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.photos = self.folder / "photos"
        self.photos.mkdir()
        self.out = self.folder / "out"

    def put(self, name, data):
        path = self.photos / name
        path.write_bytes(data)
        return path

    def compress(self, *options, source=None, ranks=None, **more):
        return run("image_compression", "--input", source or self.photos, "--warmups", 0,
                   "--samples", 1, "--batch", 1, *options, ranks=ranks, **more)

    def digest(self, source, *options, **more):
        record_path = self.folder / "record.jsonl"
        done = self.compress("--record", record_path, *options, source=source, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(record_path.read_text().splitlines()[1])["facts"]["digest"]

    def refused(self, *fragments, options=(), modes=("data", "pipeline", "check"), ranks=None,
                source=None, **more):
        """Every mode refuses the input, with these in one message and a remedy."""
        for mode in modes:
            with self.subTest(mode=mode):
                how = ["--check"] if mode == "check" else ["--mode", mode]
                if not {"--output-dir"} & set(options):
                    how += ["--output-dir", self.out]
                done = self.compress(*how, *options, ranks=ranks, source=source, **more)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(done.stdout, "")
                for fragment in fragments:
                    self.assertIn(str(fragment), done.stderr)
                self.assertEqual(done.stderr.count("hint: "), 1, done.stderr)
                if mode == "pipeline":  # whose whole files may have been written before a damaged one
                    for path in self.out.glob("*.jpg"):
                        path.unlink()
                self.assertFalse(self.out.exists() and list(self.out.iterdir()))

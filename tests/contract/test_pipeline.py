"""image_compression --mode pipeline: what becomes of the files, and what is said when something is wrong with them.

Usage: test_pipeline.py BIN_FOLDER [unittest options]
"""

import json
import resource
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from programs import MODELS, driver, ranked, run

SMALL = ["calibration", "--operations", "1e5", "--items", "16"]


class Pipeline(unittest.TestCase):
    """image_compression --mode pipeline: a folder in, a folder out."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.photos = self.folder / "photos"
        self.photos.mkdir()
        for i in range(7):
            width, height = 40 + 31 * i, 90 - 11 * i
            pixels = bytes((x * 7 + y * (i + 3)) % 256 for y in range(height)
                           for x in range(3 * width))
            header = f"P6 {width} {height} 255\n".encode()
            (self.photos / f"photo{i}.ppm").write_bytes(header + pixels)

    def compress(self, model, *options, ranks=None):
        return run(driver(model), "image_compression", "--input", self.photos, "--warmups", 0,
                   "--samples", 1, *options, ranks=ranks)

    def files(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_every_model_writes_the_files_of_mode_data(self):
        done = self.compress("serial", "--output-dir", self.folder / "data")
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = self.files(self.folder / "data")
        self.assertEqual(len(expected), 7)
        for model in MODELS:
            for ranks in (None, 2, 3) if ranked(model) else (None,):
                out = self.folder / f"{model}{ranks}"
                record_path = self.folder / f"{model}{ranks}.jsonl"
                done = self.compress(model, "--mode", "pipeline", "--output-dir", out, "--record",
                                     record_path, ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.files(out), expected, model)
                self.assertIn("overlap", done.stdout)
                header, sample, end = map(json.loads, record_path.read_text().splitlines())
                self.assertEqual(header["options"]["mode"], "pipeline")
                self.assertEqual([one["stage"] for one in sample["stages"]],
                                 ["read", "decode", "compress", "write"])
                self.assertGreater(min(one["busy_s"] for one in sample["stages"]), 0)
                self.assertEqual(sample["facts"]["images"], "7")
                self.assertTrue(end["verified"])

    def test_has_the_digest_of_mode_data(self):
        digests = []
        for mode in ("data", "pipeline"):
            record_path = self.folder / f"{mode}.jsonl"
            self.compress("serial", "--mode", mode, "--output-dir", self.folder / "out",
                          "--record", record_path)
            digests.append(json.loads(record_path.read_text().splitlines()[1])["facts"]["digest"])
        self.assertEqual(digests[0], digests[1])

    def test_names_a_file_that_turns_out_damaged(self):
        done = self.compress("serial", "--output-dir", self.folder / "good")
        bad = self.photos / "photo9.jpg"
        bad.write_bytes((self.folder / "good" / "photo6.jpg").read_bytes()[:-40])
        for model in MODELS:
            ranks = ranked(model)
            done = self.compress(model, "--mode", "pipeline", "--output-dir",
                                 self.folder / "out", ranks=ranks)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("photo9.jpg", done.stderr)
            self.assertIn("hint:", done.stderr)

    def test_a_rank_that_fails_while_others_send_ends_the_launch(self):
        self.compress("serial", "--output-dir", self.folder / "good")
        bad = self.photos / "photo9.jpg"
        bad.write_bytes((self.folder / "good" / "photo6.jpg").read_bytes()[:-40])
        for model in filter(ranked, MODELS):
            done = self.compress(model, "--data", "file", "--distribution", "dynamic",
                                 "--rank-chunk", 1, ranks=3)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("photo9.jpg", done.stderr)

    def test_names_a_file_that_is_no_image(self):
        (self.photos / "notes.txt").write_text("not an image\n")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", self.folder / "out")
        self.assertEqual(done.returncode, 1)
        self.assertIn("notes.txt", done.stderr)

    def test_skips_hidden_files(self):
        (self.photos / ".DS_Store").write_text("a file manager's")
        (self.photos / ".photo.ppm").write_bytes((self.photos / "photo0.ppm").read_bytes())
        (self.photos / ".cache").mkdir()
        for mode in ("data", "pipeline"):
            done = self.compress("serial", "--mode", mode, "--output-dir", self.folder / mode)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(self.files(self.folder / mode)),
                             [f"photo{i}.jpg" for i in range(7)])
        for path in self.photos.glob("photo*"):
            path.unlink()
        done = self.compress("serial")
        self.assertEqual(done.returncode, 1)
        self.assertIn("hidden", done.stderr)
        self.assertIn("hint:", done.stderr)

    def test_names_all_that_is_no_image(self):
        (self.photos / "Thumbs.db").write_text("thumbnails")
        (self.photos / "more").mkdir()
        for i in range(3):
            (self.photos / f"notes{i}.txt").write_text("not an image\n")
        done = self.compress("serial")
        self.assertEqual(done.returncode, 1)
        for part in ("5 entries", "Thumbs.db: not a PNG", "more: a folder", "notes0.txt",
                     "notes2.txt", "hint:"):
            self.assertIn(part, done.stderr)
        for i in range(3, 20):
            (self.photos / f"notes{i:02}.txt").write_text("not an image\n")
        done = self.compress("serial")
        self.assertIn("22 entries", done.stderr)
        self.assertIn("and 12 more", done.stderr)
        self.assertEqual(done.stderr.count("\n    "), 11, done.stderr)

    def test_refuses_what_it_cannot_write(self):
        blocked = self.folder / "file"
        blocked.write_text("in the way")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", blocked)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(blocked), done.stderr)

    def test_fails_on_an_output_that_cannot_be_replaced(self):
        out = self.folder / "out"
        (out / "photo3.jpg").mkdir(parents=True)  # a folder where a file must go
        (out / "photo3.jpg" / "full").write_text("")
        done = self.compress("serial", "--mode", "pipeline", "--output-dir", out)
        self.assertEqual(done.returncode, 1)
        self.assertIn("photo3.jpg", done.stderr)

    def test_never_overwrites_its_input(self):
        done = self.compress("serial", "--output-dir", self.folder / "made")
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = self.folder / "made"  # of .jpg files
        before = self.files(folder)
        link = self.folder / "link"
        link.symlink_to(folder)
        linked = self.folder / "linked"  # another folder, whose file is the input's by a link
        linked.mkdir()
        (linked / "photo0.jpg").symlink_to(folder / "photo0.jpg")
        hard = self.folder / "hard"
        hard.mkdir()
        (hard / "photo3.jpg").hardlink_to(folder / "photo3.jpg")
        cases = [(folder, linked), (folder, hard), (folder / "photo0.jpg", folder),
                 (folder / "photo0.jpg", link), (linked, folder)]
        for model in MODELS:
            ranks = ranked(model)
            for source, target in cases if ranks is None else cases[:1]:
                for mode in ("data", "pipeline"):
                    with self.subTest(model=model, mode=mode, source=source, target=target):
                        done = run(driver(model), "image_compression", "--mode", mode, "--input",
                                   source, "--output-dir", target, ranks=ranks)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertRegex(done.stderr, r"overwrite the input '.*photo\d.jpg'")
                        self.assertIn("hint: choose another --output-dir", done.stderr)
                        self.assertEqual(self.files(folder), before)

    def test_never_overwrites_an_input_with_an_unfinished_file(self):
        folder = self.folder / "photos"
        (folder / "photo0.ppm").rename(folder / "photo0.jpg.part")
        before = self.files(folder)
        done = run(driver("serial"), "image_compression", "--input", folder / "photo0.jpg.part",
                   "--output-dir", folder)  # becomes photo0.jpg.jpg
        self.assertEqual(done.returncode, 0, done.stderr)
        (folder / "photo0.jpg.jpg").unlink()
        (folder / "photo0.ppm").symlink_to(folder / "photo0.jpg.part")
        done = run(driver("serial"), "image_compression", "--input", folder / "photo0.ppm",
                   "--output-dir", folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("photo0.jpg.part' would overwrite", done.stderr)
        (folder / "photo0.ppm").unlink()
        self.assertEqual(self.files(folder), before)

    def expect_failed_writing(self, done, out, name):
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(name, done.stderr)
        self.assertEqual(done.stderr.count("hint:"), 1, done.stderr)
        self.assertNotIn("result", done.stdout, "a summary of what failed")
        self.assertEqual([p.name for p in out.iterdir() if p.suffix == ".part"], [])

    def test_a_full_disk_is_a_failure_while_running(self):
        for model in MODELS:
            ranks = ranked(model)
            for mode in ("data", "pipeline"):
                out = self.folder / f"{model}-{mode}"
                out.mkdir()
                (out / "photo3.jpg.part").symlink_to("/dev/full")
                record_path = self.folder / "record.jsonl"
                done = self.compress(model, "--mode", mode, "--output-dir", out, "--record",
                                     record_path, ranks=ranks)
                with self.subTest(model=model, mode=mode):
                    self.expect_failed_writing(done, out, "photo3.jpg' cannot be written: No space")
                    self.assertFalse((out / "photo3.jpg").exists())
                    self.assertNotIn('"record":"end"', record_path.read_text())
        out = self.folder / "generated"
        out.mkdir()
        (out / "image_000001.jpg.part").symlink_to("/dev/full")
        done = run(driver("serial"), "image_compression", "--images", 2, "--width", 64, "--height",
                   64, "--output-dir", out)
        self.expect_failed_writing(done, out, "image_000001.jpg")

    def test_a_file_that_grows_too_large_is_a_failure_while_running(self):
        for mode in ("data", "pipeline"):
            out = self.folder / mode
            done = run(driver("serial"), "image_compression", "--mode", mode, "--input",
                       self.photos, "--output-dir", out,
                       restore_signals=False,  # SIGXFSZ stays ignored
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)))
            self.expect_failed_writing(done, out, "File too large")

    def test_refuses_options_without_a_meaning_and_says_what_to_do(self):
        for options, remedy in ((["--mode", "pipeline"], "--output-dir"),
                                (["--mode", "pipeline", "--output-dir", self.folder / "o",
                                  "--diagnostics", 1], "--diagnostics"),
                                (["--mode", "pipeline", "--output-dir", self.folder / "o",
                                  "--schedule", "guided"], "--schedule")):
            done = self.compress("serial", *options)
            self.assertEqual(done.returncode, 1)
            self.assertIn(remedy, done.stderr)
        done = self.compress("serial", "--mode", "pipeline", "--describe")
        self.assertEqual(done.returncode, 1, "described before it is known where to write")
        self.assertIn("--output-dir", done.stderr)
        done = run(driver("serial"), "image_compression", "--mode", "pipeline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--input", done.stderr)
        done = run(driver("serial"), *SMALL, "--mode", "pipeline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown option '--mode'", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

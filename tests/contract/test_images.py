"""What the drivers make of folders of files that people have: odd, damaged, unreadable, not images at all.

Usage: test_images.py BIN_FOLDER [unittest options]
"""

import os
import re
import socket
import subprocess
import sys
import unittest
import zlib

from datasets_h5 import DATASETS
from image_makers import chunk, jpeg, plain_png, png_of, ppm
from image_runs import RANKED, Images, needs_cjpeg, run


class Check(Images):
    """--check: everything that is wrong with files, and nothing computed or written."""

    def check(self, *options, ranks=None):
        done = run(*options, "--check", ranks=ranks)
        self.assertEqual(done.stdout, "")
        return done

    def test_is_silent_when_all_is_well(self):
        self.put("a.ppm", ppm(40, 30))
        self.put("b.png", plain_png(40, 30))
        for kernel in (["calibration"], ["prime_sieve"], ["dot_product"], ["image_compression"]):
            self.assertEqual(self.check(*kernel).returncode, 0)
        for ranks in (None, 2) if RANKED else (None,):
            done = self.check("image_compression", "--input", self.photos, "--output-dir",
                              self.out / "new", ranks=ranks)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(self.out.exists(), "a check makes nothing")

    def test_names_every_fault_of_inputs_and_outputs(self):
        self.put("good.ppm", ppm(40, 30))
        self.put("short.ppm", ppm(40, 30)[:-1])
        self.put("bad.png", plain_png(300, 300)[:-40])
        self.put("notes.txt", b"hello")
        self.out.mkdir()
        (self.out / "good.jpg").mkdir()
        for ranks in (None, 2) if RANKED else (None,):
            done = self.check("image_compression", "--input", self.photos, "--output-dir",
                              self.out, ranks=ranks)
            self.assertEqual(done.returncode, 1, done.stderr)
            for part in ("3 entries", "short.ppm: truncated", "bad.png", "notes.txt: not a PNG",
                         "good.jpg' already exists and is a folder"):
                self.assertEqual(done.stderr.count(part), 1, done.stderr)
        self.assertEqual([p.name for p in self.out.iterdir()], ["good.jpg"])

    def test_looks_at_datasets(self):
        done = self.check("matrix_mean", "--input", self.folder / "none.h5:/m")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("none.h5", done.stderr)
        (self.folder / "v.h5").write_bytes(DATASETS)
        for status, kernel, names in ((0, "matrix_mean", "/m"), (0, "dot_product", "/x,/x"),
                                      (1, "dot_product", "/x,/y"), (1, "dot_product", "/m,/x"),
                                      (1, "matrix_mean", "/z"), (1, "matrix_mean", "/none")):
            done = self.check(kernel, "--input", f"{self.folder}/v.h5:{names}")
            self.assertEqual(done.returncode, status, done.stderr)
        done = self.check("dot_product", "--input", f"{self.folder}/v.h5:/i,/none")
        self.assertIn("v.h5:/i holds", done.stderr)
        self.assertIn("/none", done.stderr)

    def test_needs_what_the_mode_needs(self):
        done = self.check("image_compression", "--mode", "pipeline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--input", done.stderr)


class Entries(Images):
    """Of a folder: whatever is not an image is named, and never waited for."""

    def test_pipes_and_sockets_are_named(self):
        os.mkfifo(self.photos / "x.png")
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(self.photos / "s.png"))
        self.put("a.ppm", ppm(40, 30))
        self.refused("x.png: a pipe, not a regular file", "s.png: a socket, not a regular file")
        self.refused("x.png: a pipe", source=self.photos / "x.png")
        self.refused("/dev/null: a device, not a regular file", source="/dev/null")

    def test_links_that_lead_nowhere_are_named_with_other_faults(self):
        (self.photos / "loop.png").symlink_to("loop.png")
        (self.photos / "gone.png").symlink_to("nothing.png")
        self.put("notes.txt", b"hello")
        named = ("3 entries", "loop.png: Too many levels of symbolic links",
                 "gone.png: No such file", "notes.txt: not a PNG")
        self.refused(*named)
        if RANKED:
            self.refused(*named, ranks=2, modes=["data"])
        self.refused("loop.png' cannot be accessed: Too many levels",
                     source=self.photos / "loop.png")

    def test_permissions_are_named(self):
        def nobody():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)

        self.put("a.ppm", ppm(40, 30))
        self.put("secret.ppm", ppm(40, 30)).chmod(0)
        self.folder.chmod(0o755)
        self.out.mkdir()
        self.out.chmod(0o777)
        self.refused("secret.ppm: Permission denied", preexec_fn=nobody)
        self.photos.chmod(0)
        try:
            inside = self.photos / "a.ppm"
            self.refused(f"'{inside}' cannot be accessed: Permission denied", source=inside,
                         preexec_fn=nobody)
            self.refused("cannot be read: Permission denied", preexec_fn=nobody)
        finally:
            self.photos.chmod(0o755)
        (self.photos / "secret.ppm").unlink()
        self.out.chmod(0o555)
        self.refused("cannot be written", "Permission denied", preexec_fn=nobody)

    def test_paths_that_cannot_be_are_named(self):
        self.put("a.ppm", ppm(40, 30))
        self.refused("File name too long", source="x" * 300)
        self.refused("does not exist", source=self.photos / "a.ppm" / "b")


class Damaged(Images):
    """All damaged files of a folder are in one message, however they are read."""

    @needs_cjpeg
    def test_all_are_named_at_once(self):
        photo = jpeg(ppm(200, 150))
        self.put("a.jpg", photo)
        self.put("cut.jpg", photo[:-100])
        self.put("b.png", plain_png(200, 150))
        self.put("hole.jpg", photo[:1000] + photo[1400:])
        self.put("short.png", plain_png(900, 900)[:-100])
        named = ("3 entries", "cut.jpg: the JPEG", "hole.jpg: the JPEG", "short.png: the PNG")
        self.refused(*named)
        if RANKED:
            self.refused(*named, ranks=3, modes=["pipeline"])
            for options in ([], ["--data", "scatter", "--distribution", "dynamic"]):
                self.refused(*named, ranks=3, options=options, modes=["data"])
        self.put("notes.txt", b"hello")
        self.refused("4 entries", "cut.jpg", "hole.jpg", "short.png", "notes.txt")

    @needs_cjpeg
    def test_lost_data_is_an_error_and_padding_is_not(self):
        photo = jpeg(ppm(200, 150), "-restart", "1")
        plain = jpeg(ppm(200, 150))
        expected = self.digest(self.put("photo.jpg", plain))
        padded = {"5 zeros": plain[:-2] + bytes(5) + plain[-2:],
                  "1000 zeros": plain[:-2] + bytes(1000) + plain[-2:],
                  "some bytes": plain[:-2] + b"odd" + plain[-2:],
                  "in the header": plain[:20] + bytes(7) + plain[20:],
                  "after the end": plain + b"a camera's own"}
        for count in (1, 5, 8, 20):
            padded[f"{count} before restarts"] = re.sub(
                rb"(\xff[\xd0-\xd7])", bytes(count) + rb"\1", photo)
        for what, data in padded.items():
            with self.subTest(what=what):
                self.assertEqual(self.digest(self.put("photo.jpg", data)), expected)
        at = photo.index(b"\xff\xd0")
        self.photos.joinpath("photo.jpg").unlink()
        for what, data in {"no end": plain[:-2], "cut": plain[:-100],
                           "hole": plain[:1000] + plain[1400:],
                           "zeros": plain[:1000] + bytes(300) + plain[1300:],
                           "lost interval": photo[:at] + photo[at + 40:]}.items():
            with self.subTest(what=what):
                bad = self.put("bad.jpg", data)
                self.refused("bad.jpg: the JPEG file cannot be decoded", "djpeg OLD.jpg | cjpeg",
                             modes=["data", "check"])
                resaved = self.folder / "resaved.jpg"  # as the hint says
                subprocess.run(f"djpeg {bad} 2>/dev/null | cjpeg -quality 95 > {resaved}",
                               shell=True, check=True)
                self.digest(resaved)

    @needs_cjpeg
    def test_every_sampling_is_decoded(self):
        source = ppm(133, 77)
        for sampling in ("1x1", "2x1", "1x2", "2x2", "4x1", "4x2", "3x1", "1x4", "3x2", "2x4",
                         "1x1,2x2,1x1", "2x2,2x1,1x2"):
            with self.subTest(sampling=sampling):
                file = self.put("a.jpg", jpeg(source, "-sample", sampling))
                decoded = subprocess.run(["djpeg", "-pnm", file], stdout=subprocess.PIPE,
                                         check=True).stdout
                expected = self.folder / "decoded.ppm"
                expected.write_bytes(decoded)
                self.assertEqual(self.digest(file), self.digest(expected))

    def test_a_file_too_short_for_its_pixels_takes_no_memory(self):
        limit = 1 << 30
        start_of_frame = b"\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x11\0\x02\x11\0\x03\x11\0"
        for name, data in {
                "a.png": png_of(20000, 20000, 2, 8, False, b"0123456789"),
                "b.png": png_of(65500, 65500, 6, 16, True, bytes(2000)),
                "c.png": png_of(65500, 65500, 2, 8, False, b"0123456789") + bytes(20 << 20),
                "d.png": png_of(65500, 65500, 2, 8, False, b"01234567890123456789")[:60],
                "e.jpg": b"\xff\xd8" + start_of_frame + b"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0"
                         b"\x3f\0" + bytes(100) + b"\xff\xd9"}.items():
            with self.subTest(name=name):
                file = self.put(name, data)
                self.refused(f"{name}: incomplete", source=file,
                             before=["prlimit", f"--as={limit}"])
                file.unlink()


    def test_what_goes_with_an_image_takes_no_memory(self):
        image = plain_png(40, 30)
        expected = self.digest(self.put("a.png", image))
        before = image.index(b"IDAT") - 4
        packed = zlib.compress(bytes(400 << 20), 1)
        for kind in (b"iCCP", b"zTXt"):
            file = self.put("a.png", image[:before] + chunk(kind, b"name\0\0" + packed)
                            + image[before:])
            self.assertEqual(self.digest(file, before=["prlimit", f"--as={300 << 20}"]), expected)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

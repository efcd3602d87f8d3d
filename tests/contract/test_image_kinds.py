"""What the drivers make of every kind of image file, what they take to read it, and where they write.

Usage: test_image_kinds.py BIN_FOLDER [unittest options]
"""

import json
import os
import shutil
import subprocess
import sys
import unittest

from image_makers import jpeg, pixels, plain_png, png, ppm
from image_runs import RANKED, Images, run

# Runs a command; writes its largest memory in KiB beside others in a folder.  A process of its own,
# since a child's maximum begins with what its parent has.
PEAK = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(f"{sys.argv[1]}/{os.getpid()}", "w") as out: out.write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Kinds(Images):
    def test_deep_png_is_rounded_as_pnm_is(self):
        """All values of 16 bits, and every kind of file that has them."""
        def sample(x, y, channel=0):
            return ((256 * y + x) * (2 * channel + 1) % 65536).to_bytes(2, "big")

        def pnm(channels):
            return b"P%d 256 256 65535\n" % (5 if channels == 1 else 6) + b"".join(
                sample(x, y, c) for y in range(256) for x in range(256) for c in range(channels))

        for colour, channels, alpha in ((0, 1, b""), (2, 3, b""), (4, 1, b"\x12\x34"),
                                        (6, 3, b"\x12\x34")):
            for interlaced in (False, True):
                with self.subTest(colour=colour, interlaced=interlaced):
                    deep = self.put("a.png", png(
                        256, 256, lambda x, y: b"".join(sample(x, y, c) for c in range(channels))
                        + alpha, colour, 16, interlaced))
                    same = self.put("a.pnm", pnm(channels))
                    for options in ((), ("--colour", "grey"), ("--quality", 100)):
                        self.assertEqual(self.digest(deep, *options), self.digest(same, *options))

    def test_an_interlaced_png_is_the_same_image(self):
        for colour, samples in ((0, 1), (2, 3), (4, 2), (6, 4)):
            for width, height in ((1, 1), (3, 2), (5, 9), (61, 43)):
                data = pixels(width, height, samples)
                files = [self.put(f"{i}.png", png(
                    width, height,
                    lambda x, y: data[(y * width + x) * samples:(y * width + x + 1) * samples],
                    colour, 8, bool(i))) for i in range(2)]
                for options in ((), ("--colour", "grey")):
                    self.assertEqual(*(self.digest(file, *options) for file in files))

    @unittest.skipUnless(RANKED, "no driver of ranks")
    def test_each_rank_decodes_its_own_rows(self):
        data = pixels(133, 77)
        self.put("interlaced.png", png(133, 77, lambda x, y: data[3 * (133 * y + x):][:3],
                                       interlaced=True))
        self.put("plain.ppm", ppm(133, 77, data))
        if shutil.which("cjpeg"):
            self.put("photo.jpg", jpeg(ppm(133, 77), "-restart", "1"))
            self.put("scans.jpg", jpeg(ppm(133, 77), "-progressive"))
        expected = self.digest(self.photos)
        for options in ((), ("--data", "file", "--distribution", "dynamic", "--rank-chunk", 2)):
            self.assertEqual(self.digest(self.photos, *options, ranks=3), expected)

    def test_pnm_headers_are_read_as_netpbm_reads_them(self):
        data = pixels(64, 48, 1)
        expected = self.digest(self.put("a.pgm", b"P5 64 48 255\n" + data))
        for header in (b"P5\n64#comment\n48\n255\n", b"P5#c\n64 48 255\n", b"P5 64 48#c\n255\n",
                       b"P5\n#one\n#two\n64\n#three\n48 #four\n255\n", b"P564 48 255\n",
                       b"P5\r64\r48\r255\r", b"P5 # mac\r64 48 255\n", b"P5\t64\t\t48 0255 ",
                       b"P5 64 48 255#raster follows\n", b"P5 64 48 255#raster follows\r",
                       b"P5 6#c\n 48 255\n"):
            with self.subTest(header=header):
                file = self.put("b.pgm", header + data)
                if b"6#c" in header:  # six columns: a comment ends a number
                    self.assertNotEqual(self.digest(file), expected)
                else:
                    self.assertEqual(self.digest(file), expected)
        self.put("b.pgm", b"P5 64 48 255\n" + data[:-1])
        self.refused("b.pgm: truncated")

    def test_longer_images_than_libjpeg_reads_are_refused(self):
        for width, height in ((65501, 2), (2, 65501), (65535, 2)):
            file = self.put("long.pgm", b"P5 %d %d 255\n" % (width, height)
                            + bytes(width * height))
            self.refused("libjpeg", "65500", f"{width} x {height}", source=file)
            done = run("image_compression", "--width", width, "--height", height)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("libjpeg", done.stderr)
        for width, height in ((65500, 2), (2, 65500)):
            file = self.put("long.pgm", b"P5 %d %d 255\n" % (width, height)
                            + bytes(width * height))
            self.digest(file)
            done = run("image_compression", "--width", width, "--height", height)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = self.compress("--output-dir", self.out, source=file)
            if shutil.which("djpeg"):
                subprocess.run(["djpeg", "-outfile", "/dev/null", self.out / "long.jpg"], check=True)


class Outputs(Images):
    def setUp(self):
        super().setUp()
        self.put("a.ppm", ppm(40, 30))
        self.put("b.ppm", ppm(40, 30))

    def test_a_folder_inside_the_input_is_refused_at_once(self):
        link = self.folder / "link"
        link.symlink_to(self.photos)
        (self.folder / "here").mkdir()
        for source, target, place in (
                (self.photos, self.photos, "the same as"), (self.photos, link, "the same as"),
                (link, self.photos, "the same as"), (self.photos, self.photos / "small", "inside"),
                (self.photos, link / "new" / "small", "inside"),
                (link, self.photos / "small", "inside"),
                (self.photos, self.folder / "here" / ".." / "photos" / "x", "inside")):
            with self.subTest(source=source, target=target):
                for _ in range(2):  # neither the first run nor the next
                    self.refused(f"is {place} the input folder '{source}'", source=source,
                                 options=["--output-dir", target])
                done = run("image_compression", "--input", source, "--output-dir", target,
                           "--describe")
                self.assertEqual(done.returncode, 1, "a campaign asks this first")
                self.assertIn("input folder", done.stderr)
                self.assertEqual(sorted(p.name for p in self.photos.iterdir()), ["a.ppm", "b.ppm"])
        done = self.compress("--output-dir", self.folder / "photos-small")
        self.assertEqual(done.returncode, 0, "a name that begins alike is another folder")
        done = self.compress("--output-dir", self.photos, source=self.photos / "a.ppm")
        self.assertEqual(done.returncode, 0, "of a single file: beside it")

    def test_names_that_cannot_be_written_are_found_before_computing(self):
        for stem in (246, 247, 251):
            name = "x" * stem
            self.put(name + ".ppm" if stem < 252 else name, ppm(40, 30))
        self.put("y" * 255, ppm(40, 30))
        self.refused("x" * 247 + ".jpg.part", "256 bytes", "x" * 251 + ".jpg.part",
                     "y" * 255 + ".jpg.part", "3 problems with the output folder")
        for path in self.photos.iterdir():
            if len(path.stem) > 246:
                path.unlink()
        done = self.compress("--output-dir", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.out / ("x" * 246 + ".jpg")).exists())

    def test_what_is_in_the_way_is_named(self):
        self.out.mkdir()
        os.mkfifo(self.out / "a.jpg.part")
        (self.out / "b.jpg").mkdir()
        for mode in (["--check"], ["--mode", "data"], ["--mode", "pipeline"]):
            done = self.compress(*mode, "--output-dir", self.out)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("a.jpg.part' already exists and is a pipe", done.stderr)
            self.assertIn("b.jpg' already exists and is a folder", done.stderr)

    def test_folders_that_cannot_be_made_are_named(self):
        loop = self.folder / "loop"
        loop.symlink_to(loop)
        gone = self.folder / "gone"
        gone.symlink_to(self.folder / "nothing")
        (self.folder / "file").write_text("")
        os.mkfifo(self.folder / "pipe")
        for target, reason in ((loop, "Too many levels"), (loop / "x", "Too many levels"),
                               (gone, "broken link"), (gone / "x", "broken link"),
                               (self.folder / "file", "is a regular file"),
                               (self.folder / "file" / "x", "is a regular file"),
                               (self.folder / "pipe", "is a pipe"),
                               (self.folder / ("z" * 300), "File name too long")):
            with self.subTest(target=target):
                self.refused(str(target), reason, options=["--output-dir", target])

    def test_of_twins_all_are_named(self):
        self.put("a.pnm", ppm(40, 30))
        self.put("b.pnm", ppm(40, 30))
        self.refused("would both become a.jpg", "would both become b.jpg")


class Memory(Images):
    """`resident_bytes` is what a launch takes."""

    WIDTH, HEIGHT = 6000, 4000

    def peak(self, source, ranks=None):
        """The largest memory of each rank, in bytes."""
        peaks = self.folder / "peaks"
        peaks.mkdir()
        done = self.compress(source=source, ranks=ranks,
                             before=[sys.executable, "-S", "-c", PEAK, peaks])
        self.assertEqual(done.returncode, 0, done.stderr)
        found = [1024 * int(path.read_text()) for path in peaks.iterdir()]
        shutil.rmtree(peaks)
        self.assertEqual(len(found), ranks or 1)
        return sum(found)

    def estimate(self, source):
        described = run("image_compression", "--input", source, "--describe")
        return json.loads(described.stdout)["work"]["resident_bytes"]

    def test_is_estimated_before_it_is_used(self):
        small = self.put("small.ppm", ppm(64, 64))
        width, height = self.WIDTH, self.HEIGHT
        plain = ppm(width, height, b"\x30\x60\x90" * (width * height))
        files = {"a.ppm": plain, "a.png": plain_png(width, height),
                 "interlaced.png": plain_png(width, height, interlaced=True),
                 "deep.ppm": b"P6 %d %d 65535\n" % (width, height) + bytes(6 * width * height)}
        coefficients = {}
        if shutil.which("cjpeg"):
            files |= {"a.jpg": jpeg(plain), "progressive.jpg": jpeg(plain, "-progressive")}
            coefficients["progressive.jpg"] = 2 * 1.5 * width * height
        constant = 8 << 20  # rows, and what the C library keeps
        for ranks in (None, 2) if RANKED else (None,):
            base = self.peak(small, ranks)
            for name, data in files.items():
                with self.subTest(name=name, ranks=ranks):
                    file = self.put(name, data)
                    estimate = self.estimate(file)
                    own = coefficients.get(name, 0)
                    self.assertLess(estimate, 3.65 * width * height + 1.02 * own)
                    decoders = ((ranks or 1) - 1) * own
                    self.assertLess(self.peak(file, ranks) - base,
                                    1.1 * (estimate + decoders) + constant)
                    file.unlink()

    def test_what_there_is_not_is_refused(self):
        """As many names of one file with a hole as no machine has memory for."""
        width = height = 65000
        header = b"P6 %d %d 255\n" % (width, height)
        first = self.put("000.ppm", header)
        os.truncate(first, len(header) + 3 * width * height)
        for i in range(1, 400):
            (self.photos / f"{i:03}.ppm").hardlink_to(first)
        for ranks in (None, 2) if RANKED else (None,):
            self.refused("needs", "available", modes=["data"], ranks=ranks)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

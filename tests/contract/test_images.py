"""What the drivers make of image files that people have: odd, damaged, huge, not images at all.

Usage: test_images.py BIN_FOLDER [unittest options]
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

from datasets_h5 import DATASETS
from image_makers import chunk, jpeg, pixels, plain_png, png, png_of, ppm

import programs
from programs import MODELS, driver

HAS_MPI = "mpi" in MODELS
needs_cjpeg = unittest.skipUnless(shutil.which("cjpeg") and shutil.which("djpeg"), "no cjpeg")

# Runs a command; writes its largest memory in KiB beside others in a folder.  A process of its own,
# since a child's maximum begins with what its parent has.
PEAK = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(f"{sys.argv[1]}/{os.getpid()}", "w") as out: out.write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run(*arguments, ranks=None, before=(), **options):
    return programs.run(*before, driver("mpi" if ranks else "serial"), *arguments, ranks=ranks, **options)


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
        for ranks in (None, 2) if HAS_MPI else (None,):
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
        for ranks in (None, 2) if HAS_MPI else (None,):
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
        if HAS_MPI:
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
        self.out.chmod(0o755)
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
        if HAS_MPI:
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

    @unittest.skipUnless(HAS_MPI, "no MPI driver")
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
        for ranks in (None, 2) if HAS_MPI else (None,):
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
        for ranks in (None, 2) if HAS_MPI else (None,):
            self.refused("needs", "available", modes=["data"], ranks=ranks)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

"""Names of files in any encoding: in messages, records and descriptions.

Usage: test_names.py BIN_FOLDER [unittest options]
"""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

from programs import BIN, MODELS, driver, ranked, run

NAMES = [b"gr\xfcn", "grün".encode(), "緑".encode("shift_jis"), "緑".encode("gb18030"), b"\xff\xfe", b"\xed\xa0\x80"]


def shown(name):
    """As a message or a record has it."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        pass
    out = ""
    while name:
        for length in (1, 2, 3, 4):
            try:
                out += name[:length].decode()
                break
            except UnicodeDecodeError:
                continue
        else:
            out, length = out + f"\\x{name[0]:02x}", 1
        name = name[length:]
    return out


class Names(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.fsencode(folder.name)

    def models(self, name):
        """Each of them for one name; the others by the serial driver alone, since they share the code."""
        return [(model, ranked(model)) for model in (MODELS if name == NAMES[0] else ["serial"])]

    def test_of_a_file_that_is_no_image(self):
        for name in NAMES:
            folder = os.path.join(self.folder, b"of-" + name)
            os.mkdir(folder)
            Path(os.fsdecode(os.path.join(folder, name + b".ppm"))).write_text("hello")
            for model, ranks in self.models(name):
                with self.subTest(name=name, model=model):
                    done = run(driver(model), "image_compression", "--input", folder, ranks=ranks)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(shown(name) + ".ppm", done.stderr)
                    self.assertEqual(done.stderr.count(f"scalelaw-{model}:"), 1, done.stderr)
                    self.assertNotIn("MPI_ABORT", done.stderr)

    def test_of_an_input_that_does_not_exist(self):
        for name in NAMES:
            for kernel, text in (("image_compression", b"no-" + name), ("matrix_mean", b"no-" + name + b".h5:/m"),
                                 ("dot_product", b"no-" + name + b".h5:/x,/" + name)):
                for model, ranks in self.models(name):
                    with self.subTest(name=name, kernel=kernel, model=model):
                        done = run(driver(model), kernel, "--input", text, ranks=ranks)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertIn("no-" + shown(name), done.stderr)

    def test_of_a_folder_in_a_record_and_a_description(self):
        for name in NAMES:
            folder = os.path.join(self.folder, name)
            os.mkdir(folder)
            with open(os.path.join(folder, b"a.pgm"), "wb") as file:
                file.write(b"P5 8 8 255\n" + bytes(64))
            record_path = os.path.join(self.folder, b"r-" + name)
            done = run(driver("serial"), "image_compression", "--input", folder, "--record", record_path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(record_path, encoding="utf-8") as file:
                header = json.loads(file.readline())
            self.assertTrue(header["params"]["input"].endswith("/" + shown(name)), header["params"])
            done = run(driver("serial"), "image_compression", "--input", folder, "--describe")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["params"]["input"], header["params"]["input"])

    def test_of_options_and_values_nobody_knows(self):
        for name in NAMES:
            for arguments in ([name], [b"--" + name], ["dot_product", b"--length=" + name], ["dot_product", name]):
                for program in (driver("serial"), BIN / "scalelaw"):
                    done = run(program, *arguments)
                    self.assertEqual(done.returncode, 1, done.stderr)

    def test_of_a_driver_that_dies_with_such_a_word(self):
        drivers = os.path.join(self.folder, b"drivers")
        os.mkdir(drivers)
        script = os.path.join(drivers, b"scalelaw-serial")
        with open(script, "wb") as file:
            file.write(b"#!/bin/sh\ncase \"$*\" in *--describe*) exec '" + os.fsencode(driver("serial"))
                       + b"' \"$@\";; esac\necho 'lost gr\xfcn' >&2\nexit 9\n")
        os.chmod(script, 0o755)
        config = os.path.join(self.folder, b"c.toml")
        Path(os.fsdecode(config)).write_text(
            '[campaign]\nname = "c"\n[measuring]\nsamples = 1\nlaunches_min = 1\nlaunches_max = 1\nceilings = false\n'
            '[measuring.gate]\nenabled = false\n[[experiment]]\nkernel = "calibration"\nsize = 1e4\n')
        out = os.path.join(self.folder, b"out.h5")
        done = run(BIN / "scalelaw", "run", config, "-o", out, "--drivers", drivers)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("lost gr\\xfcn", done.stderr)
        for format_ in ("json", "csv", "table", "markdown"):
            done = run(BIN / "scalelaw", "report", out, "--format", format_)
            self.assertEqual(done.returncode, 0, done.stderr)
            if format_ == "json":
                self.assertIn("lost gr\\xfcn", json.dumps(json.loads(done.stdout)).replace("\\\\", "\\"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

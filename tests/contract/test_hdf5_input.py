"""What is said about an HDF5 input that cannot be read: the library's reason, and a remedy.

Usage: test_hdf5_input.py BIN_FOLDER [unittest options]; with a Python that has h5py.
"""

import fcntl
import json
import os
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

try:
    import h5py
    import numpy as np
except ImportError:
    print("skipped: this Python has no h5py")
    sys.exit(77)

from programs import EXHAUSTIVE, MODELS, driver, ranked, run

HERE = [(model, ranked(model)) for model in MODELS]
FLAVOURS = [(model, ranks) for model, ranks in HERE if model in ("serial", "mpi")]  # of the HDF5 library
A = np.arange(100.0)
WAYS = {"serial": [[]], "openmp": [[]],
        "mpi": [[], ["--data", "scatter"], ["--data", "file"], ["--data", "file", "--distribution", "dynamic"]],
        "hybrid": [["--data", "file"]]}
NEWER = h5py.version.hdf5_version_tuple >= (2, 0, 0)


class Hdf5Input(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, **options):
        return h5py.File(self.folder / name, "w", **options)

    def dot(self, model, ranks, text, *options, **more):
        return run(driver(model), "dot_product", "--input", text, "--samples", 1, *options, ranks=ranks,
                   cwd=self.folder, **more)

    def expect(self, text, *fragments, all_ways=True):
        """Every model says all `fragments`, once, wherever the data are; or one model a flavour."""
        self.expect_each([(text, *fragments)], all_ways)

    def expect_each(self, inputs, all_ways=False):
        """Likewise for each (text, fragment...).  Several at a time: ranks wait for each other as they end.  Starting
        ranks takes long, so only the first input has several; the others have one process of each driver."""
        cases = [(model, ranks if one is inputs[0] or EXHAUSTIVE else None, options, *one)
                 for one in inputs for model, ranks in (HERE if all_ways else FLAVOURS)
                 for options in (WAYS[model] if all_ways else [[]])]
        with ThreadPoolExecutor(max_workers=6) as pool:
            runs = [pool.submit(self.dot, model, ranks, text, *options) for model, ranks, options, text, *_ in cases]
        for (model, _, options, text, *fragments), started in zip(cases, runs):
            with self.subTest(model=model, options=options, text=text):
                done = started.result()
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                for fragment in (*fragments, "hint: "):
                    self.assertIn(fragment, done.stderr)
                self.assertEqual(done.stderr.count(f"scalelaw-{model}: "), 1, done.stderr)

    def test_a_filter_that_is_missing(self):
        with self.file("lzf.h5") as file:
            file.create_dataset("c", data=A, chunks=(10,), compression="lzf")
        self.expect("lzf.h5:/c,/c", "cannot read lzf.h5:/c", "required filter 'lzf' is not registered",
                    "HDF5_PLUGIN_PATH")

    @unittest.skipUnless(NEWER, "this h5py writes nothing newer")
    def test_a_format_that_is_newer(self):
        with self.file("latest.h5", libver="latest") as file:
            file.create_dataset("c", data=A, chunks=(10,), compression="gzip")
        self.expect("latest.h5:/c,/c", "the dataset latest.h5:/c cannot be opened: bad version number",
                    "a newer HDF5", "libver='latest'")

    def test_a_file_that_is_being_written(self):
        with self.file("open.h5") as file:
            file["x"] = A
        with open(self.folder / "open.h5", "rb") as locked:
            fcntl.flock(locked, fcntl.LOCK_EX)
            self.expect("open.h5:/x,/x", "cannot be opened", "lock", "another program has it open for writing")
        for model, ranks in FLAVOURS:
            self.assertEqual(self.dot(model, ranks, "open.h5:/x,/x").returncode, 0)

    def test_a_file_that_a_writer_left_open(self):
        with self.file("marked.h5", libver=("v110", "v110")) as file:
            file["x"] = A
            file.flush()
            (self.folder / "copy.h5").write_bytes((self.folder / "marked.h5").read_bytes())
        self.expect("copy.h5:/x,/x", "already open for write", "h5clear -s copy.h5")

    @unittest.skipUnless(os.geteuid() == 0, "nobody else to be")
    def test_a_file_without_permission(self):
        with self.file("mine.h5") as file:
            file["x"] = A
        (self.folder / "mine.h5").chmod(0o600)
        self.folder.chmod(0o755)
        (self.folder / "priv").mkdir(mode=0o700)
        for text in ("mine.h5:/x,/x", "priv/in.h5:/x,/x"):
            done = self.dot("serial", None, text, user=65534)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("Permission denied", done.stderr)
            self.assertIn("hint: check its permissions", done.stderr)

    def test_an_external_file_that_is_missing_or_too_short(self):
        with self.file("ext.h5") as file:
            file.create_dataset("c", (100,), dtype="f8", external=[("gone.bin", 0, 800)])
        (self.folder / "gone.bin").unlink(missing_ok=True)
        self.expect("ext.h5:/c,/c", "the external file 'gone.bin': No such file", "HDF5_EXTFILE_PREFIX")
        (self.folder / "gone.bin").write_bytes(bytes(700))
        self.expect("ext.h5:/c,/c", "the external file 'gone.bin' has 700 bytes, fewer than the 800", all_ways=False)
        (self.folder / "gone.bin").write_bytes(bytes(800))
        for model, ranks in FLAVOURS:
            self.assertEqual(self.dot(model, ranks, "ext.h5:/c,/c").returncode, 0)

    def virtual(self, name, source, path):
        with self.file(name) as file:
            layout = h5py.VirtualLayout((100,), "f8")
            layout[:] = h5py.VirtualSource(source, path, (100,))
            file.create_virtual_dataset("c", layout)

    def test_a_virtual_dataset_without_its_source(self):
        self.virtual("vds.h5", "gone.h5", "x")
        self.expect("vds.h5:/c,/c", "vds.h5:/c is virtual, and its source file 'gone.h5' is missing",
                    "HDF5_VDS_PREFIX")
        with self.file("gone.h5") as file:
            file["y"] = A
        self.expect("vds.h5:/c,/c", "its source", "gone.h5:x cannot be opened", all_ways=False)

    def test_a_virtual_dataset_is_read_by_every_model(self):
        (self.folder / "sub").mkdir()
        with h5py.File(self.folder / "sub" / "src.h5", "w") as file:
            file["x"] = A
        self.virtual("sub/vds.h5", "src.h5", "x")  # beside its source, elsewhere than we are
        for model, ranks in HERE:
            for options in WAYS[model]:
                with self.subTest(model=model, options=options):
                    record_path = self.folder / "r.jsonl"
                    done = self.dot(model, ranks, "sub/vds.h5:/c,/c", *options, "--record", record_path)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    facts = json.loads(record_path.read_text().splitlines()[1])["facts"]
                    self.assertEqual(float(facts["sum"]), float(A @ A))

    def test_names_that_lead_nowhere(self):
        with self.file("misc.h5") as file:
            file["soft"] = h5py.SoftLink("/nowhere")
            file["loop"] = h5py.SoftLink("/loop")
            file["link"] = h5py.ExternalLink("gone.h5", "/x")
            file["t"] = np.dtype("f8")
            file["g/x"] = A
        self.expect_each([(f"misc.h5:{path},{path}", fragment, "h5ls") for path, fragment in (
            ("/missing", "there is no dataset misc.h5:/missing"),
            ("/no/x", "there is no dataset misc.h5:/no/x: the file has no '/no'"),
            ("/g/y", "there is no dataset misc.h5:/g/y"), ("/g/x/y", "there is no dataset misc.h5:/g/x/y"),
            ("/soft", "the link '/soft' is broken"), ("/loop", "too many links"),
            ("/link", "unable to open file, file name = 'gone.h5'"),
            ("/g", "misc.h5:/g is not a dataset"), ("/t", "misc.h5:/t is not a dataset"))])

    def test_values_that_are_no_floating_point_numbers(self):
        with self.file("types.h5") as file:
            for name, value in (("text", np.array([b"abc"])), ("words", ["a", "b"]), ("truth", A > 5),
                                ("half", A.astype("f2")), ("complex", A.astype("c16")), ("whole", A.astype("i4"))):
                file[name] = value
            file.create_dataset("lists", (3,), dtype=h5py.vlen_dtype("f8"))
            file.create_dataset("pairs", (3,), dtype=np.dtype(("f8", (2,))))
            file["scalar"], file["null"] = 1.0, h5py.Empty("f8")
        self.expect_each([(f"types.h5:/{path},/{path}", fragment) for path, fragment in (
            ("text", "holds text, not f64"), ("words", "holds text"), ("truth", "booleans"), ("half", "16-bit"),
            ("complex", "compound"), ("whole", "integers"), ("lists", "arrays"), ("pairs", "arrays"),
            ("scalar", "0 dimensions"), ("null", "0 dimensions"))])

    def test_files_that_are_none(self):
        (self.folder / "notes.h5").write_text("hello")
        (self.folder / "empty.h5").touch()
        with self.file("cut.h5") as file:
            file["x"] = np.arange(100000.0)
        os.truncate(self.folder / "cut.h5", 5000)
        os.mkfifo(self.folder / "pipe.h5")
        (self.folder / "loop.h5").symlink_to("loop.h5")
        self.expect_each([(f"{name}:/x,/x", fragment) for name, fragment in (
            ("notes.h5", "file signature not found"), ("empty.h5", "file signature not found"),
            ("cut.h5", "truncated file"), ("pipe.h5", "is not a regular file"), ("none.h5", "does not exist"),
            ("loop.h5", "Too many levels of symbolic links"), (".", "is a folder"))])

    def test_data_that_were_damaged(self):
        with self.file("sum.h5") as file:
            data = file.create_dataset("x", data=np.arange(1000.0), chunks=(100,), fletcher32=True)
            places = [data.id.get_chunk_info(i).byte_offset for i in range(10)]
        with open(self.folder / "sum.h5", "r+b") as file:
            for place in places:
                file.seek(place + 8)
                file.write(b"damaged!")
        self.expect("sum.h5:/x,/x", "data error detected by Fletcher32 checksum", "h5dump")

    def test_commas_in_names(self):
        with self.file("all.h5") as file:
            file["a,b"] = np.ones((4, 5))
            file["x,1"], file["y"] = A, A
        for model, ranks in FLAVOURS:
            done = run(driver(model), "matrix_mean", "--input", "all.h5:/a,b", "--samples", 1, ranks=ranks,
                       cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.dot(model, ranks, "all.h5:/x\\,1,/y").returncode, 0)
        done = self.dot("serial", None, "all.h5:/x,1,/y")
        self.assertIn("names 3 datasets, not 2", done.stderr)
        self.assertIn("'\\,' for a comma", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)

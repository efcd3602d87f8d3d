"""The checkers of the torture find what they are for."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import model
import remains

PLAN = {"journal": "plan", "schema": 3}


def launch(point=0, block=0, **others):
    row = {"point": point, "block": block, "state": "ok", "cause": "none", "reason": "", "log_tail": "",
           "superseded": False, "wall_s": None, "header": {"a": [1]}} | others
    return {"journal": "launch", "launch": row, "samples": {"count": 2}}


def journal(*entries):
    return model.parse_journal(text_of(*entries))


def text_of(*entries):
    return "".join(model.checked(json.dumps(entry)[1:]) + "\n" for entry in entries)


def results(*entries):
    """The results file of such a journal."""
    said = journal(PLAN, *entries)
    rows = [row | {"header": json.dumps(row["header"])} for row in said.launches]
    points = [{"id": str(number), "state": "converged", "reason": ""} for number in range(2)]
    return model.Results(points, rows, said.sample_counts)


class JournalTest(unittest.TestCase):
    def test_takes_whole_lines_only(self):
        text = text_of(PLAN, launch())
        self.assertEqual(len(model.parse_journal(text + '{"crc32":"00').lines), 2)
        self.assertEqual(len(model.parse_journal(text[:-1]).lines), 1)

    def test_finds_a_damaged_line(self):
        with self.assertRaises(model.Damaged):
            model.parse_journal(text_of(PLAN, launch()).replace('"point": 0', '"point": 1'))

    def test_grows_without_complaint(self):
        before, after = journal(PLAN, launch()), journal(PLAN, launch(), launch(1))
        self.assertEqual(model.changes(before, after), [])
        self.assertEqual(model.doubled(after), [])

    def test_finds_a_lost_launch(self):
        both = journal(PLAN, launch(), launch(1))
        self.assertIn("lost", model.changes(both, journal(PLAN, launch()))[0])
        self.assertIn("changed", model.changes(both, journal(PLAN, launch(1), launch(1, 1)))[0])

    def test_finds_a_changed_launch(self):
        (fault,) = model.changes(journal(PLAN, launch()), journal(PLAN, launch(wall_s=2)))
        self.assertIn("changed: line 2", fault)

    def test_finds_a_doubled_launch(self):
        self.assertTrue(any("twice" in one or "2 times" in one for one in model.doubled(
            journal(PLAN, launch(), launch(1), launch()))))
        self.assertIn("2 launches in block 0", model.doubled(journal(PLAN, launch(), launch(wall_s=1)))[0])

    def test_lets_launches_be_repeated_that_others_failed(self):
        failed = launch(state="crashed", cause="launcher")
        self.assertEqual(model.doubled(journal(PLAN, failed, launch())), [])
        replaced = {"journal": "superseded", "launches": [0]}
        self.assertEqual(model.doubled(journal(PLAN, launch(), replaced, launch(wall_s=1))), [])


class ResultsTest(unittest.TestCase):
    def test_equal_the_journal(self):
        self.assertEqual(model.unlike_journal(results(launch()), journal(PLAN, launch())), [])

    def test_that_lack_or_change_a_launch_are_found(self):
        said = journal(PLAN, launch(), launch(1))
        self.assertIn("2 launches, the results file 1", model.unlike_journal(results(launch()), said)[0])
        for name, value in (("wall_s", 3.0), ("point", 0), ("header", {"a": [2]}), ("reason", "x")):
            changed = results(launch(), launch(1, **{name: value}) if name != "point" else launch(0))
            self.assertIn(f"'{name}'", model.unlike_journal(changed, said)[0])

    def test_that_have_an_empty_text_are_found(self):
        file = results(launch())
        file.launches[0]["header"] = ""
        self.assertIn("'header'", model.unlike_journal(file, journal(PLAN, launch()))[0])

    def test_that_lack_samples_are_found(self):
        file = results(launch())
        file.sample_counts = [1]
        self.assertIn("samples", model.unlike_journal(file, journal(PLAN, launch()))[0])

    def test_hold_the_undisturbed_numbers_of_launches(self):
        whole = results(launch(), launch(1))
        crashed = results(launch(), launch(1, state="crashed", cause="driver"))
        self.assertEqual(model.unlike_undisturbed(whole, whole, False), [])
        self.assertEqual(model.unlike_undisturbed(crashed, whole, True), [])
        self.assertIn("point 1 has 0 launches", model.unlike_undisturbed(crashed, whole, False)[0])
        self.assertIn("point 1", model.unlike_undisturbed(results(launch()), whole, True)[0])
        twice = results(launch(), launch(1), launch(1, 1))
        self.assertIn("point 1 has 2", model.unlike_undisturbed(twice, whole, True)[0])

    def test_hold_the_undisturbed_points_and_states(self):
        whole, other = results(launch()), results(launch())
        other.points[1]["state"] = "pending"
        self.assertIn("1 is pending", model.unlike_undisturbed(other, whole, True)[0])
        other.points.pop()
        self.assertIn("the points are", model.unlike_undisturbed(other, whole, True)[0])

    def test_reasons_are_those_of_injected_faults(self):
        excuses = [model.Excuse("driver", ("Killed",))]
        failed = {"state": "crashed", "cause": "driver", "reason": "signal 9: Killed", "log_tail": ""}
        self.assertEqual(model.untrue_reasons([failed], excuses), [])
        self.assertEqual(len(model.untrue_reasons([failed], [])), 1)
        self.assertEqual(len(model.untrue_reasons([failed | {"cause": "launcher"}], excuses)), 1)
        self.assertEqual(len(model.untrue_reasons([failed | {"reason": "no idea"}], excuses)), 1)


class RemainsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_process_is_found_until_it_has_gone(self):
        word = f"TORTURE_TEST={self.folder}"
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                              env=os.environ | {"TORTURE_TEST": str(self.folder)}) as process:
            found = remains.gone(lambda: () if remains.marked(word) else ("not yet",), 10)
            self.assertEqual(found, [])
            self.assertIn(str(process.pid), remains.left_processes(word, 0)[0])
            process.communicate(b"\n")
        self.assertEqual(remains.left_processes(word), [])

    def test_a_lock_is_found(self):
        with contextlib.closing((self.folder / "a").open("w")) as file:
            self.assertEqual(remains.left_locks(self.folder), [])
            fcntl.flock(file, fcntl.LOCK_EX)
            self.assertEqual(remains.left_locks(self.folder), ["a lock is left on a"])

    def test_a_lock_on_another_disk_is_not_this_file_s(self):
        (self.folder / "a").touch()
        facts = (self.folder / "a").stat()
        major, minor = os.major(facts.st_dev), os.minor(facts.st_dev)
        locks = self.folder / "locks"
        for device, found in ((f"{major:02x}:{minor:02x}", ["a lock is left on a"]), (f"{major:02x}:{minor + 1:02x}", [])):
            locks.write_text(f"1: FLOCK  ADVISORY  WRITE 7 {device}:{facts.st_ino} 0 EOF\n")
            self.assertEqual(remains.left_locks(self.folder, locks), found)

    def test_a_file_is_found(self):
        (self.folder / "out.h5").touch()
        self.assertEqual(remains.left_files(self.folder, ["out.h5"]), [])
        (self.folder / "out.h5.0000001.part").touch()
        self.assertEqual(remains.left_files(self.folder, ["out.h5"]), ["a file is left: out.h5.0000001.part"])


if __name__ == "__main__":
    unittest.main()

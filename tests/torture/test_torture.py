"""The torture plans what a machine allows, says what it does not, and leaves nothing when it is ended."""

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import campaign
import fault_points
import faults
import model
import remains
import torture

# Mounts a disk, says so, and waits to be ended.
DISK_USER = """
import pathlib, sys, time, campaign, torture
campaign.end_in_order()
with torture.disk(pathlib.Path(sys.argv[1]), True):
    print("mounted", flush=True)
    time.sleep(60)
"""
NO_DISK = {"mount": "no disk"}
NOTHING = NO_DISK | {"MPI": "no MPI", "permissions": "no permissions"}


def in_a_folder(test):
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def planned(seed, lacks, only=""):
    of = torture.Torture(Path(), Path(), Path(), lacks)
    config, plan = torture.Round(of, seed, only).planned(random.Random(seed))
    return config, [fault.name for fault in plan]


class PlanTest(unittest.TestCase):
    def test_what_a_machine_lacks_changes_no_other_fault(self):
        left_out = 0
        for seed in range(100):
            config, plan = planned(seed, {})
            same_config, other = planned(seed, NO_DISK)
            self.assertEqual(config, same_config)
            self.assertEqual(len(plan), len(other))
            left_out += plan.count("fill disk")
            for before, after in zip(plan, other, strict=True):
                self.assertIn(after, {name.name for name in faults.FAULTS} - {"fill disk"})
                self.assertEqual(before if before != "fill disk" else after, after)
        self.assertGreater(left_out, 0)

    def test_nothing_is_planned_that_cannot_be_done(self):
        for seed in range(100):
            config, plan = planned(seed, NOTHING)
            self.assertEqual(config, "serial")
            self.assertFalse({"fill disk", "kill launcher", "forbid writing"} & set(plan))

    def test_a_fault_of_mpi_alone_has_ranks_in_each_round(self):
        for seed in range(20):
            config, plan = planned(seed, {}, "kill launcher")
            self.assertEqual((config, set(plan)), ("ranks", {"kill launcher"}))


class RefusalTest(unittest.TestCase):
    def refused(self, only):
        of = torture.Torture(Path(), Path(), Path(tempfile.mkdtemp()), NO_DISK)
        with contextlib.redirect_stdout(io.StringIO()):
            torture.refuse_impossible(of, only)
        of.folder.rmdir()

    def test_a_fault_that_is_wanted_and_impossible_ends_it_in_words(self):
        with self.assertRaisesRegex(SystemExit, "'fill disk' cannot be injected here: no disk"):
            self.refused(["kill rank", "fill disk"])

    def test_another_fault_may_be_impossible(self):
        self.refused(["kill rank"])

    def test_no_mpi_but_open_mpi_is_spoken_to(self):
        folder = in_a_folder(self)
        self.assertFalse(torture.has_open_mpi(folder))
        for name, here in (("MPICH 4.0.2", False), ("Open MPI v4.1.4", True)):
            script(folder / "scalelaw-mpi", f"echo '{{\"mpi\": \"{name}\"}}'")
            script(folder / "mpirun", "true")
            with unittest.mock.patch.dict(os.environ, {"PATH": f"{folder}:{os.environ['PATH']}"}):
                self.assertEqual(torture.has_open_mpi(folder), here)

    @unittest.skipIf(os.geteuid() != 0, "only root has rights to drop")
    def test_what_drops_rights_is_tried_before_it_is_used(self):
        self.assertEqual(campaign.without_override("false"), [])
        self.assertEqual(campaign.without_override("env"), ["env"])


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


class SilenceTest(unittest.TestCase):
    def silences(self, name, path, said="", launches=()):
        call = fault_points.Call("harness", 1, name, path, 5)
        lines = tuple(json.dumps({"journal": "launch", "launch": row}) for row in launches)
        return len(fault_points.unsaid(campaign.End(0, "", said), call, model.Journal(lines)))

    def test_a_call_that_failed_must_be_named_with_its_file(self):
        self.assertEqual(self.silences("write", "/w/out.h5"), 1)
        self.assertEqual(self.silences("write", "/w/out.h5", "Input/output error"), 1)
        self.assertEqual(self.silences("write", "/w/out.h5", "out.h5: Input/output error"), 0)
        failed = {"state": "crashed", "reason": "cannot write a.jsonl", "log_tail": ""}
        self.assertEqual(self.silences("write", "/w/a.jsonl", "", [failed]), 0)
        self.assertEqual(self.silences("write", "/w/b.jsonl", "", [failed]), 1)

    def test_calls_on_the_list_need_no_word(self):
        self.assertEqual(self.silences("open", "/w/out.h5.0000001.part"), 0)
        self.assertEqual(self.silences("open", "/w/out.h5.journal"), 1)
        self.assertEqual(self.silences("unlink", "/w/out.h5.journal"), 0)


class Interrupted(BaseException):
    pass


class EndTest(unittest.TestCase):
    def test_no_process_outlives_an_interrupted_wait(self):
        folder = in_a_folder(self)
        script(folder / "program", "sleep 60 & wait")
        one = campaign.Campaign(folder / "program", folder / "work", folder / "side", "")
        one.witness = unittest.mock.Mock(side_effect=Interrupted)
        process = one.start()
        remains.gone(lambda: () if len(remains.marked(one.word)) == 2 else ("not yet",), 10)
        with self.assertRaises(Interrupted):
            one.wait(process)
        process.wait()
        self.assertEqual(remains.marked(one.word), [])

    def test_a_second_harness_that_overwrites_is_no_loss(self):
        for status, overwritten in ((0, True), (1, False)):
            folder = in_a_folder(self)
            script(folder / "program", f"echo hint: >&2; exit {status}")
            one = campaign.Campaign(folder / "program", folder / "work", folder / "side", "")
            first = one.start()
            first.wait()
            attempt = faults.Attempt(one, first, random.Random())
            attempt.random.choice = lambda words: words[-1]
            faults.start_second(attempt)
            self.assertEqual(attempt.overwritten, overwritten)

    def test_no_disk_stays_mounted_when_the_torture_is_ended(self):
        folder = in_a_folder(self)
        if not torture.may_mount(folder):
            self.skipTest("no disk can be mounted here")
        disk = folder / "user"
        with subprocess.Popen([sys.executable, "-c", DISK_USER, disk], stdout=subprocess.PIPE) as user:
            self.assertEqual(user.stdout.readline(), b"mounted\n")
            self.assertTrue(disk.is_mount())
            user.send_signal(signal.SIGTERM)
        self.assertEqual(user.returncode, 128 + signal.SIGTERM)
        self.assertFalse(disk.is_mount())


if __name__ == "__main__":
    unittest.main()

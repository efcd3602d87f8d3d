"""The cluster's config as local jobs: to the end, cancelled and resumed, and after its shell has gone."""

import os
import re
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCALELAW = os.path.join(os.environ.get("SCALELAW_BIN", ""), "scalelaw")


def smoke_config():
    """configs/cluster.toml, of sizes and launches that take no time."""
    text = (ROOT / "configs/cluster.toml").read_text()
    text, sizes = re.subn(r"(?m)^size = .*", "size = 1e4", text)
    text, launches = re.subn(r"(?m)^(launches_m\w+) = 6", r"\1 = 1", text)
    assert (sizes, launches) == (3, 2), text
    return text.replace("[slurm]", "samples = 2\n[measuring.gate]\nenabled = false\n\n[slurm]").replace(
        "cols = 1000", "cols = 100")


@unittest.skipUnless(os.path.exists(os.path.join(os.path.dirname(SCALELAW), "scalelaw-mpi")), "there is no scalelaw-mpi")
class LocalJobs(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        (self.folder / "cluster.toml").write_text(smoke_config())
        self.environment = dict(os.environ, XDG_STATE_HOME=str(self.folder / "state"))

    def tearDown(self):
        self.scalelaw("cancel", status=None)
        self.temporary.cleanup()

    def scalelaw(self, *words, status=0):
        done = subprocess.run([SCALELAW, *words], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)
        if status is not None:
            self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        return done.stdout + done.stderr

    def processes(self):
        """All that runs with the campaign's folder in its command."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.folder) in words:
                found.append(words)
        return found

    def collected(self):
        text = self.scalelaw("collect", "-o", "all.h5")
        self.assertNotIn("pending", text)
        return text

    def test_the_clusters_config_runs_to_its_end_after_its_shell_has_gone(self):
        shell = subprocess.Popen(
            ["bash", "-c", f"'{SCALELAW}' submit cluster.toml --scheduler local; kill -HUP 0"], cwd=self.folder,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        out, err = shell.communicate(timeout=120)
        self.assertEqual(shell.returncode, -signal.SIGHUP, (out, err))
        self.assertRegex(out, r"submitted nodes-1: job 1@\S+, 1 node, 8 points")
        self.assertIn("skipped: 4 nodes requested, 1 known", err)
        status = self.scalelaw("status", "--wait")
        self.assertIn("8 of 8 points done", status)
        self.assertIn("points", self.collected())
        self.assertEqual(self.processes(), [])
        self.assertIn("complete", self.scalelaw("submit", "cluster.toml", "--resume"))

    def test_a_cancelled_campaign_leaves_nothing_and_is_resumed(self):
        self.scalelaw("submit", "cluster.toml", "--scheduler", "local")
        text = self.scalelaw("cancel")
        self.assertIn("1 job cancelled", text)
        self.assertEqual(self.processes(), [])
        self.assertIn("CANCELLED", self.scalelaw("status", status=3))
        self.assertIn("submitted nodes-1: job 2@", self.scalelaw("submit", "cluster.toml", "--resume"))
        self.assertIn("8 of 8 points done", self.scalelaw("status", "--wait"))
        self.collected()


if __name__ == "__main__":
    unittest.main()

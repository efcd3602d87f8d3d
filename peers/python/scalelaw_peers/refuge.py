"""Where a driver and its workers leave files, and the keeper that removes them."""
import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid

PREFIX = "scalelaw-peer"
MOST_LETTERS = 20  # of the folder above: libraries put sockets below, whose paths have 107 letters at most
MOST_FILES = 4096
FOLDER = "peer"
KEEPER = os.path.join(os.path.dirname(__file__), "keeper.py")


def start_ticks(pid):
    """When a process started; with its number, this names it for good.  "": there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def remove_of_dead(folder):
    """Removes the folders of drivers that were killed together with their keepers."""
    for name in os.listdir(folder):
        owner = re.fullmatch(rf"{FOLDER}-(\d+)-(\d+)", name)
        if owner and start_ticks(owner[1]) != owner[2]:
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


class Refuge:
    """A temporary folder, in which everything that the libraries write has its place."""

    def __init__(self):
        above = tempfile.gettempdir() if len(tempfile.gettempdir()) <= MOST_LETTERS else "/tmp"
        remove_of_dead(above)
        pid = os.getpid()
        self.count = 0
        self.shared = f"{PREFIX}-{pid}-{uuid.uuid4().hex[:8]}"
        self.folder = os.path.join(above, f"{FOLDER}-{pid}-{start_ticks(pid)}")
        os.mkdir(self.folder, 0o700)
        mark = f"SCALELAW_PEER={self.shared}"
        self.keeper = subprocess.Popen([sys.executable, "-I", "-S", KEEPER, mark, self.folder, self.shared, str(pid)],
                                       stdin=subprocess.PIPE, start_new_session=True)
        os.environ["SCALELAW_PEER"] = self.shared  # for all that starts from here on
        os.environ["TMPDIR"] = tempfile.tempdir = self.folder
        # Resource trackers say what they remove; here that is their task.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
        self.answer_signals()

    def answer_signals(self):
        """Libraries set handlers of their own."""
        signal.signal(signal.SIGTERM, self.terminated)

    def terminated(self, number, _):
        """Leaves nothing, and ends as the signal would have."""
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 2)  # threads will complain that their workers have gone
        self.close()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def new_segment(self):
        """The name of a segment of shared memory, which the keeper removes."""
        self.count += 1
        return f"{self.shared}-{self.count}"

    def new_folder(self):
        return tempfile.mkdtemp(dir=self.folder)

    def close(self):
        """Ends what is left of the workers, and removes the folder.  Only the standard streams are open afterwards: a
        resource tracker of Python waits until nobody has its pipe."""
        if self.keeper is None:
            return
        gc.collect()  # semaphores that are no longer used
        keeper, self.keeper = self.keeper, None
        pipe = keeper.stdin.fileno()
        os.closerange(3, pipe)
        os.closerange(pipe + 1, MOST_FILES)
        os.close(pipe)
        os.waitpid(keeper.pid, 0)

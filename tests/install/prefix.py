"""An installed prefix, moved to another place and read-only, and a user who owns nothing of it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NOBODY = 65534


def snapshot(folder):
    """{path: what shows a change} of a folder and all in it."""
    return {path: (path.lstat().st_mode, path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in [folder, *folder.rglob("*")]}


class Prefix:
    """What `cmake --install` makes of a build, in a folder of its own until close().  Its path has a blank."""

    def __init__(self, build):
        self.folder = Path(tempfile.mkdtemp(prefix="scalelaw-install-"))
        self.folder.chmod(0o755)
        self.path, self.home = self.folder / "another place", self.folder / "home"
        first = self.folder / "first"
        subprocess.run(["cmake", "--install", build, "--prefix", first], check=True, stdout=subprocess.DEVNULL)
        first.rename(self.path)
        for path in self.all():
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        self.home.mkdir()
        if os.geteuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)

    def close(self):
        for path in self.all():
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(self.folder)

    def all(self):
        return [self.path, *self.path.rglob("*")]

    def run(self, *words, another=True, **environment):
        """What a program of the PATH does in the user's home: as another user, if this one can become another."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("SCALELAW_", "XDG_", "PYTHON"))}
        path = f"{self.path / 'bin'}:/usr/bin:/bin"
        change = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if another and os.geteuid() == 0 else {}
        return subprocess.run(list(map(str, words)), cwd=self.home, capture_output=True, text=True, timeout=200,
                              stdin=subprocess.DEVNULL, env=kept | {"HOME": str(self.home), "PATH": path} | environment,
                              **change)

    def can_run(self, program):
        """Whether the other user may start it."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False

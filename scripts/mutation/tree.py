"""A copy of the source tree with a build folder of its own, and the test programs in it."""

import fnmatch
import json
import os
import platform
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

ADDRESSES = 16 << 30  # bytes that a test may reserve, so that a mutant does not take the machine's memory


class Fault(Exception):
    """What is wrong, and the remedy."""

    def __init__(self, what, hint):
        super().__init__(f"mutate: {what}\n  hint: {hint}")


def listed(root, *patterns):
    """The files that belong to the tree, as git sees it."""
    done = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
                          cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        raise Fault(f"git does not list the files of {root}", "run it in a clone of the repository")
    return sorted({file for file in done.stdout.split("\0") if file and (root / file).is_file()})


def absent_here():
    """Patterns of the macros of instruction sets that this processor cannot run."""
    try:
        flags = set(re.search(r"^flags\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.M)[1].split())
    except (OSError, TypeError):
        flags = set()
    absent = ["ASAN", "__has_feature"]
    if platform.machine() != "x86_64":
        absent += ["AVX", "FMA", "x86_64"]
    else:
        absent += ["ARM", "NEON", "aarch64"]
    absent += ["AVX512VBMI"] if "avx512_vbmi2" not in flags else []
    absent += ["AVX512"] if "avx512f" not in flags else []
    absent += ["AVX2", "FMA"] if "avx2" not in flags else []
    return absent


def runs_here(file, absent):
    """Whether its name says that it is for an instruction set that is not here."""
    sets = re.findall(r"(?:^|_)(avx512vbmi2|avx512|avx2|neon)(?=[_.])", Path(file).name)
    return not any(re.search(one, name.upper()) for name in sets for one in absent)


class Tree:
    def __init__(self, root, folder, jobs):
        self.root, self.folder, self.jobs = root, folder, jobs
        self.copy = folder / "tree"
        self.build = self.copy / "build/mutants"  # as deep as a user's, so that a compiler cache knows its sources
        self.log = folder / "build.log"
        self.times = {}  # of each test program, undisturbed: (seconds of the processor, seconds)

    def copy_sources(self):
        """Only what differs is written, so that little is built anew."""
        wanted = listed(self.root)
        for file in wanted:
            old, new = self.root / file, self.copy / file
            content = old.read_bytes()
            if not new.is_file() or new.read_bytes() != content:
                new.parent.mkdir(parents=True, exist_ok=True)
                new.write_bytes(content)
            new.chmod(old.stat().st_mode)
        known = set(wanted)
        for file in self.copy.rglob("*"):
            name = file.relative_to(self.copy)
            if name.parts[0] != "build" and not file.is_dir() and str(name) not in known:
                file.unlink()

    def configure(self):
        """Once: later, the build notices by itself what has changed."""
        if not (self.build / "build.ninja").is_file():
            self.run_cmake()
        asked = ["ninja", "-C", self.build, "-t", "targets", "all"]
        said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        self.programs = set(re.findall(r"^(\w+_tests): phony$", said, re.M))

    def run_cmake(self):
        launcher = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={shutil.which('ccache')}"] if shutil.which("ccache") else []
        hook = self.copy / "scripts/mutation/options.cmake"
        command = ["cmake", "-S", self.copy, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                   "-DSCALELAW_WERROR=ON", f"-DCMAKE_PROJECT_scalelaw_INCLUDE={hook}",
                   "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *launcher]
        if not self.logged(command):
            raise Fault("cmake fails", f"its output is in {self.log}")

    def compiled(self):
        """The sources in the database of what is compiled."""
        units = json.loads((self.build / "compile_commands.json").read_text())
        return {os.path.relpath(Path(unit["directory"]) / unit["file"], self.copy) for unit in units}

    def program_of(self, file):
        """The test program of the file's folder, or of the nearest one above."""
        folder = Path(file).parent
        while folder != Path("."):
            name = "_".join(folder.parts) + "_tests"
            if name in self.programs:
                return name
            folder = folder.parent
        raise Fault(f"no test program belongs to the folder of {file}", "name one in tests/unit/CMakeLists.txt")

    def programs_like(self, patterns):
        return [name for name in sorted(self.programs) if any(fnmatch.fnmatch(name, one) for one in patterns)]

    def built(self, programs):
        """Whether they compile."""
        command = ["cmake", "--build", self.build, "--parallel", str(self.jobs), "--target", *programs]
        return not programs or self.logged(command)

    def logged(self, command):
        with self.log.open("w") as log:
            done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return done.returncode == 0

    def take_times(self, programs):
        """Builds them, and runs them as they are: all must pass."""
        new = [name for name in programs if name not in self.times]
        if new and not self.built(new):
            raise Fault("the tests do not compile", f"see {self.log}")
        for name in new:
            passed, *self.times[name] = self.run(name, None, None)
            if not passed:
                raise Fault(f"{name} fails without any change", f"run {self.build / 'bin' / name}, and repair it")

    def passes(self, name):
        """Whether a test program passes within some times what it took undisturbed.

        What counts is the processor's time, which other work does not lengthen.  A test that only waits is ended later.
        """
        used, elapsed = self.times[name]
        return self.run(name, int(5 * used + 5), 20 * elapsed + 300)[0]

    def run(self, name, processor_s, wall_s):
        def limited():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
            if processor_s:
                resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))

        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen([self.build / "bin" / name, "--gtest_fail_fast", "--gtest_brief=1"], cwd=self.build,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=limited, start_new_session=True)
        try:
            passed = process.wait(wall_s) == 0
        except subprocess.TimeoutExpired:
            passed = False
        finally:
            end(process)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start


def end(process):
    """The program, and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()

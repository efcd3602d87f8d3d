"""Tests of campaigns on a SLURM cluster of one machine (slurm/test-cluster).

usage: cluster_test.py allocation|submit|commands|hostile|interrupted|controller_away|node_lost FOLDER-OF-PROGRAMS

Exit status: 0 well, 1 failed, 77 skipped since SLURM, or .venv to read results with, is not there.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]

CONFIG = """
[campaign]
name = {name}
[measuring]
samples = 1
warmups = 0
launches_min = {launches}
launches_max = {launches}
diagnostics = 0
ceilings = false
gate = {{ enabled = false }}
[slurm]
{slurm}
[[experiment]]
kernel = "dot_product"
models = ["serial", "mpi"]
size = {size}
nodes = [1, 2, 4]
"""


# Programs that know nothing of scalelaw: one that srun starts as ranks, and one that is a process with threads.
COMMANDS = """
[campaign]
name = "commands"
[measuring]
samples = 1
warmups = 0
launches_min = 1
launches_max = 1
gate = { enabled = false }
[slurm]
jobs = "single"
[[driver]]
name = "ranks"
command = RANKS
folder = "work"
model = { ranked = true }
check = "pi = (.*)"
setup = ["sh", "-c", "echo before {ranks} on {nodes} >> log"]
teardown = ["sh", "-c", "echo after {ranks} on {nodes} >> log"]
[[driver]]
name = "alone"
command = ["sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo $OMP_NUM_THREADS in ${{PWD##*/}}"]
folder = "work"
model = { threaded = true }
check = "2 in work"
[[experiment]]
driver = "ranks"
size = 100000
nodes = [1, 2]
ranks = 1
[[experiment]]
driver = "alone"
threads = 2
"""


class Cluster:
    """A cluster, and a folder to work in; both gone at the end, whatever happens."""

    def __init__(self, programs):
        self.scalelaw = str(pathlib.Path(programs).resolve() / "scalelaw")
        self.cluster = [SOURCE / "slurm/test-cluster"]

    def __enter__(self):
        up = subprocess.run([*self.cluster, "up", "--owner", str(os.getpid())],
                            capture_output=True, text=True)
        if up.returncode != 0:
            print(up.stderr, end="")
            sys.exit(77 if up.returncode == 77 else 1)
        for line in up.stdout.splitlines():
            for word in shlex.split(line)[1:]:
                name, value = word.split("=", 1)
                os.environ[name] = value
        self.state = pathlib.Path(os.environ["SCALELAW_TEST_CLUSTER"])
        self.folder = tempfile.TemporaryDirectory(prefix="scalelaw slurm ")
        os.chdir(self.folder.name)
        return self

    def __exit__(self, *_):
        subprocess.run([*self.cluster, "down"])
        self.folder.cleanup()

    def config(self, name="c", slurm="", launches=2, size="1e5", file="c.toml"):
        text = CONFIG.format(name=json.dumps(name), slurm=slurm, launches=launches, size=size)
        pathlib.Path(file).write_text(text)
        return file

    def run(self, *words, status=0):
        """What a command prints; `status` is the exit status that it must have, or several that it may."""
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60)
        allowed = status if isinstance(status, tuple) else (status,)
        assert done.returncode in allowed, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def kill(self, daemon, number=signal.SIGKILL):
        os.kill(int((self.state / "pids" / daemon).read_text().split()[0]), number)

    def revive(self):
        self.run(*self.cluster, "up", "--state", self.state)

    def report(self, file):
        return json.loads(self.run(self.scalelaw, "report", file, "--format", "json"))


def wait_for(condition, what, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)


def launches_in(journal):
    """The launches of a journal as it stands."""
    if not pathlib.Path(journal).exists():
        return []
    lines = pathlib.Path(journal).read_text().split("\n")[:-1]
    return [json.loads(line)["launch"] for line in lines[1:]]


def recorded_launches(file):
    """How many launches of each point in a results file ended well, and which others it has, as (state,
    cause, reason)."""
    python = SOURCE / ".venv/bin/python"
    code = "import collections, h5py, json, sys; rows = h5py.File(sys.argv[1])['launches'][:]; " \
           "good = [int(r['point']) for r in rows if r['state'] == b'ok']; " \
           "bad = [[r[c].decode() for c in ('state', 'cause', 'reason')] for r in rows if r['state'] != b'ok']; " \
           "print(json.dumps([list(collections.Counter(good).values()), bad]))"
    done = subprocess.run([python, "-c", code, file], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def assert_only_slurm_failed(file, launches, points=4):
    """Every point has its launches, and what failed beside them is no driver's fault."""
    good, others = recorded_launches(file)
    assert good == [launches] * points, (good, others)
    assert all(cause == "scheduler" for _, cause, _ in others), others
    print(f"{file}: {sum(good)} launches; {len(others)} failed by SLURM, and were repeated")


def hosts_of(launch):
    return sorted({rank["host"] for rank in launch["header"]["ranks"]})


def only_batch():
    (folder,) = [path.parent for path in pathlib.Path("results").glob("*/campaign.json")]
    return folder


def test_allocation(cluster):
    """All points in one allocation, as steps on nested subsets of its nodes."""
    config = cluster.config()
    run = [cluster.scalelaw, "run", config, "--launcher", "srun", "-o", "out.h5"]
    assert "salloc" in cluster.run(*run, status=1)  # no allocation yet
    text = cluster.run("salloc", "--nodes=4", *run)
    assert "4 points" in text, text
    assert "crashed" not in text and "invalid" not in text, text
    # A second time with the journal in view: where did they run?
    config = cluster.config(launches=1, file="once.toml")
    script = (f"{shlex.quote(cluster.scalelaw)} run {config} --launcher srun -o once.h5 --dry-run")
    commands = cluster.run("salloc", "--nodes=4", "bash", "-c", script)
    for nodes in ("c1", "c1,c2", "c1,c2,c3,c4"):
        assert f"--nodelist={nodes} " in commands, commands
    for option in ("--mem=0 ", "--cpus-per-task=1 ", "--ntasks=4 ", "--mpi=pmix "):
        assert option in commands, commands
    # The project's own config, in whole nodes, and in the one core of each that others give.
    own = [cluster.scalelaw, "run", SOURCE / "configs/cluster.toml", "--launcher", "srun", "--dry-run"]
    assert "--cpus-per-task=2 " in cluster.run("salloc", "--nodes=4", *own)
    refused = cluster.run("salloc", "--nodes=4", "--partition=shared", *own, status=1)
    assert "--exclusive" in refused, refused
    too_few = cluster.run("salloc", "--nodes=2", *run[:-1], "other.h5", status=1)
    assert "4 nodes, but only 2 known" in too_few, too_few


def test_submit(cluster):
    """From a login node: a job for each node count, one file in the end."""
    config = cluster.config()
    dry = cluster.run(cluster.scalelaw, "submit", config, "--dry-run")
    assert dry.count("#SBATCH --nodes=") == 3 and not pathlib.Path("results").exists(), dry
    cluster.run(cluster.scalelaw, "submit", config)
    early = cluster.run(cluster.scalelaw, "collect", "-o", "early.h5", status=3)  # partial is fine
    assert "pending" in early, early
    status = cluster.run(cluster.scalelaw, "status", config, "--wait")
    assert status.count("complete") >= 3 and "4 of 4 points done" in status, status
    text = cluster.run(cluster.scalelaw, "collect")
    assert "4 points" in text and "pending" not in text, text
    folder = only_batch()
    (results,) = pathlib.Path("results").glob("*.h5")
    assert results.name == folder.name + ".h5"
    workers = {point["nodes"] for series in cluster.report(results)["series"]
               for point in series["points"]}
    assert workers == {1, 2, 4}, workers
    assert "complete" in cluster.run(cluster.scalelaw, "submit", config, "--resume")
    # One job for all, asked for by its own config.
    single = cluster.config(name="one", slurm='jobs = "single"\nexclusive = false\npartition = "shared"',
                            file="s.toml")
    cluster.run(cluster.scalelaw, "submit", single, "-o", "single")
    cluster.run(cluster.scalelaw, "status", "single", "--wait")
    assert "4 points" in cluster.run(cluster.scalelaw, "collect", "single")


def rank_words(cluster):
    """The command of a program whose ranks find each other, if MPI's compiler is here; else one of ranks alone."""
    if not shutil.which("mpicc"):
        return ["sh", "-c", "test {ranks} = $SLURM_NTASKS && sleep 0.1 && echo pi = 3"]
    cluster.run("mpicc", "-O1", SOURCE / "examples/pi.c", "-o", "work/pi", "-lm")
    return ["./pi", "{size}"]


def test_commands(cluster):
    """Commands of a config under srun: confirmed by a digest where there is no terminal, and by `submit`."""
    os.environ["XDG_CONFIG_HOME"] = cluster.folder.name
    pathlib.Path("work").mkdir()
    pathlib.Path("c.toml").write_text(COMMANDS.replace("RANKS", json.dumps(rank_words(cluster))))
    log, trusted = pathlib.Path("work/log"), pathlib.Path("scalelaw/trusted")
    words = [cluster.scalelaw, "run", "c.toml", "--launcher", "srun", "-o", "run.h5"]
    batch = ["sbatch", "--wait", "--nodes=2", "--output=job.log", "--wrap", shlex.join(words)]
    cluster.run(*batch, status=1)
    said = pathlib.Path("job.log").read_text()
    assert "before each launch: sh -c " in said and "give --yes" in said and not log.exists(), said
    trusted.parent.mkdir()
    trusted.write_text("\n".join(re.findall(r"\b[0-9a-f]{64}\b", said)))
    done = subprocess.run(batch, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, pathlib.Path("job.log").read_text()
    good, bad = recorded_launches("run.h5")
    assert (good, bad) == ([1, 1, 1], []), (good, bad)
    assert sorted(log.read_text().splitlines()) == sorted(
        [f"{word} {n} on {n}" for word in ("before", "after") for n in (1, 2)]), log.read_text()
    # The one job of `submit` runs what was confirmed when it was submitted.
    trusted.unlink()
    assert "give --yes" in cluster.run(cluster.scalelaw, "submit", "c.toml", status=1)
    cluster.run(cluster.scalelaw, "submit", "c.toml", "--yes")
    cluster.run(cluster.scalelaw, "status", "--wait")
    assert "3 points: 3 not_converged" in cluster.run(cluster.scalelaw, "collect", "-o", "job.h5")
    assert recorded_launches("job.h5") == [[1, 1, 1], []]


def test_hostile(cluster):
    """Names and paths that a shell would take for more than words."""
    account = "a b; $(touch x1) 'q' \"d\" `touch x2` \\ # %j @SETUP@"
    name = "a b_ü.1-2"
    folder = pathlib.Path("f o'l;d$(touch x3)\"er %j")
    folder.mkdir()
    os.chdir(folder)
    slurm = f'account = {json.dumps(account)}\njobs = "single"\nsetup = ["echo set up"]'
    config = cluster.config(name=name, slurm=slurm, launches=1, file="c $(touch x4).toml")
    output = "o u't;$(touch x5)\"p"
    cluster.run(cluster.scalelaw, "submit", config, "-o", output)
    job = cluster.run("squeue", "--noheader", "--states=all", "--format=%j|%a").strip()
    assert job.lower() == f"{name} all|{account}".lower(), job  # SLURM writes accounts in small letters
    cluster.run(cluster.scalelaw, "status", output, "--wait")
    assert "4 points" in cluster.run(cluster.scalelaw, "collect", output, "-o", "$(touch x6).h5")
    assert "set up" in pathlib.Path(output, "all.log").read_text()
    stray = list(pathlib.Path(cluster.folder.name).rglob("x?"))
    assert not stray, stray
    # Another job of ours, and one whose number an old campaign would hold, are not cancelled.
    cluster.run(cluster.scalelaw, "submit", config, "-o", "second")
    other = cluster.run("sbatch", "--parsable", "--wrap", "sleep 60").strip()
    file = pathlib.Path(output, "campaign.json")
    file.write_text(re.sub(r'"id": "\d+"', f'"id": "{other}"', file.read_text()))
    assert "0 jobs cancelled" in cluster.run(cluster.scalelaw, "cancel", output)
    assert "1 job cancelled" in cluster.run(cluster.scalelaw, "cancel", "second")
    left = cluster.run("squeue", "--noheader", "--states=PENDING,RUNNING", "--format=%i").split()
    assert left == [other], left


def test_interrupted(cluster):
    """A warning before the limit, a requeue, a node that dies: nothing is lost, or measured twice."""
    config = cluster.config(slurm='jobs = "single"', launches=8, size="2e6")
    cluster.run(cluster.scalelaw, "submit", config)
    folder = only_batch()
    journal = folder / "all.h5.journal"
    number = json.loads((folder / "campaign.json").read_text())["jobs"][0]["id"]
    wait_for(lambda: len(launches_in(journal)) >= 2, "launches")
    cluster.run("scancel", "--signal=USR1", "--batch", number)
    wait_for(lambda: "stopped" in cluster.run(cluster.scalelaw, "status", status=(0, 3)), "the job's end")
    assert "--resume" in (folder / "all.log").read_text()
    assert "pending" in cluster.run(cluster.scalelaw, "collect", "-o", "partial.h5", status=3)
    before = launches_in(journal)

    cluster.run(cluster.scalelaw, "submit", config, "--resume")
    wait_for(lambda: len(launches_in(journal)) >= len(before) + 2, "more launches")
    number = json.loads((folder / "campaign.json").read_text())["jobs"][0]["id"]
    cluster.run("scontrol", "requeue", number)
    count = len(launches_in(journal))
    wait_for(lambda: len(launches_in(journal)) > count or not journal.exists(), "the requeued job")

    # A node daemon is killed; the job fails or waits for its node, and goes on when it is back.
    cluster.kill("slurmd-c3")
    time.sleep(2)
    cluster.revive()
    end_campaign(cluster, config)
    assert_only_slurm_failed("all.h5", 8)


def end_campaign(cluster, config):
    """Waits for the campaign's end; a job that SLURM gave up is submitted again, as a person would."""
    for _ in range(3):
        status = subprocess.run([cluster.scalelaw, "status", "--wait"], capture_output=True, text=True)
        if status.returncode == 0:
            break
        cluster.run(cluster.scalelaw, "submit", config, "--resume")
    text = cluster.run(cluster.scalelaw, "collect", "-o", "all.h5")
    assert "pending" not in text and "crashed" not in text, text


def test_controller_away(cluster):
    """The controller is away for a minute while a job of 20 launches runs: the job goes on."""
    config = cluster.config(slurm='jobs = "single"', launches=5, size="2e6")
    cluster.run(cluster.scalelaw, "submit", config)
    journal = only_batch() / "all.h5.journal"
    wait_for(lambda: len(launches_in(journal)) >= 3, "launches")
    # In order: killed in a job's first seconds, it would not know later that the job had begun.
    cluster.kill("slurmctld", signal.SIGTERM)
    time.sleep(60)
    cluster.revive()
    status = subprocess.run([cluster.scalelaw, "status", "--wait"], capture_output=True, text=True)
    log = (only_batch() / "all.log").read_text()
    assert status.returncode == 0 and "stopped" not in log, (status.stdout, log)
    cluster.run(cluster.scalelaw, "collect", "-o", "all.h5")
    assert_only_slurm_failed("all.h5", 5)


def test_node_lost(cluster):
    """A node's daemon is killed under a running job, and comes back: no point fails."""
    config = cluster.config(slurm='jobs = "single"', launches=10, size="2e6")
    cluster.run(cluster.scalelaw, "submit", config)
    journal = only_batch() / "all.h5.journal"
    wait_for(lambda: len(launches_in(journal)) >= 3, "launches")
    cluster.kill("slurmd-c3")
    time.sleep(15)  # longer than SLURM waits for a node
    cluster.revive()
    end_campaign(cluster, config)
    assert_only_slurm_failed("all.h5", 10)


def main():
    name, programs = sys.argv[1:]
    if not (SOURCE / ".venv/bin/python").exists():
        print("skipped: there is no .venv to read results with; scripts/setup makes it")
        sys.exit(77)
    with Cluster(programs) as cluster:
        globals()[f"test_{name}"](cluster)


if __name__ == "__main__":
    main()

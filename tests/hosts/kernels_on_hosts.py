"""Every kernel on several hosts, joined by real TCP: what all ranks compute is serial's to the last
bit, and the record says which host each rank ran on.

usage: tests/support/with-hosts tests/hosts/kernels_on_hosts.py FOLDER-OF-PROGRAMS

Exit status: 0 well, 1 failed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

KERNELS = {
    "prime_sieve": ["--limit", "3e6"],
    "matrix_mean": ["--rows", "500", "--cols", "301"],
    "dot_product": ["--length", "200001"],
    "image_compression": ["--images", "3", "--width", "200", "--height", "130", "--spread", "4"],
}
HAS_INPUT = ["matrix_mean", "dot_product", "image_compression"]


class Hosts:
    """The hosts that with-hosts made."""

    def __init__(self, programs, folder):
        self.names = os.environ["SCALELAW_HOSTS"].split()
        self.programs = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(folder)
        net = os.environ["SCALELAW_HOSTS_NET"]
        self.mca = {"plm_rsh_agent": os.environ["SCALELAW_HOSTS_AGENT"], "pml": "ob1",
                    "btl": "tcp,self", "btl_tcp_if_include": net, "oob_tcp_if_include": net,
                    "mpi_yield_when_idle": "1"}

    def ranks_per_host(self, ranks):
        """Ranks in order of their hosts: as many hosts as ranks fill evenly."""
        used = min(ranks, len(self.names))
        return {name: ranks // used for name in self.names[:used]}

    def mpirun(self, ranks):
        per_host = self.ranks_per_host(ranks)
        words = ["mpirun", "-np", str(ranks), "--bind-to", "none", "--host",
                 ",".join(f"{name}:{count}" for name, count in per_host.items())]
        for name, value in self.mca.items():
            words += ["--mca", name, value]
        return words

    def run(self, driver, kernel, options=(), launcher=()):
        """The record of a driver: header and samples."""
        report = self.folder / "record.jsonl"
        words = [*launcher, self.programs / driver, kernel, *KERNELS[kernel], *options,
                 "--warmups", "0", "--samples", "2", "--diagnostics", "1", "--report", report]
        environment = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1",
                                    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        lines = [json.loads(line) for line in report.read_text().splitlines()]
        assert lines[-1]["record"] == "end" and lines[-1]["verified"], lines[-1]
        return lines[0], [line for line in lines if line["record"] == "sample"]


def facts_of(samples):
    (facts,) = {json.dumps(sample["facts"], sort_keys=True) for sample in samples}
    return facts


def placements(kernel):
    """Ranks and options: everything at three hosts, the plain way at two ranks and at six."""
    yield 2, []
    yield 6, []
    yield 3, []
    yield 3, ["--distribution", "dynamic"]
    if kernel in HAS_INPUT:
        yield 3, ["--data", "scatter"]
        yield 6, ["--data", "scatter", "--distribution", "dynamic"]


def check(hosts, kernel):
    _, samples = hosts.run("scalelaw-serial", kernel)
    expected = facts_of(samples)
    for ranks, options in placements(kernel):
        header, samples = hosts.run("scalelaw-mpi", kernel, options, hosts.mpirun(ranks))
        what = f"{kernel} on {ranks} ranks {' '.join(options)}"
        assert facts_of(samples) == expected, f"{what}: {facts_of(samples)}, serial {expected}"
        wanted = [name for name, count in hosts.ranks_per_host(ranks).items()
                  for _ in range(count)]
        ran_on = [rank["host"] for rank in sorted(header["ranks"], key=lambda rank: rank["rank"])]
        assert ran_on == wanted, f"{what}: ranks ran on {ran_on}, not {wanted}"
        assert header["placement"]["nodes"] == len(set(wanted)), header["placement"]
        print(f"{what}: as serial; hosts {' '.join(ran_on)}")


def main():
    (programs,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(programs, folder)
        for kernel in KERNELS:
            check(hosts, kernel)


if __name__ == "__main__":
    main()

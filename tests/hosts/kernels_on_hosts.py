"""Every kernel on several hosts, joined by real TCP: what all ranks compute is the plainest driver's to the
last bit, and the record says which host each rank ran on.  The kernels and their options are those that the
driver describes.

usage: tests/support/with-hosts tests/hosts/kernels_on_hosts.py FOLDER-OF-PROGRAMS

Exit status: 0 well, 1 failed.
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from described import all_kernels, environment, own_drivers, words  # noqa: E402

WORK = 1e4  # of a pass: an operation may be a message between hosts


class Hosts:
    """The hosts that with-hosts made."""

    def __init__(self, folder):
        self.names = os.environ["SCALELAW_HOSTS"].split()
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
        command = ["mpirun", "-np", str(ranks), "--bind-to", "none", "--host",
                   ",".join(f"{name}:{count}" for name, count in per_host.items())]
        for name, value in self.mca.items():
            command += ["--mca", name, value]
        return command

    def run(self, driver, kernel, params, options=(), launcher=()):
        """The record of a driver: header and samples."""
        record = self.folder / "record.jsonl"
        command = [*launcher, driver.path, kernel, *words(params), *words(dict(options)),
                   "--warmups", "0", "--samples", "2", "--diagnostics", "1", "--record", record]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
        lines = [json.loads(line) for line in record.read_text().splitlines()]
        assert lines[-1]["record"] == "end" and lines[-1]["verified"], lines[-1]
        return lines[0], [line for line in lines if line["record"] == "sample"]


def facts_of(header, samples):
    """Those of all samples; nothing where each has its own, as those of a race."""
    if header.get("agreement") == "sample":
        return None
    (facts,) = {json.dumps(sample["facts"], sort_keys=True) for sample in samples}
    return facts


def runs(driver, kernel):
    """(ranks, parameters, options): each variant of the kernel and each option of the driver at least once, at two
    ranks, three and six in turn."""
    lists = [(3, 6, 2), driver.variants(kernel, most_work=WORK), driver.option_sets(kernel)]
    for i in range(max(map(len, lists))):
        yield tuple(one[i % len(one)] for one in lists)


def check(hosts, kernel, drivers):
    ranked = next(driver for driver in drivers if driver.ranked)
    expected = {}
    for ranks, params, options in runs(ranked, kernel):
        key = json.dumps(params)
        if key not in expected:
            expected[key] = facts_of(*hosts.run(drivers[0], kernel, params))
        header, samples = hosts.run(ranked, kernel, params, options, hosts.mpirun(ranks))
        what = f"{kernel} {params} {options} on {ranks} ranks"
        facts = facts_of(header, samples)
        assert facts == expected[key], f"{what}: {facts}, by itself {expected[key]}"
        wanted = list(itertools.chain.from_iterable(
            [name] * count for name, count in hosts.ranks_per_host(ranks).items()))
        ran_on = [rank["host"] for rank in sorted(header["ranks"], key=lambda rank: rank["rank"])]
        assert ran_on == wanted, f"{what}: ranks ran on {ran_on}, not {wanted}"
        assert header["placement"]["nodes"] == len(set(wanted)), header["placement"]
        print(f"{what}: the same; hosts {' '.join(ran_on)}")


def main():
    (programs,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(folder)
        for kernel, drivers in all_kernels(own_drivers(programs)).items():
            check(hosts, kernel, drivers)


if __name__ == "__main__":
    main()

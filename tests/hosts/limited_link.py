"""Shows that scattered data is bound by the network, and local data is not.

usage: tests/support/with-hosts --rate 100mbit tests/hosts/limited_link.py FOLDER-OF-PROGRAMS [MBIT]

Three hosts, one rank each, and links of MBIT (default 100) Mbit/s: a dot product whose vectors the
root sends out, and one whose vectors are where they are needed.  Not among the tests, since it
judges times: run it on a machine that does nothing else.  Exit status 1 when the time to
send differs by more than a fifth from what the link allows, or local data was slowed.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

LENGTH = 1_500_000
RANKS = 3
BYTES_PER_ITEM = 16


def samples(programs, data, folder):
    report = pathlib.Path(folder) / f"{data}.jsonl"
    net = os.environ["SCALELAW_HOSTS_NET"]
    hosts = ",".join(f"{host}:1" for host in os.environ["SCALELAW_HOSTS"].split()[:RANKS])
    mca = {"plm_rsh_agent": os.environ["SCALELAW_HOSTS_AGENT"], "btl": "tcp,self",
           "btl_tcp_if_include": net, "oob_tcp_if_include": net, "mpi_yield_when_idle": "1"}
    words = ["mpirun", "-np", str(RANKS), "--host", hosts, "--map-by", "ppr:1:node:PE=1",
             "--bind-to", "core"]
    for name, value in mca.items():
        words += ["--mca", name, value]
    words += [pathlib.Path(programs) / "scalelaw-mpi", "dot_product", "--length", str(LENGTH),
              "--data", data, "--warmups", "1", "--samples", "5", "--batch", "1",
              "--record", report]
    environment = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL, timeout=100)
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    return [line for line in lines if line["record"] == "sample"]


def main():
    programs = sys.argv[1]
    bits_per_s = float(sys.argv[2] if len(sys.argv) > 2 else 100) * 1e6
    with tempfile.TemporaryDirectory() as folder:
        scatter = samples(programs, "scatter", folder)
        local = samples(programs, "local", folder)
    # The root keeps its own share; all other shares leave by its one link.
    sent_bits = LENGTH * BYTES_PER_ITEM * 8 * (RANKS - 1) / RANKS
    link_s = sent_bits / bits_per_s
    distribute_s = statistics.median(
        max(rank["phases_s"]["distribute"] for rank in sample["ranks"]) for sample in scatter)
    local_s = statistics.median(sample["total_s"] for sample in local)
    ratio = distribute_s / link_s
    print(f"to send {sent_bits / 8e6:.1f} MB the link needs {link_s:.3f} s")
    print(f"scatter: distribute {distribute_s:.3f} s, {ratio:.2f} of that")
    print(f"local:   all of it  {local_s:.4f} s, {local_s / link_s:.4f} of that")
    return 0 if abs(ratio - 1) <= 0.2 and local_s < 0.2 * link_s else 1


if __name__ == "__main__":
    sys.exit(main())

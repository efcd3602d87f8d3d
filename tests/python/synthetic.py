"""A results file with known contents: T(p) of Amdahl's law, noise, and what a campaign stores."""

from __future__ import annotations

import json

import h5py
import numpy as np
from scalelaw_results import seal

TEXT = h5py.string_dtype("utf-8")
MODELS = {"serial": [(1, 1)], "openmp": [(1, p) for p in (1, 2, 4, 8)],
          "mpi": [(p, 1) for p in (1, 2, 4, 8)], "hybrid": [(1, 2), (2, 2), (4, 2)]}
SERIAL_FRACTION = {"serial": 0.02, "openmp": 0.02, "mpi": 0.05, "hybrid": 0.03}
KERNELS = {"dot_product": ("length", "bytes", True), "matrix_mean": ("rows", "bytes", True),
           "prime_sieve": ("limit", "numbers", False), "image_compression": ("height", "pixels", False)}
LAUNCHES, SAMPLES = 8, 3


def campaign_tables(seed: int = 1):
    """The tables of a campaign, as dictionaries of columns."""
    rng = np.random.default_rng(seed)
    points, launches, samples, ranks, fits, predictions = [], [], [], [], [], []
    series = 0
    for kernel, (size, unit, bound) in KERNELS.items():
        for scaling in ("strong", "weak"):
            for model, placements in MODELS.items():
                for count, threads in placements:
                    workers = count * threads
                    grown = workers if scaling == "weak" else 1
                    operations = 1e9 * grown
                    points.append({
                        "id": f"{kernel}/{scaling}/{model}/{count}x{threads}", "experiment": "synthetic",
                        "kernel": kernel, "implementation": "scalelaw", "model": model, "scaling": scaling,
                        "series": series, "params": json.dumps({size: int(operations)}),
                        "options": "{}", "nodes": 1, "ranks_per_node": count, "threads": threads,
                        "oversubscribed": workers > 4,
                        "work": json.dumps({"operations": operations, "amount": 8 * operations, "unit": unit,
                                            "compulsory_bytes": 8 * operations, "memory_bound": bound}),
                        "state": "converged", "reason": ""})
                    s = SERIAL_FRACTION[model]
                    truth = 0.5 * (s + (1 - s) * grown / workers)
                    add_launches(rng, len(points) - 1, truth, s, count, launches, samples, ranks)
                add_laws(series, model, scaling, fits, predictions)
                series += 1
    for length in (1e4, 1e6, 1e8):  # a sweep of the size, where threads cost 20 us and ranks 100 us
        for model, overhead in (("serial", 0), ("openmp", 2e-5), ("mpi", 1e-4)):
            for workers in (1,) if model == "serial" else (1, 2, 4):
                points.append({
                    "id": f"sweep/{length}/{model}/{workers}", "experiment": "sweep", "kernel": "vector_norm",
                    "implementation": "scalelaw", "model": model, "scaling": "strong", "series": series,
                    "params": json.dumps({"length": int(length)}), "options": "{}", "nodes": 1,
                    "ranks_per_node": workers if model == "mpi" else 1,
                    "threads": workers if model == "openmp" else 1, "oversubscribed": False,
                    "work": json.dumps({"operations": length, "amount": 8 * length, "unit": "bytes",
                                        "compulsory_bytes": 8 * length, "memory_bound": True}),
                    "state": "converged", "reason": ""})
                truth = 1e-9 * length / workers + overhead * (workers > 1)
                add_launches(rng, len(points) - 1, truth, 0.01, 1, launches, samples, ranks)
            series += 1
    for workers in (1, 2, 4, 8):
        points.append({
            "id": f"memory_read/{workers}", "experiment": "ceilings", "kernel": "memory_read",
            "implementation": "scalelaw", "model": "openmp", "scaling": "strong", "series": series,
            "params": "{}", "options": "{}", "nodes": 1, "ranks_per_node": 1, "threads": workers,
            "oversubscribed": False,
            "work": json.dumps({"operations": 1e9, "amount": 8e9, "unit": "bytes", "compulsory_bytes": 8e9,
                                "memory_bound": True}),
            "state": "converged", "reason": ""})
        add_launches(rng, len(points) - 1, 0.48 / workers**0.9, 0, 1, launches, samples, ranks)
    return {"points": points, "launches": launches, "samples": samples, "ranks": ranks, "fits": fits,
            "predictions": predictions}


def add_launches(rng, point, truth, serial, count, launches, samples, ranks):
    for block in range(LAUNCHES):
        launch = len(launches)
        launches.append({"point": point, "block": block, "command": "scalelaw-mpi", "started": "2025-01-01T00:00:00Z",
                         "wall_s": 2.0, "exit_code": 0, "state": "ok", "reason": "", "busy": False,
                         "free_cores": 2.0, "log_tail": "", "header": "{}"})
        shift = rng.normal(1, 0.004)
        for index in range(SAMPLES):
            total = truth * shift * rng.normal(1, 0.004)
            phases = {"distribute_s": 0.0, "prepare_s": serial * total, "compute_s": 0.93 * (1 - serial) * total,
                      "combine_s": 0.05 * (1 - serial) * total, "finish_s": 0.02 * (1 - serial) * total}
            for rank in range(count):
                wait = 0.03 * total * rank  # which is part of a timed sample's combine
                ranks.append({"sample": len(samples), "rank": rank, **phases, "wait_s": wait,
                              "total_s": total, "items": 10}
                             | {"compute_s": phases["compute_s"] - wait, "combine_s": phases["combine_s"] + wait})
            samples.append({"launch": launch, "index": index, "diagnostic": False, "total_s": total, **phases,
                            "facts": json.dumps({"sum": "0x1p+3"}), "verified": True, "fault": ""})


def add_laws(series, model, scaling, fits, predictions):
    s = SERIAL_FRACTION[model]
    laws = {"amdahl": lambda p: 1 / (s + (1 - s) / p), "usl": lambda p: p / (1 + s * (p - 1) + 1e-4 * p * (p - 1))}
    if scaling == "weak":
        laws = {"gustafson": lambda p: p - s * (p - 1)}
    if model == "serial":
        return
    for law, curve in laws.items():
        fits.append({"series": series, "law": law, "parameter": "serial_fraction", "value": s, "low": 0.8 * s,
                     "high": 1.2 * s, "goodness": 0.999, "identifiable": True, "reason": ""})
        for kind, error in (("a_priori", 0.03), ("fitted", 0.0), ("held_out", 0.01)):
            for p in (8,) if kind == "held_out" else (1, 2, 4, 8, 16):
                value = curve(p) * (1 + error)
                predictions.append({"series": series, "law": law, "kind": kind, "workers": p, "speedup": value,
                                    "low": value * (1 - 0.02 * np.log2(p)), "high": value * (1 + 0.02 * np.log2(p)),
                                    "measured": np.nan, "error": np.nan, "inside": False})


def write(path, tables=None, schema=1) -> None:
    """Writes the tables as a results file; one of schema 2 has room for its seal."""
    tables = tables or campaign_tables()
    with h5py.File(path, "w", userblock_size=seal.BYTES if schema > 1 else 0) as file:
        file.attrs["schema"] = schema
        campaign = file.create_group("campaign")
        campaign.attrs.update({"name": "synthetic", "config": "[campaign]\n", "seed": 1})
        environment = file.create_group("environment")
        environment.attrs["cpu.model"] = "a machine that was made up"
        for name, rows in tables.items():
            columns = list(rows[0])
            kinds = [TEXT if isinstance(v, str) else np.asarray(v).dtype for v in rows[0].values()]
            table = np.array([tuple(row.values()) for row in rows], dtype=list(zip(columns, kinds)))
            dataset = file.create_dataset(name, data=table)
            dataset.attrs["units"] = np.array(["s" if c.endswith("_s") else "1" for c in columns], dtype=TEXT)

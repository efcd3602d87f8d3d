"""A history as the program tells it, small and made up: a point with a step, one with a trend, and one that failed at
times."""

CAMPAIGNS, STEP = 12, 7
POINT = {"experiment": "e", "implementation": "scalelaw", "options": {}, "scaling": "strong", "nodes": 1,
         "ranks_per_node": 1, "clock": "measured", "noise": 0.004}
CHANGED = [{"name": "build.revision", "before": "old", "after": "new", "times_changed": 1},
           {"name": "config.measuring.samples", "before": "3", "after": "x" * 60, "times_changed": 2}]


def ratio(value):
    return {"value": value, "low": value * 0.99, "high": value * 1.01}


def line(number, factors, **further):
    times = [{"campaign": campaign, "median_s": 0.01 * factor * (1 + 0.004 * (-1) ** campaign), "low_s": 0.0099 * factor,
              "high_s": 0.0101 * factor, "level_s": 0.01 * factor, "marks": ["busy"] if campaign % 5 == 0 else []}
             for campaign, factor in enumerate(factors) if factor]
    return POINT | {"id": f"point-{number}", "kernel": "dot_product" if number < 3 else "prime_sieve",
                    "params": {"length": 1e6}, "model": "openmp" if number % 2 else "mpi", "threads": number + 1,
                    "times": times, "steps": [], "trend": None, "left_out": []} | further


def answer():
    """What `scalelaw history --format json` might print."""
    step = {"campaign": STEP, "campaign_before": STEP - 1, "ratio": ratio(1.05), "p_value": 0.002, "changed": CHANGED}
    trend = {"per_campaign": ratio(1.01), "per_month": ratio(1.3), "p_value": 0.001}
    crashed = [{"campaign": campaign, "state": "crashed", "reason": "signal 11"} for campaign in (3, 4)]
    flat = [1.0] * CAMPAIGNS
    return {
        "schema": 1, "false_alarms": 0.01, "fewest_campaigns": 10,
        "findings": [{"kind": "step", "text": "1 of 4 points takes more time", "value": 1.05, "low": 1.04, "high": 1.06,
                      "line": 0}],
        "campaigns": [{"file": f"nightly/r{number}.h5", "campaign": "nightly", "started": f"2026-02-{number + 1:02}T03:04:05Z",
                       "host": "h", "cpu_model": "unknown", "revision": "a", "driver_revision": "b"}
                      for number in range(CAMPAIGNS)],
        "lines": [
            line(0, [1.0] * STEP + [1.05] * (CAMPAIGNS - STEP), steps=[step]),
            line(1, [1.01**number for number in range(CAMPAIGNS)], trend=trend),
            line(2, [None if number in (3, 4) else 1.0 for number in range(CAMPAIGNS)], left_out=crashed),
            line(3, flat), line(4, [], left_out=crashed),
        ],
        "omitted": [{"file": "nightly/notes.h5", "reason": "it is no results file"}],
    }

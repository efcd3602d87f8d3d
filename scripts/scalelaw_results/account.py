"""Where the time of a pass goes: every second of every rank counted once."""

from __future__ import annotations

import pandas as pd

from .campaign import Campaign

#: In the order of a pass.  idle_s: a rank is done, and the slowest is not.
PHASES = ("distribute_s", "prepare_s", "compute_s", "wait_s", "combine_s", "finish_s", "idle_s")


def rank_phases(ranks: pd.DataFrame) -> pd.DataFrame:
    """PHASES of rows of `ranks`, of timed samples, which must have `sample_s`, the sample's total.

    In a timed sample a rank's combine begins when its own items are done, so that combine_s holds wait_s;
    here it does not.  What a rank's phases leave of the sample is idle_s: they add up to sample_s.
    """
    wait = ranks[["wait_s", "combine_s"]].min(axis=1).clip(lower=0)
    out = ranks.assign(wait_s=wait, combine_s=ranks["combine_s"] - wait)
    known = [phase for phase in PHASES if phase != "idle_s"]
    out["idle_s"] = (ranks["sample_s"] - out[known].sum(axis=1)).clip(lower=0)
    return out[list(PHASES)]


def phases(campaign: Campaign, launches) -> pd.DataFrame:
    """By point, the share of each phase in its workers' time: the mean over the ranks of all timed samples
    of those of its launches that are among `launches`.  The shares of a point add up to 1."""
    samples = campaign.samples.rename_axis("sample").reset_index()
    samples = samples[~samples["diagnostic"].astype(bool) & samples["launch"].isin(launches)]
    samples = samples.assign(point=samples["launch"].map(campaign.launches["point"]), sample_s=samples["total_s"])
    ranks = campaign.ranks.merge(samples[["sample", "point", "sample_s"]], on="sample")
    shares = rank_phases(ranks)
    shares = shares.div(shares.sum(axis=1), axis=0)
    return shares.groupby(ranks["point"]).mean()

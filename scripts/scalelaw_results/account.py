"""Where the time of a pass goes: every second of every rank counted once."""

from __future__ import annotations

import pandas as pd

from .campaign import Campaign

#: What ranks spend beside the phases that their driver names.
WAIT = "wait"  # until the slowest rank has done its items
IDLE = "idle"  # the rank is done, and the slowest is not


def parts(phases: pd.DataFrame) -> list:
    """The columns of rank_phases(): the rows of the campaign's `phases`, and WAIT and IDLE."""
    return [*phases.index, WAIT, IDLE]


def rank_phases(ranks: pd.DataFrame, times: pd.DataFrame, phases: pd.DataFrame) -> pd.DataFrame:
    """The seconds of each part (see parts()) of rows of `ranks`, of timed samples, which must have `sample_s`, the
    sample's total; of those whose driver tells its phases.  They add up to sample_s.  `times` are rows of the
    campaign's phase_times, `phases` its phases.

    In a timed sample a rank's transfer after its last parallel phase begins when its own items are done, so that
    it holds wait_s; here it does not.  What a rank's parts leave of the sample is IDLE.
    """
    times = times.merge(ranks[["sample", "rank", "wait_s"]].reset_index(names="row"), on=["sample", "rank"])
    times = times.assign(role=times["phase"].map(phases["role"]), place=times.groupby("row").cumcount())
    last_parallel = times["place"].where(times["role"] == "parallel").groupby(times["row"]).transform("max")
    held = (times["role"] == "transfer") & (times["place"] > last_parallel.fillna(-1))
    seconds = times["seconds"].where(held, 0.0)
    before = seconds.groupby(times["row"]).cumsum() - seconds  # what these transfers hold until this one
    waited = (times["wait_s"].fillna(0.0) - before).clip(lower=0).combine(seconds, min)
    net = times.assign(seconds=times["seconds"] - waited)
    out = net.pivot_table(index="row", columns="phase", values="seconds", aggfunc="sum", fill_value=0.0)
    out = out.reindex(columns=phases.index, fill_value=0.0)
    out[WAIT] = waited.groupby(times["row"]).sum()
    out[IDLE] = (ranks["sample_s"].loc[out.index] - out.sum(axis=1)).clip(lower=0)
    return out[parts(phases)]


def phases(campaign: Campaign, launches) -> pd.DataFrame:
    """By point, the share of each part in its workers' time: the mean over the ranks of all timed samples of those
    of its launches that are among `launches`.  The shares of a point add up to 1.  Points whose driver does not
    tell its phases have none."""
    samples = campaign.samples.rename_axis("sample").reset_index()
    samples = samples[~samples["diagnostic"].astype(bool) & samples["launch"].isin(launches)]
    samples = samples.assign(point=samples["launch"].map(campaign.launches["point"]), sample_s=samples["total_s"])
    ranks = campaign.ranks.merge(samples[["sample", "point", "sample_s"]], on="sample")
    times = campaign.phase_times[campaign.phase_times["sample"].isin(samples["sample"])]
    shares = rank_phases(ranks, times, campaign.phases)
    shares = shares.div(shares.sum(axis=1), axis=0)
    return shares.groupby(ranks["point"]).mean()

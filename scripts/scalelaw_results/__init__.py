"""Results of scalelaw in Python.

    from scalelaw_results import load, scaling

    campaign = load("results/laptop.h5")
    campaign.samples          # a pandas table with one row per sample
    scaling(campaign)         # one row per point: median, speedups, efficiencies, throughput; of each
                              # quantity Q the columns Q, Q_low and Q_high, its 95 % interval
"""

from .campaign import Campaign, ResultsError, load
from .scaling import scaling, summarize
from .statistics import Estimate, median, ratio

__all__ = ["Campaign", "Estimate", "ResultsError", "load", "median", "ratio", "scaling", "summarize"]

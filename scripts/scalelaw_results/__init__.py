"""Results of scalelaw in Python.

    from scalelaw_results import load, scaling, fit, predict, compare

    campaign = load("results/laptop.h5")
    campaign.samples          # a pandas table with one row per sample
    scaling(campaign)         # one row per point: median, speedups, efficiencies, rate; of each quantity
                              # its value, and the ends of its 95 % interval
    fit("results/laptop.h5")                    # the laws fitted to each series
    predict("results/laptop.h5", [64, 256])     # what they say about other numbers of workers
    compare("results/old.h5", "results/new.h5") # which points became slower

Every number comes from the program scalelaw: from the tables that it wrote into the file, or, where a file has
none, from the program itself (found by SCALELAW_BIN, in the checkout's build folder, in its prefix, or on the PATH).
"""

from .campaign import Campaign, load
from .program import ResultsError, compare, fit, predict
from .scaling import Estimate, estimates, scaling

__all__ = ["Campaign", "Estimate", "ResultsError", "compare", "estimates", "fit", "load", "predict", "scaling"]

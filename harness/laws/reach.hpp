#pragma once

#include "harness/laws/fit.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {

/// The number of workers where the fitted law's T(p) is least: with more, it gets slower.  For
/// strong series.  Infinity when the law has no such point (Amdahl, Gustafson), or none up to 10^9
/// workers.  Workers are added as ranks with as many threads each as the largest placement of
/// `series`.
Estimate peak_workers(const LawFit& fit, const Series& series);

/// The number of workers where the efficiency S(p)/p falls below 0.5.  Infinity when it does not up
/// to 10^9 workers.
Estimate half_efficiency_workers(const LawFit& fit, const Series& series);

/// The load of `workers` workers of `series`, with as many threads per rank as the largest measured
/// placement.
Load load_of(const Series& series, double workers);

}  // namespace scalelaw::harness

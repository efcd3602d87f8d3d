#pragma once

#include "harness/laws/fit.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {

/// The workers beyond which adding more makes it slower, by the fitted law: where its T(p) is least
/// in strong series.  Infinity when the law knows no such point (Amdahl, Gustafson).
/// Workers are added as ranks with as many threads each as the largest of `series`.
Estimate peak_workers(const LawFit& fit, const Series& series);

/// The workers beyond which each is worth less than half: where the efficiency S(p)/p falls below
/// 0.5.  Infinity when it never does up to 10^9 workers.
Estimate half_efficiency_workers(const LawFit& fit, const Series& series);

/// What a law would know of `workers` workers of `series`, with as many threads in each rank as the
/// largest placement measured.
Load load_of(const Series& series, double workers);

}  // namespace scalelaw::harness

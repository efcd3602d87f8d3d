#pragma once

#include "harness/laws/fit.hpp"

namespace scalelaw {

/// The workers beyond which adding more makes it slower, by the fitted law: where its T(p) is least
/// in strong series.  Infinity when the law knows no such point (Amdahl, Gustafson).
Estimate peak_workers(const LawFit& fit);

/// The workers beyond which each is worth less than half: where the efficiency S(p)/p falls below
/// 0.5.  Infinity when it never does up to 10^9 workers.
Estimate half_efficiency_workers(const LawFit& fit, Scaling scaling);

}  // namespace scalelaw

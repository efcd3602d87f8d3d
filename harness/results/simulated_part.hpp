#pragma once

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What was simulated, of a results file in which the measured campaign follows the simulated one;
/// of any other, all of it.  Nothing that was derived stays: it speaks of both.
Results without_measured(Results results);

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// How much of its work each timed sample of a point lost, for points whose kernel says so: by a fact
/// called `lost`, a number.
using Losses = std::map<std::int64_t, std::vector<double>>;
Losses losses_in(const Results& results);

/// Whether a point lost any.  Its times are then those of a wrong result, and no advice.
bool has_lost(const Losses& losses, std::int64_t point);

}  // namespace scalelaw::harness

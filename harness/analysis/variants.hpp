#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/laws/efficiency.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// A point and the first point that differs from it only in one driver option.  It shows what the
/// option gains at that placement, and whether a more even load is the reason.
struct Variant {
  std::int64_t first = 0, other = 0;  ///< indices into Results::points
  std::string option;                 ///< in which they differ: schedule, distribution, overlap
  nlohmann::json first_value,
      other_value;  ///< an option that a point does not name has its default
  Ratio gain;       ///< the first one's seconds / the other's: above 1 is faster
  std::optional<double> first_balance, other_balance;  ///< mean / max time in compute over workers
};

/// All variants, by option, then in the order of the points.  Only points with a time and with
/// equal work, model, scaling and placement are compared.
std::vector<Variant> variants_of(const Results& results, const std::vector<Summary>& summaries,
                                 const SampleIndex& samples);

}  // namespace scalelaw::harness

#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What was seen of one launch during its timed samples.  `header`: that of its record.
ObservedSummary observed_of(const nlohmann::json& header, std::span<const Sample> samples);

/// The medians of what was seen of each launch, of those that tell.
ObservedSummary medians_of(const std::vector<ObservedSummary>& launches);

/// The share of a launch's processor time that others took during its timed samples, on the rank
/// that lost most: steal, and waits for a processor.  NaN: unknown.
/// - Steal is that of all processors that the rank may use, and its share is one of their time.
///   Where the record does not say which they are, it is unknown.
/// - Steal is counted in hundredths of a second.  The first two hundredths may be rounding, and are
///   left out.
/// - Where threads have no processors of their own (`oversubscribed`, or a binding that is not
///   proven), they wait for each other: waits are left out.
double lost_share(const nlohmann::json& header, std::span<const Sample> samples,
                  bool oversubscribed);

}  // namespace scalelaw::harness

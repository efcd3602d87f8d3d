#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/laws/predictions.hpp"

namespace scalelaw::harness {

/// One law's row: predictions in the order of the workers asked for, and its reach.
struct Outlook {
  std::string title, law;
  PredictionKind kind = PredictionKind::extrapolated;
  std::string reason;  ///< why there are no numbers
  std::vector<Prediction> predictions;
  std::optional<Estimate> peak, half;
};

/// What every law says about `workers`: the a priori ones first.
std::vector<Outlook> outlooks(const Series& series, const SeriesLaws& laws,
                              const std::vector<std::int64_t>& workers);

/// The series that have more than one placement.
std::vector<Series> scaling_series(const Results& results);

}  // namespace scalelaw::harness

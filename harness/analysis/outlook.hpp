#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/laws/predictions.hpp"

namespace scalelaw::harness {

/// What predictions are requested.
struct Question {
  std::vector<std::int64_t> workers{};
  std::vector<std::string> laws{};     ///< beside the combined prediction; "all" is each of them
  std::vector<double> efficiencies{};  ///< up to how many workers does it stay above each?
  bool far = false;                    ///< also beyond `too_far` times the largest measured p
  std::int64_t hold_out = 0;           ///< leave so many of the largest p out, and predict the last
};

/// A row of predictions, in the order of the requested workers, and its reach.
struct Outlook {
  std::string title, law;
  PredictionKind kind = PredictionKind::extrapolated;
  std::string reason{};  ///< why there are no numbers
  std::vector<Prediction> predictions{};
  std::optional<Estimate> peak{}, half{};
};

/// The combined prediction, then the baselines, then the requested laws, of which the a priori ones
/// come first.
std::vector<Outlook> outlooks(const Series& series, const SeriesLaws& laws,
                              const std::vector<std::int64_t>& workers,
                              const std::vector<std::string>& wanted);

/// The series that have more than one placement.
std::vector<Series> scaling_series(const Results& results);

}  // namespace scalelaw::harness

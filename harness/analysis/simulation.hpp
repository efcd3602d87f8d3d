#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// What a prediction may be off before it is said to leave a simulation.
constexpr double departure = 0.1;

/// A simulated point beside the measured one of the same work and placement.
struct Validation {
  std::int64_t simulated = 0, measured = 0;  ///< indices into Results::points
  double error = 0;                          ///< of the simulated time, relative to the measured
};

/// One prediction from what was measured, against a simulated series.
struct HeldAgainst {
  std::string law;    ///< as in Prediction::law
  std::string title;  ///< for people
  std::int64_t first =
      0;  ///< the workers from which on it is off by more than `departure`; 0: none
  double first_error = 0;     ///< of its speedup there, relative to the simulated one
  std::int64_t farthest = 0;  ///< the most workers at which the two were compared
  double farthest_error = 0;
};

/// What is said of one simulated series.
struct SimulatedSeries {
  const ReportSeries* simulated = nullptr;
  const ReportSeries* measured = nullptr;  ///< the same work, measured; null: there is none
  std::vector<Validation> validated;       ///< by workers, more than one; a single one says nothing
  std::vector<HeldAgainst> predictions;    ///< the combined one first
  /// The role whose share of the time grows most from the fewest to the most workers.
  std::optional<Role> grows;
  double grows_from = 0, grows_to = 0;  ///< its share of the time there
};

/// The simulated series of the report that have several workers, in its order.
std::vector<SimulatedSeries> simulated_series(const Report& report);

/// Predictions of the laws that were fitted to measured points, at the workers that were simulated.
std::vector<Prediction> predictions_to_simulated(const Report& report);

/// "validated at p = 2, 4: error 3 %, 5 %", or "not validated".
std::string validation_text(const SimulatedSeries& series, const Report& report);

}  // namespace scalelaw::harness

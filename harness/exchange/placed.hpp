#pragma once

#include "harness/exchange/measurement.hpp"

namespace scalelaw::harness {

/// The placement that the counts of a measurement amount to.  A lone number of workers counts as
/// ranks of one node.  `options`: of its import, for advice.
/// Errors: throws Error when nothing says the number of workers, and when counts contradict each
///         other.
Placement placement_of(const Measurement& measurement, const ImportOptions& options);

/// What kind of program has such counts: "workers", "ranks", "threads" or both.  The name of a model
/// that its file does not name.
std::string model_of(const Measurement& measurement);

}  // namespace scalelaw::harness

#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// No point of a config passes its filters.
struct NoPointPasses : Error {
  using Error::Error;
};

/// Whether `point` passes every filter "KEY=VALUE": kernel, model, scaling, experiment,
/// implementation, or a placement's nodes, ranks, threads, workers.
/// Errors: throws Error for a filter of another form, or an unknown key.
bool passes(const Point& point, const std::vector<std::string>& filters);

/// Leaves the points that pass.
/// Errors: those of passes(); NoPointPasses when none is left, and Error when there was none.
void keep_filtered(std::vector<Point>& points, const std::vector<std::string>& filters);

}  // namespace scalelaw::harness

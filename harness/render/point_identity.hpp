#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// What tells a point from others in documents that line up several files: id, experiment, kernel,
// implementation, params, options, scaling, model and placement.

/// As the first members of an object.
nlohmann::ordered_json identity_json(const Point& point);
/// As the first cells of a row of CSV, and the names of these columns.
std::vector<std::string> identity_cells(const Point& point);
std::vector<std::string> identity_columns();

}  // namespace scalelaw::harness

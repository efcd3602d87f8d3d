#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/exchange/format.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

// What Extra-P's two formats share.

/// A parameter that says part of a placement.
struct PlacementParameter {
  std::string name;
  std::int64_t (*value)(const Placement&) = nullptr;
};

/// Those of nodes, ranks and threads that some placement has several of; at least one.
std::vector<PlacementParameter> placement_parameters(const std::vector<Placement>& placements);

/// The name of the metric that holds the times.
constexpr const char* time_metric = "time";

/// Notes that the times are taken for seconds, unless the user named their unit: no file says it.
void note_assumed_unit(Reading& reading, const ImportOptions& options);

}  // namespace scalelaw::harness

#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The identity of a point, as text.  Points of two campaigns with equal identities can be
/// compared: kernel, implementation, model, scaling, placement, all parameters with their defaults,
/// and the options that are not the default.
std::string identity_of(const Point& point, const nlohmann::json& all_params);

}  // namespace scalelaw::harness

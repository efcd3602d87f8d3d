#pragma once

#include <nlohmann/json.hpp>

namespace scalelaw::harness {

/// Checks the work of a pass, in a driver's description or its record: types, ranges and names.
/// The caller decides which keys must be there.
/// Errors: throws Fault (results/json_fields.hpp).
void check_work(const nlohmann::json& work);

}  // namespace scalelaw::harness

#pragma once

#include <nlohmann/json.hpp>

namespace scalelaw::harness {

/// The rules of the work of a pass, as a driver's description and its record have it: types, ranges
/// and names.  Which keys must be there is for the caller to say.
/// Errors: throws Fault (record_fields.hpp).
void check_work(const nlohmann::json& work);

}  // namespace scalelaw::harness

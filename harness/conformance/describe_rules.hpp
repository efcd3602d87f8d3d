#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw::harness {

// The rules of what a driver prints on --describe (docs/record.md, contract/describe.schema.json).
// Each function returns what is wrong, naming the field and its value, e.g. "`model.ranked` must be
// true or false, not 1"; empty when nothing is.  None throws.

/// The fault of what `DRIVER --describe` printed.
std::string fault_of_catalogue(const nlohmann::json& catalogue);

/// The fault of what `DRIVER KERNEL --describe` printed.
std::string fault_of_answer(const nlohmann::json& answer);

/// Where an accepted answer contradicts the accepted catalogue.
std::string fault_beside_catalogue(const nlohmann::json& answer, const std::string& kernel,
                                   const nlohmann::json& catalogue);

/// Why a parameter or option of an accepted catalogue cannot have this value: "must be true or
/// false, not 1".
std::string fault_of_value(const nlohmann::json& value, const nlohmann::json& param);

}  // namespace scalelaw::harness

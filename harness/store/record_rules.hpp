#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

struct Record;

// The rules that a record's values must keep (docs/record.md): types, ranges, and sense beside one
// another.  This is the one place that judges them; whatever reads an accepted record may trust it.
// Each function returns what is wrong, naming the field and its value, e.g. "`timer` must be an
// object, not null"; empty when nothing is.  None throws.

std::string fault_of_header(const nlohmann::json& header);

/// `header` is an accepted one; `expected_index` counts the samples before this one.
std::string fault_of_sample(const nlohmann::json& sample, const nlohmann::json& header,
                            std::int64_t expected_index);

/// The fault of the last line, given the header and the samples of `record`.
std::string fault_of_end(const nlohmann::json& end, const Record& record);

/// What the harness knows of a launch by itself.
struct LaunchFacts {
  std::int64_t samples = 0;  ///< timed ones that were asked for; 0: unknown
  double wall_s = 0;         ///< of the whole process; 0: unknown, or not on this clock
};

/// The fault of a whole record, given what the harness knows.
std::string fault_of_claims(const Record& record, const LaunchFacts& facts);

}  // namespace scalelaw::harness

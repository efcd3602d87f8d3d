#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

struct Record;

// The rules that a record's values must keep (docs/record.md): types, ranges, and consistency with
// each other.  Only these functions judge them; code that reads an accepted record may rely on it.
// Each function returns what is wrong, with the field and its value, e.g. "`timer` must be an
// object, not null"; empty when nothing is wrong.  None throws.

std::string fault_of_header(const nlohmann::json& header);

/// The fault of a sample's line.  `header` is accepted; `expected_index` is the number of samples
/// before this one.
std::string fault_of_sample(const nlohmann::json& sample, const nlohmann::json& header,
                            std::int64_t expected_index);

/// The fault of the last line, given the header and the samples of `record`.
std::string fault_of_end(const nlohmann::json& end, const Record& record);

/// What the harness knows about a launch without its record.
struct LaunchFacts {
  std::int64_t samples = 0;  ///< requested timed samples; 0: unknown
  double wall_s = 0;         ///< of the whole process; 0: unknown, or not on this clock
};

/// The fault of a whole record, given what the harness knows.
std::string fault_of_claims(const Record& record, const LaunchFacts& facts);

}  // namespace scalelaw::harness

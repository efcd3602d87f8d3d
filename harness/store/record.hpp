#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What could be read of a driver's record (docs/record.md).
struct Record {
  nlohmann::json header;        ///< null when there is none
  std::vector<Sample> samples;  ///< the whole ones, in order; Sample::launch is 0
  bool ended = false;           ///< there is an `end` line that agrees with the samples
  std::string fault;            ///< why the record is not whole; empty when it is
  bool refused = false;         ///< there is a record, but the system does not let it be read
};

/// Reads a record as far as it goes.  What a driver wrote before it died is data, too.
/// Errors: none.  `fault` says what is wrong.  Nothing after the first bad line is used.
Record parse_record(std::string_view text);

/// parse_record() of a file.  A missing, empty or unreadable file is also a fault.
Record read_record(const std::string& path);

}  // namespace scalelaw::harness

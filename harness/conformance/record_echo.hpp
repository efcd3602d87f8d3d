#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/store/record.hpp"

namespace scalelaw::harness {

/// What was requested of a driver in one run.
struct AskedFor {
  const nlohmann::json& catalogue;  ///< accepted by fault_of_catalogue()
  std::string kernel;
  const nlohmann::json& answer;  ///< accepted; of the same parameters and options
  bool default_options = true;   ///< no option was given
  std::int64_t warmups = 0;
  bool own_samples = false;  ///< the driver decides how many a launch has
  std::int64_t samples = 2;
  std::int64_t diagnostics = 0;
  std::int64_t batch = 0;  ///< 0: automatic
  std::int64_t seed = 1;
  std::int64_t ranks = 1;
  std::int64_t threads = 1;
};

/// Where a record differs from what was requested; empty when it does not.
std::string fault_of_echo(const Record& record, const AskedFor& asked);

}  // namespace scalelaw::harness

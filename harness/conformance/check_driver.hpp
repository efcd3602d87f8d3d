#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/conformance/finding.hpp"
#include "harness/conformance/program.hpp"

namespace scalelaw::harness {

/// What to check.
struct DriverCheck {
  std::string program{};  ///< a path, or a name in PATH
  std::string kernel{};   ///< empty: every kernel of the driver
  Words arguments{};      ///< of each run of the kernel; none: a small size is chosen
  double limit_s = 60;    ///< of each run
};

/// Runs the driver as a harness would, and in ways in which it must fail.  Reports each check as
/// soon as it is done.  Returns the driver's catalogue.  When the driver has no usable catalogue,
/// returns null and checks nothing else.  Stops early when the harness is interrupted
/// (process/interrupt.hpp).
/// Errors: throws Error when there is no such program, or no such kernel.
nlohmann::json check_driver(const DriverCheck& what, const Tell& tell);

}  // namespace scalelaw::harness

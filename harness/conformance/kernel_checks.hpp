#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/conformance/finding.hpp"
#include "harness/conformance/program.hpp"

namespace scalelaw::harness {

/// A kernel of a driver with an accepted catalogue.
struct KernelUnderCheck {
  const Program& program;
  const nlohmann::json& catalogue;
  std::string kernel;
  Words arguments;      ///< of the person; none: a small size is chosen
  std::string scratch;  ///< a folder for records
};

/// Checks one kernel: its description, what it refuses, its runs and their records, and how it
/// ends.
void check_kernel(const KernelUnderCheck& what, const Tell& tell);

}  // namespace scalelaw::harness

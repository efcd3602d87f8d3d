#pragma once

#include <string>

#include "harness/process/process.hpp"

namespace scalelaw::harness {

/// What one of SLURM's commands complained, on one line, without its own name before each sentence.
std::string plain_fault(const Printed& printed);

/// What to do about a complaint of SLURM's commands: a wrong option, partition, account or limit is
/// the config's fault, a controller that does not answer is not.
std::string slurm_hint(const std::string& fault);

}  // namespace scalelaw::harness

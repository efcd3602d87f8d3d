#pragma once

#include <string>

#include "harness/process/process.hpp"

namespace scalelaw::harness {

/// The complaint of one of SLURM's commands, on one line, without its name before each sentence.
std::string plain_fault(const Printed& printed);

/// The remedy for a complaint of SLURM's commands.  A wrong option, partition, account or limit is
/// the config's fault; a controller that does not answer is not.
std::string slurm_hint(const std::string& fault);

}  // namespace scalelaw::harness

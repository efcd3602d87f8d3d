#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/field.hpp"

namespace scalelaw::harness {

/// A command to execute: argv, never a shell's text, and the environment added to the harness's
/// own.
struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string cpus;  ///< Linux CPU list that the process is bound to; empty: left as it is
};

/// The command as a person would type it in a POSIX shell, everything quoted that needs it.
std::string to_string(const Command& command);
// Beside the one for enums, which a declaration here would otherwise hide.
using scalelaw::to_string;

}  // namespace scalelaw::harness

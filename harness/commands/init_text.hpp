#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/plan/catalog.hpp"

namespace scalelaw::harness {

/// What a new config is to measure: a command, or a kernel of this project's drivers.
struct InitChoice {
  std::string name;  ///< of the campaign; empty: made from the command or the kernel
  std::vector<std::string> command;
  std::map<std::string, std::string> env;  ///< of the command
  std::string kernel;
  std::string size;  ///< a count or "auto"; empty: one to be changed, where it is needed
  std::string threads, ranks, nodes;  ///< counts separated by commas, or "auto"; empty: none
  std::string time, check;            ///< patterns
  std::int64_t launches = 0;          ///< of each point; 0: as the config has it
};

/// A commented config for a command.
/// Errors: throws Error for counts that are none, and for placeholders with unbalanced braces.
std::string config_of_command(const InitChoice& choice);

/// A commented config for a kernel, which these drivers have.
/// Errors: likewise.
std::string config_of_kernel(const InitChoice& choice, const std::vector<const Driver*>& drivers);

/// The config of a campaign that was measured before, which `text` is, with the name, counts and
/// launches that are chosen.
/// Errors: likewise; throws Error for a key that the config does not have.
std::string config_again(const InitChoice& choice, const std::string& text);

/// The name of the campaign, when none is chosen.
std::string default_name(const InitChoice& choice);

}  // namespace scalelaw::harness

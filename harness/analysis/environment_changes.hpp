#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// An entry of the environment or the config that differs between two campaigns.
struct EnvironmentChange {
  std::string name;           ///< e.g. "driver.build.revision", "config.measuring.samples"
  std::string before, after;  ///< "unset": a variable or a key that is not there
};

/// What may explain a change of times, by dotted names: the environment without the entries that
/// describe a moment (load, free memory, job numbers), each key of the config as
/// "config.TABLE.KEY", and as "nodes" those that a batch system granted.
std::map<std::string, std::string> explaining_entries(const Results& results);

/// The entries that differ, by name.  Entries that only one of two programs records are no change.
std::vector<EnvironmentChange> changes_between(const std::map<std::string, std::string>& before,
                                               const std::map<std::string, std::string>& after);

/// The lines "key = value" of a config, as "TABLE.KEY" to the value as written.  The second
/// [[experiment]] is "experiment 2".  A list over several lines is one value.
std::map<std::string, std::string> config_entries(const std::string& text);

}  // namespace scalelaw::harness

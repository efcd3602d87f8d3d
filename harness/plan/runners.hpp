#pragma once

#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/plan/driver_facts.hpp"

namespace scalelaw::harness {

/// What runs a series: our own driver of a model, a driver of the config, or a peer's.
struct Runner {
  Model model;  ///< of a driver that did not answer, the name alone
  std::string implementation = own_implementation;
  const Driver* driver = nullptr;  ///< null when it is not there or cannot be used
  std::string missing;             ///< why it cannot run the kernel; empty: it can
  bool is_peer = false;
};

/// The runners of an experiment: its models, or all that exist, and its peers; or its drivers of the
/// config, of which the others are peers of the first.
/// Errors: throws Error with file and line for a name close to an existing one, and for a peer that
///         lacks the kernel.
std::vector<Runner> find_runners(const Experiment& experiment, const std::string& file,
                                 const DriverFacts& drivers);

/// "did you mean 'X'?", or "choose one of: ..." when none is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names);

template <class T>
std::vector<std::string> names_of(const std::map<std::string, T>& all) {
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name);
  return out;
}

}  // namespace scalelaw::harness

#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/config/campaign.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/needs.hpp"
#include "harness/plan/runners.hpp"

namespace scalelaw::harness {

/// The options that an experiment sets, as drivers take them: a count written "4Ki" becomes a
/// number.  Adds what is wrong with them to `faults`, with file and line: a name that no driver of
/// the kernel knows, with the nearest known one; a value of the wrong type, that is not a choice,
/// or out of range.
std::vector<Setting> checked_options(const Experiment& experiment, const std::string& file,
                                     const DriverFacts& drivers, std::vector<Error>& faults);

/// Likewise for the options of its peers, of which those count that can be used.  While one of them
/// cannot, a name that no other knows is left in the list.
std::vector<Setting> checked_peer_options(const Experiment& experiment, const std::string& file,
                                          const DriverFacts& drivers, std::vector<Error>& faults);

/// A runner as a user of the options of `experiment`.
OptionUser option_user(const Runner& runner, const Experiment& experiment,
                       const DriverFacts& drivers);

/// The distinct sets of `options` that a user can use, in order.
std::vector<nlohmann::json> option_sets(const std::vector<Setting>& options,
                                        const OptionUser& user);

/// Adds to `faults` each option that none of the `users` can use, and each that lacks a parameter.
void check_options_used(const std::vector<Setting>& options, const std::vector<OptionUser>& users,
                        const Experiment& experiment, const std::string& file,
                        std::vector<Error>& faults);

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/machine/machine.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The most nodes that an experiment names; 1 for "auto".
std::int64_t most_nodes(const Campaign& campaign);

/// Changes a campaign so that it is simulated: the ranks of [simulate], one pass a launch, nothing
/// that only a real machine has, and no messages between two ranks beside other experiments.
void prepare_simulation(Campaign& campaign);

/// The machine of [simulate], for a plan.  `here`: this machine.
Machine simulated_machine(const Campaign& campaign, const Machine& here);

/// The measured campaign that [simulate] names; null when it names none.
/// Errors: throws Error when it cannot be read, or is a simulation itself.
std::shared_ptr<const Results> read_measured(const Campaign& campaign);

/// Makes `environment` that of a simulation on this machine: what it says of the machine is what the
/// measured campaign says of its own, since all times follow from that.  This machine's entries get
/// the names "simulated.on.NAME".
void take_machine(const Results& measured, std::map<std::string, std::string>& environment);

/// Names simulated points so that none is taken for a measured one.
void set_apart(std::vector<Point>& points);

/// Appends what was measured to what was simulated, each in series of its own.  without_measured()
/// takes it away again.
void add_measured(const Results& measured, Results& results);

}  // namespace scalelaw::harness

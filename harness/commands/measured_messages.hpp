#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"
#include "harness/simulate/calibration.hpp"

namespace scalelaw::harness {

/// The messages between two ranks of one node, or of two.
struct PairMessages {
  std::int64_t nodes = 1;
  MeasuredMessages times;
};

/// What the kernel `collectives` measured of messages between two ranks: between two nodes, where
/// the file has that.  The limit of messages that leave ahead is the first size that mostly did not.  What
/// reading the clock costs does not count.
/// `file`: for messages.
/// Errors: throws Error when there is no ping-pong, or when they are of several experiments, drivers
/// or options: their times are no single curve.
PairMessages messages_of(const Results& results, const std::string& file);

/// Takes from a measured campaign that has a ping-pong of two ranks on one node what its messages
/// take there: into those of `options` that nobody gave.  Returns why it could not, for people; an
/// empty text when there is nothing to say.
std::string take_node_messages(const Results& measured, const std::string& file,
                               SimulateOptions& options);
/// The same, of a calibration.
void take_node_messages(const Calibration& calibration, SimulateOptions& options);

/// Leaves out what is measured between two ranks, and so says nothing of more, unless there is
/// nothing else.
void leave_out_messages(std::vector<Experiment>& experiments);

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <string>

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

}  // namespace scalelaw::harness

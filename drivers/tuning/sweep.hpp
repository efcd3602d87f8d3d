#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "drivers/tuning/median.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw::driver {

/// What a loop is tried with: prefetch distances up to a page and none, with each number of places
/// that it can read in turn.
std::vector<Streaming> candidates_for(StreamLoop loop);

/// A candidate, with its time in each round.
struct Tried {
  Streaming streaming;
  std::vector<double> seconds;
};

/// Times each candidate once in each round, in an order that turns from round to round, so that a
/// slow moment of the machine does not fall on one candidate.
std::vector<Tried> sweep(const std::vector<Streaming>& candidates, int rounds,
                         const std::function<double(const Streaming&)>& seconds_of);

/// What a sweep says of a candidate.
struct Verdict {
  Streaming streaming;
  MedianInterval seconds;
  MedianInterval of_fastest;  ///< its time over the fastest's, round by round
  bool as_good = false;       ///< the interval of that ratio contains 1
};

/// A verdict for each candidate.  The fastest, by the median, is first; the others keep their order.
std::vector<Verdict> judge(const std::vector<Tried>& tried);

/// The fastest candidate, if it takes less than 0.97 of `usual`'s time by the medians; else `usual`,
/// which must be among them.  A calibration is too short to find smaller differences.
Streaming clearly_fastest(const std::vector<Tried>& tried, const Streaming& usual);

}  // namespace scalelaw::driver

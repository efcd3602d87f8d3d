#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/noise.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// The cost of messages at one placement, from the `collectives` that the same campaign measured
/// there: the latency of one step of a tree, and the bandwidth through the root.  Two message sizes
/// separate the two.  They are measured, not fitted, because a strong series' own times cannot
/// separate them: bytes (r - 1)/r has the form of a serial and a parallel share.
/// Source: Hockney, "The communication challenge for MPP", Parallel Computing 20 (1994):
///         t(m) = latency + m/bandwidth;
///         Thakur, Rabenseifner & Gropp, IJHPCA 19 (2005), section 4: ceil(log2 r) steps.
struct Exchange {
  double latency_s = 0;              ///< of one step: an allreduce of 8 bytes over its steps
  double bandwidth_bytes_per_s = 0;  ///< of the bytes that leave or reach the root
  std::optional<Interval> latency_interval_s{}, bandwidth_interval{};
  double bytes = 0;  ///< that the root sends in a pass over one worker's work
  Noise noise{};     ///< of the logarithm of seconds()

  /// Seconds that the messages of one pass take: the steps of the tree, and the shares of all ranks
  /// except the root.  `work`: relative to one worker's.  0 for one rank.
  [[nodiscard]] double seconds(double ranks, double work) const;
};

/// ceil(log2 ranks): the steps of a tree.
double tree_steps(double ranks);

/// The cost of messages in passes of `point`'s series at `placement` (more than one rank).  Nothing
/// when the collectives were not measured there.  `bytes` is `point`'s own: see exchanged_bytes().
std::optional<Exchange> measured_exchange(const Results& results,
                                          const std::vector<Summary>& summaries, const Point& point,
                                          const Placement& placement);

/// The bytes that the root distributes in one pass of `point`: all input where it is scattered, 0
/// where each rank has its own.  Nothing where messages overlap with computing (overlap, dynamic
/// distribution), so that their time cannot be told apart.
std::optional<double> exchanged_bytes(const Point& point);

}  // namespace scalelaw::harness

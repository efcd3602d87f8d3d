#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/noise.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// What messages cost at one placement, by the `collectives` that the same campaign measured there:
/// the latency of a step of a tree, and the bandwidth through the root, separated by two message
/// sizes.  A strong series' own times cannot separate them: bytes (r - 1)/r has the form of its
/// serial and parallel shares.  Therefore they are measured, not fitted.
/// Source: Hockney, "The communication challenge for MPP", Parallel Computing 20 (1994):
///         t(m) = latency + m/bandwidth;
///         Thakur, Rabenseifner & Gropp, IJHPCA 19 (2005), section 4: ceil(log2 r) steps.
struct Exchange {
  double latency_s = 0;              ///< of one step: an allreduce of 8 bytes over its steps
  double bandwidth_bytes_per_s = 0;  ///< of the bytes that leave or reach the root
  std::optional<Interval> latency_interval_s{}, bandwidth_interval{};
  double bytes = 0;  ///< that the root sends in a pass over one worker's work
  Noise noise{};     ///< of the logarithm of seconds()

  /// Seconds that the messages of one pass take: log2-many steps, and the shares of all ranks but
  /// the root.  `work`: relative to one worker's.  0 for one rank.
  [[nodiscard]] double seconds(double ranks, double work) const;
};

/// ceil(log2 ranks): the steps of a tree.
double tree_steps(double ranks);

/// What the collectives say of the passes of `point`'s series at `placement` (more than one rank);
/// nothing when they were not measured there.  `bytes` is `point`'s own: see exchanged_bytes().
std::optional<Exchange> measured_exchange(const Results& results,
                                          const std::vector<Summary>& summaries, const Point& point,
                                          const Placement& placement);

/// The bytes that the root deals out in one pass of `point`: all input where it is scattered, 0
/// where each rank has its own.  Nothing where messages overlap with computing (overlap, dynamic
/// distribution), so that they have no time of their own.
std::optional<double> exchanged_bytes(const Point& point);

}  // namespace scalelaw::harness

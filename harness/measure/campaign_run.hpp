#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/backoff.hpp"
#include "harness/launch/job.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/machine/gate.hpp"
#include "harness/results/results.hpp"
#include "harness/store/journal.hpp"

namespace scalelaw::harness {

/// The progress of a running campaign, for a progress line.
struct Progress {
  std::int64_t points_done = 0;
  std::int64_t points = 0;    ///< to be measured
  std::int64_t skipped = 0;   ///< beside these
  std::int64_t launches = 0;  ///< ended so far
  std::int64_t block = 0;
  const Point* now = nullptr;  ///< about to be launched; nullptr: the capacity gate, or the end
  double pause_s = 0;          ///< about to be waited, since what starts drivers failed; else 0
  double elapsed_s = 0;
  double remaining_s = 0;  ///< estimated: from the plan, and from the launches so far
  /// The widest interval of the points that are not done: half of it, relative to the median; NaN
  /// while none has one.
  double widest = std::numeric_limits<double>::quiet_NaN();

  /// How much of the campaign's time has passed.
  [[nodiscard]] double share() const {
    return remaining_s > 0 ? elapsed_s / (elapsed_s + remaining_s) : 1;
  }
};

/// Everything that measuring needs from outside, so that a test can supply it.
struct MeasureTools {
  Launcher* launcher = nullptr;
  /// The driver's start for a point, with its warm-ups, `samples`, diagnostics, seed and timeout,
  /// that writes its record to `record` (make_job).
  std::function<Job(const Point& point, std::int64_t samples, const std::string& record)> job;
  GateProbe gate;  ///< how many cores are free; empty: no gate (its launches say "unknown")
  std::function<void(const Progress&)> progress;  ///< may be empty
  bool real_time = true;  ///< the launcher starts real programs (for estimates of time)
  std::string scratch;    ///< an existing folder for the drivers' records, seen by every node
  /// What granted the nodes that it starts programs on (Launch::allocation), and these, of which a
  /// point has the first.  Without any, a launch has the nodes that its ranks name.
  std::string allocation{};
  std::vector<std::string> nodes{};
  Pause pause = sleep_unless_interrupted;  ///< between a failure that is not the driver's and the
                                           ///< next try
};

/// Measures every pending point of `results`.  It launches all points in interleaved blocks, in a
/// seeded random order; each launch makes warm-ups and samples, as many as samples_of() says.  A
/// point ends when its launches are settled() or is_hopeless(), or with its budget or its last
/// allowed launch.
/// With a budget of the campaign, blocks are complete until every point has its fewest launches.
/// Then each takes a quarter of what is left of the budget, for the points that narrow the speedups
/// most (most_worthwhile()).  Launches of a resumed campaign, with the gate before each block, have
/// spent a part of the budget.
/// Each launch is appended to
/// results.launches, results.samples and the journal at once; then the points' states and reasons
/// are set.  Launches that already exist (a resumed campaign) count.
/// A launch that failed for reasons outside the driver (Launch::cause) is kept but not counted.  It
/// is repeated after pauses of 1, 2, 4 ... s: for half a minute, or for five minutes if the
/// scheduler failed, since a controller or a node may come back.  Failing points wait together.
/// Those that still fail then stay pending, so that a resumed campaign measures them.
/// When the harness is interrupted, it discards the current launch and returns.  Points without a
/// verdict then stay pending.
/// Each launch says in which allocation and on which nodes it ran.  A point that has its interval
/// from another allocation is done: launches of this one would take the interval from it.
/// Errors: throws Error when the journal cannot be written.  A failing driver is not an error.
/// Source: Hoefler & Belli, "Scientific Benchmarking of Parallel Computing Systems", SC15.
void measure(Results& results, const Measuring& measuring, const MeasureTools& tools,
             Journal& journal);

}  // namespace scalelaw::harness

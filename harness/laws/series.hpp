#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/laws/exchange.hpp"
#include "harness/laws/fit.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Whether a point has a time that may be compared: one of its launches succeeded, and neither its
/// result nor its placement was wrong.
bool has_time(const Point& point, const Summary& summary);

/// How many times faster `time_s` is than `base_s`, when it did `work` times the work.  Every
/// speedup that is called measured is this one.
double measured_speedup(double base_s, double time_s, double work);

/// A point's operations (its work model); 1 when the work model does not say.
double operations_of(const Point& point);

/// The operations of `point`, one of `points`, relative to the work of one worker of its series; 1
/// in a strong series.
double relative_work(const std::vector<Point>& points, const Point& point);

/// The points that differ only in placement (in weak series also in the size that it implies).
struct Series {
  struct Member {
    std::int64_t point = 0;  ///< index into Results::points
    Load load;
    bool timed = false;   ///< has_time()
    bool fitted = false;  ///< timed and not oversubscribed: the laws see it
    double median_s = 0;  ///< when timed: the median that tables show
    LogTime time;         ///< when timed; noise pooled over the series where it has one launch
  };

  std::int64_t id = 0;
  std::vector<Member> members;   ///< by workers, then nodes, ranks per node, threads
  const Point* first = nullptr;  ///< names the kernel, the model and the scaling of all
  /// The exchange at the placement with the most ranks whose collectives were measured.  Its bytes
  /// are those of one worker's work.  Members have the time at their own placement in
  /// load.exchange_s, where it was measured.
  std::optional<Exchange> exchange;
  std::string exchange_missing;  ///< why there is none

  /// The member with one worker; nothing when it has no time.
  [[nodiscard]] const Member* one_worker() const;
  [[nodiscard]] std::vector<Observation> observations() const;
};

/// The series without the members at the `count` largest p.
Series without_largest(const Series& series, std::int64_t count);

/// The series of `results` except ceilings, in order of their first point.  The pointers live as
/// long as `results`.
std::vector<Series> series_of(const Results& results, const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness

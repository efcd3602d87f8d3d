#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/fit.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// How fast memory was read in a campaign: its `memory_read` points.
class ReadCeilings {
 public:
  /// Both must outlive it.
  ReadCeilings(const Results& results, const std::vector<Summary>& summaries);

  /// The ceiling's point for a memory-bound point: of the same model and placement, and of the
  /// working set that is nearest to its own, within ceiling_reach.  A problem that sits in a cache
  /// is never held against main memory, nor the other way round.  -1: none was measured.
  [[nodiscard]] std::int64_t for_point(const Point& point) const;

  /// Bytes per second that all workers of a ceiling's point read together.
  [[nodiscard]] Estimate bytes_per_s(std::int64_t ceiling) const;

  /// Why a share of for_point()'s ceiling above `suspicious_share` is no contradiction, for a
  /// reader: the ceiling is of another working set, or is itself not certain.
  [[nodiscard]] std::string doubt(const Point& point, std::int64_t ceiling) const;

 private:
  [[nodiscard]] const Point& at(std::int64_t point) const {
    return results_.points[static_cast<std::size_t>(point)];
  }

  const Results& results_;
  const std::vector<Summary>& summaries_;
  std::vector<std::int64_t> timed_;  ///< indices of the memory_read points that have a time
};

/// Nothing reads faster than the machine; a larger share of a ceiling needs an explanation.
constexpr double suspicious_share = 1.1;

}  // namespace scalelaw::harness

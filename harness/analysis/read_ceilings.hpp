#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/fit.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// The speeds at which memory was read in a campaign, from its `memory_read` points.
class ReadCeilings {
 public:
  /// Both must outlive it.
  ReadCeilings(const Results& results, const std::vector<Summary>& summaries);

  /// The ceiling's point for a memory-bound point.  It has the same model and placement, and the
  /// nearest working set within ceiling_reach.  So a problem in a cache is never compared with main
  /// memory, nor the reverse.  Of several as near, the one that reads the most, in which what a pass
  /// costs beside reading counts least, and of these the fastest.  -1: none was measured.
  [[nodiscard]] std::int64_t for_point(const Point& point) const;

  /// The bytes per second that all workers of a ceiling's point read together.
  [[nodiscard]] Estimate bytes_per_s(std::int64_t ceiling) const;

  /// Explains to a reader why a share of for_point()'s ceiling can exceed `suspicious_share`: the
  /// ceiling is of another working set, or is itself uncertain.
  [[nodiscard]] std::string doubt(const Point& point, std::int64_t ceiling) const;

 private:
  /// What a pass of a ceiling's point reads, all its times.
  [[nodiscard]] double read_bytes(std::int64_t ceiling) const;
  /// Whether `one` shows better than `other` what memory gives.
  [[nodiscard]] bool reads_more(std::int64_t one, std::int64_t other) const;
  [[nodiscard]] const Point& at(std::int64_t point) const {
    return results_.points[static_cast<std::size_t>(point)];
  }

  const Results& results_;
  const std::vector<Summary>& summaries_;
  std::vector<std::int64_t> timed_;  ///< indices of the memory_read points that have a time
};

/// A larger share of a ceiling needs an explanation, because nothing reads faster than the machine.
constexpr double suspicious_share = 1.1;

}  // namespace scalelaw::harness

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/analysis/limits.hpp"
#include "harness/analysis/read_ceilings.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Makes the rows of /scaling.  All numbers of a point come from here: files store these rows, and
/// reports, Python and figures show them.
class ScalingRows {
 public:
  /// All must outlive it.
  ScalingRows(const Results& results, const std::vector<Summary>& summaries,
              const ReadCeilings& ceilings, const Limits& limits);

  /// A point's time, rate and marks, without speedups: the row of a point that belongs to no
  /// series.
  [[nodiscard]] ScalingRow alone(std::int64_t point) const;

  /// The row of a member of a series, with speedups over the series' baselines.  `row`: alone().
  [[nodiscard]] ScalingRow of(ScalingRow row, const Series& series, const Series::Member& member,
                              const std::optional<Baseline>& serial,
                              const std::optional<Baseline>& own) const;

 private:
  [[nodiscard]] ObservedSummary seen_of(const Summary& summary) const;
  [[nodiscard]] Ratio speedup(const Baseline& base, const ScalingRow& row) const;
  void add_ceiling(ScalingRow& row) const;
  void add_limit(ScalingRow& row) const;

  const Results& results_;
  const std::vector<Summary>& summaries_;
  const ReadCeilings& ceilings_;
  const Limits& limits_;
  std::vector<std::span<const Sample>> samples_;  ///< of each launch
};

/// Whether reading memory may limit a point, and the point is not a ceiling itself.
bool is_memory_bound(const Point& point);

/// Converts between a value that may have an interval and a quantity.
Bracketed bracketed(const Ratio& ratio);
std::optional<Interval> interval_of(const Bracketed& quantity);

/// Whether the value is known.
bool is_known(const Bracketed& quantity);

}  // namespace scalelaw::harness

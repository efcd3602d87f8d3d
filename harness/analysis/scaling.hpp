#pragma once

#include <optional>
#include <vector>

#include "harness/analysis/read_ceilings.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Makes the rows of /scaling: the one place where the numbers of a point come from.  What is
/// stored, and what reports, Python and figures show, are these rows.
class ScalingRows {
 public:
  /// All must outlive it.
  ScalingRows(const Results& results, const std::vector<Summary>& summaries,
              const ReadCeilings& ceilings);

  /// A point's time, rate and marks, without any speedup: all that there is to say of a point that
  /// belongs to no series.
  [[nodiscard]] ScalingRow alone(std::int64_t point) const;

  /// The row of a member of a series, over the baselines of the series.
  [[nodiscard]] ScalingRow of(const Series& series, const Series::Member& member,
                              const std::optional<Baseline>& serial,
                              const std::optional<Baseline>& own) const;

 private:
  [[nodiscard]] Ratio speedup(const Baseline& base, const ScalingRow& row) const;
  void add_ceiling(ScalingRow& row) const;

  const Results& results_;
  const std::vector<Summary>& summaries_;
  const ReadCeilings& ceilings_;
};

/// Whether reading memory may limit a point, and is not what it measures.
bool is_memory_bound(const Point& point);

/// A value that may have an interval as a quantity, and the other way round.
Bracketed bracketed(const Ratio& ratio);
std::optional<Interval> interval_of(const Bracketed& quantity);

/// Whether the value is known.
bool is_known(const Bracketed& quantity);

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/read_ceilings.hpp"
#include "harness/laws/fit.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// The least seconds that a point needs for one thing, at the speed that was measured for it.
struct Limit {
  std::string name;         ///< memory_read, or a rate of core_rate
  std::int64_t point = -1;  ///< where that speed was measured
  double least_s = 0;
};

/// The limits of points: what their work models say that they must read and compute, at the speeds
/// that the same campaign measured at the same placement.
/// Source:  the roofline model: Williams, Waterman, Patterson, CACM 52(4), 2009.
class Limits {
 public:
  /// All must outlive it.
  Limits(const Results& results, const std::vector<Summary>& summaries,
         const ReadCeilings& ceilings);

  /// The lowest limit of a point, which is the one that needs the most seconds: a perfect program
  /// does everything else meanwhile.  Nothing if none of its speeds was measured.  Times of a
  /// pretended or simulated machine say nothing of cores.
  [[nodiscard]] std::optional<Limit> lowest(const Point& point) const;

  /// What all workers of a core_rate point do in a second.
  [[nodiscard]] Estimate per_s(std::int64_t point) const;

 private:
  [[nodiscard]] std::optional<Limit> memory(const Point& point) const;
  /// Where the cores did that fastest, whatever the options: of several instruction sets, the best.
  [[nodiscard]] std::int64_t rate_for(const Point& point, const std::string& rate) const;

  const Results& results_;
  const std::vector<Summary>& summaries_;
  const ReadCeilings& ceilings_;
  std::vector<std::int64_t> timed_rates_;  ///< indices of the core_rate points that have a time
};

/// Why a point's share of its limit is implausible, if that is a rate of the cores; empty: it is
/// plausible, or memory's, of which ScalingRow::ceiling_doubt tells.
std::string limit_doubt(const ScalingRow& row);

/// Which rate a core_rate point measured.
std::string rate_of(const Point& point);

}  // namespace scalelaw::harness

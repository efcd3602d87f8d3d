#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/marks.hpp"
#include "harness/laws/noise.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// How much slower a point may be before it counts: 5 %, about what rebuilding or rebooting
/// changes.
constexpr double default_tolerance = 0.05;

/// How a point's new time compares with its old one, at a tolerance t.  [low, high] is the 95 %
/// interval of new seconds / old seconds.
enum class Change {
  faster,     ///< high < 1/(1 + t)
  slower,     ///< low > 1 + t
  same,       ///< the interval lies in [1/(1 + t), 1 + t]
  undecided,  ///< it does not, or there is none: more launches would tell
  missing     ///< one of the two has no time
};
constexpr auto enum_names(Change) {
  return std::array<std::string_view, 5>{"faster", "slower", "same", "undecided", "missing"};
}

/// The verdict on one ratio of times.
Change judge_change(const Ratio& ratio, double tolerance);

struct ComparedPoint {
  std::int64_t base = 0, now = 0;  ///< indices into the two Results' points
  double base_s = 0, now_s = 0;    ///< medians; NaN where there is no time
  Ratio ratio;                     ///< new / old; NaN when missing
  Change change = Change::missing;
  std::vector<Mark> base_marks, now_marks;
  double base_hz = Observed::unknown, now_hz = Observed::unknown;  ///< clock rates; NaN: unknown
  /// It is faster or slower, and takes as many cycles as before: the clock rate alone is the reason.
  bool clock_explains = false;
};

struct Comparison {
  double tolerance = 0;
  std::vector<ComparedPoint> points;              ///< matched by identity, in the base's order
  std::vector<std::int64_t> only_base, only_now;  ///< points that the other does not have
  /// Other differences between the campaigns: "cpu.model: A, now B".
  std::vector<std::string> differences;
  [[nodiscard]] std::int64_t count(Change change) const;
  /// Points that are faster or slower by the clock rate alone.
  [[nodiscard]] std::int64_t explained_by_clock() const;
  /// Points that had a time in the base and have failed now.
  [[nodiscard]] std::int64_t newly_failed(const Results& now) const;
};

/// Whether two points that differ in time take as many cycles: the interval of the ratio of cycles
/// lies within the tolerance, or holds 1.
bool same_cycles(const Ratio& cycles, double tolerance);

/// Compares two campaigns point by point.  It omits the machine's ceilings, which do not depend on
/// the build.  The intervals count launches: between two runs of one build, 5 % of the points
/// differ at tolerance 0, and fewer at a larger one.
/// Errors: throws Error when they have no point in common, when the times of a common point are of
/// clocks that are not comparable (real, pretended, simulated), or the tolerance is negative.
Comparison compare(const Results& base, const Results& now, double tolerance);

}  // namespace scalelaw::harness

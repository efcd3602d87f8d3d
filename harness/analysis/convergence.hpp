#pragma once

#include <cstdint>
#include <vector>

namespace scalelaw::harness {

struct Report;

/// Which medians converged: they have a 95 % interval within the target, and one centre.  Every
/// sentence and rule that counts them asks here.
struct Convergence {
  // Points of series, in the order of the report.
  std::vector<std::int64_t> timed;  ///< all that have a time
  std::vector<std::int64_t> wide;   ///< of these: the interval is wider than the target, or missing
  std::vector<std::int64_t> unstable;  ///< of these: the times have two centres

  [[nodiscard]] std::size_t missed() const { return wide.size() + unstable.size(); }
  [[nodiscard]] std::size_t converged() const { return timed.size() - missed(); }

  /// Where fewer than three quarters converge, those that do are the lucky ones: their intervals
  /// hold less often than they say (docs/methodology.md, section 1).
  [[nodiscard]] bool is_poor() const { return 4 * converged() < 3 * timed.size(); }
};

Convergence convergence_of(const Report& report);

/// Whether the median of a point that has a time converged.  No campaign judged an imported time:
/// its interval decides.
bool has_converged(const Report& report, std::int64_t point);

}  // namespace scalelaw::harness

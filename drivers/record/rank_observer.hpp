#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "common/observation/observer.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {

/// Looks at what happens to this rank during its samples.  A way to look that takes too long beside
/// a sample is omitted, on all ranks; the first rank of a host alone looks at its energy.
class RankObserver {
 public:
  /// `threads`: where the team's threads may run (thread_affinity()).  `sample_s`: about how long a
  /// sample is; infinite when that is not known: then the slow ways are omitted.  Collective.
  RankObserver(Team& team, Comm& comm, const nlohmann::json& threads, double sample_s);

  void begin() { observer_.begin(); }

  /// What was seen since begin(), of one of `passes` passes, as in docs/record.md.
  nlohmann::json end(std::int64_t passes);

  /// The header's `observed` and `unobserved`.
  [[nodiscard]] nlohmann::json header_part() const;

 private:
  void omit_slow_ways();

  Observer observer_;
};

/// Whether a look that takes `cost_s` is too slow for samples of `sample_s`: two of them would take
/// more than a tenth of that.
constexpr bool is_too_slow(double cost_s, double sample_s) {
  return 2 * cost_s > sample_s / 10;
}

}  // namespace scalelaw::driver

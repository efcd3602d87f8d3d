#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw {

/// The processors of a Linux CPU list, "0-3,8,10-11", in ascending order; empty text: none.
/// Errors: throws Error when the text is no such list.
std::vector<int> parse_cpu_list(std::string_view text);

/// The same, the other way round: runs joined, "0-3,8".
std::string format_cpu_list(const std::vector<int>& cpus);

/// A core: the operating-system numbers of the hardware threads (SMT siblings) that share it.
using Core = std::vector<int>;

/// What of a machine this process may use.
struct Cores {
  std::vector<Core> all;  ///< every core that is online
  std::vector<Core>
      allowed;       ///< those that the affinity mask allows a hardware thread of (only these)
  double quota = 0;  ///< CPUs' worth of time that the control group grants; 0: no limit

  /// Workers that can each have a core of their own: allowed cores, at most the quota, at least 1.
  [[nodiscard]] std::int64_t usable() const;
  /// "2 of 64 cores allowed (affinity mask)", "... (quota of the control group: 1.5 CPUs)".
  [[nodiscard]] std::string describe() const;
};

/// The cores of this machine and process.  `root` is put before /proc and /sys, for tests; `mask`
/// is the affinity mask as a CPU list (default: this process's own). A machine without
/// /sys/devices/system/cpu counts each allowed processor as a core.
Cores find_cores(const std::string& root = {}, const std::string& mask = {});

}  // namespace scalelaw

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace scalelaw::harness {

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

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/observation/proc_file.hpp"

namespace scalelaw {

/// The energy counters of this machine (Linux' powercap): of its processors, and of its memory where
/// they tell.
class EnergyMeter {
 public:
  /// Errors: throws Error, saying why it cannot be read.
  explicit EnergyMeter(const std::filesystem::path& powercap = "/sys/class/powercap");

  /// Joules since it was made; NaN when a counter cannot be read.  A counter begins anew after some
  /// minutes; it must be read more often than that.
  double joules();

  /// The zones that it adds up: "package-0, dram".
  [[nodiscard]] std::string zones() const;

 private:
  struct Zone {
    std::string name;
    ProcFile counter;
    double range_uj = 0;  ///< where the counter begins anew
    double last_uj = 0;
  };
  void add_zone(const std::filesystem::path& folder);

  std::vector<Zone> zones_;
  double joules_ = 0;
};

/// How far a counter went from `last` to `now`, when it begins anew at `range`.
double counted(double last, double now, double range);

}  // namespace scalelaw

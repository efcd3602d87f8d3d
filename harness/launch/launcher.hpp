#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/process/command.hpp"
#include "harness/process/outcome.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// One start of a driver: what to run and where.
struct Job {
  std::vector<std::string> driver;  ///< program and its arguments, without the --report option
  Placement placement;
  Model model = Model::serial;
  std::string report;                              ///< the file that rank 0 writes
  std::map<std::string, std::string> environment;  ///< beside the harness's own
  bool oversubscribe = false;
  std::int64_t samples = 0;  ///< timed ones that the driver is asked for; 0: unknown
  double timeout_s = 0;      ///< 0: none
  Scaling scaling = Scaling::strong;
  double work = 1;  ///< of a weak point, relative to its series' one worker; 1 in a strong series
};

/// Starting N ranks somewhere.  `command` is pure, and has golden tests.
class Launcher {
 public:
  virtual ~Launcher() = default;
  [[nodiscard]] virtual Command command(const Job& job) const = 0;
  virtual Outcome run(const Job& job) = 0;
};

}  // namespace scalelaw::harness

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
  std::vector<std::string> driver;  ///< program and its arguments, without the --record option
  Placement placement;
  Model model;
  std::string record;                              ///< the file that rank 0 writes
  std::map<std::string, std::string> environment;  ///< beside the harness's own
  bool oversubscribe = false;
  std::int64_t samples = 0;  ///< requested timed samples; 0: unknown
  double timeout_s = 0;      ///< 0: none
  Scaling scaling = Scaling::strong;
  bool bound = true;  ///< its launcher binds workers to cores, which the record must show
  double work = 1;    ///< of a weak point, relative to its series' one worker; 1 in a strong series

  // The contents of the arguments, for a launcher that starts nothing.
  std::string implementation, kernel;
  nlohmann::json params = nlohmann::json::object();
  nlohmann::json options = nlohmann::json::object();
  std::int64_t seed = 1, warmups = 0, diagnostics = 0;
  // Of its work model, likewise.
  double operations = 0;
  std::int64_t items = 1;
  bool memory_bound = false;
  nlohmann::json work_model = nlohmann::json::object();  ///< all of it
};

/// The properties of a launcher.  The harness asks for these, never for the launcher's name.
struct LauncherTraits {
  bool real_time = true;       ///< it takes the time that its records say; otherwise they pretend
  bool simulates = false;      ///< its times come from a model of a machine
  bool binds = true;           ///< it binds ranks and threads to cores of their own
  bool local = true;           ///< its drivers run on the machine of the harness
  bool on_hosts = false;       ///< it starts them on the hosts that the [mpirun] table names, too
  bool in_allocation = false;  ///< it needs an allocation of a batch system
};

/// Starts N ranks somewhere.  `command` is pure, and has golden tests.
class Launcher {
 public:
  virtual ~Launcher() = default;
  [[nodiscard]] virtual Command command(const Job& job) const = 0;
  virtual Outcome run(const Job& job) = 0;
};

}  // namespace scalelaw::harness

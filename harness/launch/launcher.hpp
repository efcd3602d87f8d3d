#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/results.hpp"

namespace scalelaw {

/// One start of a driver: what to run and where.
struct Job {
  std::vector<std::string> driver;  ///< program and its arguments, without the --report option
  Placement placement;
  Model model = Model::serial;
  std::string report;                              ///< the file that rank 0 writes
  std::map<std::string, std::string> environment;  ///< beside the harness's own
  bool oversubscribe = false;
  double timeout_s = 0;  ///< 0: none
};

/// How a process group ended.
struct Outcome {
  int exit_code = 0;  ///< 128 + n for signal n
  bool timed_out = false;
  double wall_s = 0;
  std::string log;  ///< stdout and stderr together; the last 64 KiB
};

/// A command to execute: argv and the environment added to the harness's own.
struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
};

/// Starting N ranks somewhere.  `command` is pure, and has golden tests.
class Launcher {
 public:
  virtual ~Launcher() = default;
  [[nodiscard]] virtual Command command(const Job& job) const = 0;
  virtual Outcome run(const Job& job) = 0;
};

}  // namespace scalelaw

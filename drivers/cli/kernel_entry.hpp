#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/schedule.hpp"
#include "drivers/cli/driver_options.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's
class App;
}

namespace scalelaw::driver {

/// A kernel bound to its parsed options.
struct BoundKernel {
  std::function<nlohmann::json()> params;  ///< as parsed
  std::function<nlohmann::json(const Options&)> describe;
  std::function<int(const Identity&, const Options&, Team&, Comm&)> run;
  /// Throws Error when the given options contradict each other; null: they cannot.
  std::function<void()> check{};
  /// All faults of inputs and outputs, for --check; computes and writes nothing.
  std::function<std::vector<Error>(const Options&)> file_faults{};
};

/// A kernel in a driver's list.  What a launch of another kernel does not need is a function,
/// because making it for all of them takes as long as a short run.
struct KernelEntry {
  std::string name;
  std::string summary;
  std::function<nlohmann::json()> fields;
  std::string size_parameter;
  Schedule schedule;
  bool needs_ranks = false;  ///< only for models with ranks
  /// The driver's options that apply to this kernel.
  std::function<std::vector<DriverOption>()> options;
  /// Adds the kernel's options to `app`; the result uses the parsed values.
  std::function<BoundKernel(CLI::App& app)> bind;
};

}  // namespace scalelaw::driver

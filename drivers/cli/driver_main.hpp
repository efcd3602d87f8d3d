#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/cli/kernel_entry.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {

/// An execution model: what it is, how many threads, how many processes.
struct ExecutionModel {
  Model is;
  std::function<std::unique_ptr<Team>(int threads)> make_team;
  std::function<std::unique_ptr<Comm>()> make_comm;
  std::function<int()> default_threads{};  ///< of a threaded model
};

/// A driver's whole main: command line, measuring, exit status (docs/record.md).
int driver_main(int argc, char** argv, const std::string& implementation,
                const ExecutionModel& model, const std::vector<KernelEntry>& kernels);

}  // namespace scalelaw::driver

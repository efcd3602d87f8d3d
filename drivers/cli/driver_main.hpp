#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "drivers/record/identity.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {

struct KernelEntry;

/// The project's own kernels (own_kernels.cpp).
std::vector<KernelEntry> own_kernels();

/// An execution model: its description, and how it creates threads and processes.
struct ExecutionModel {
  Model is;
  std::function<std::unique_ptr<Team>(int threads)> make_team;
  std::function<std::unique_ptr<Comm>()> make_comm;
  std::string (*mpi_library)() = nullptr;  ///< for a model that is linked with MPI
  std::function<int()> default_threads{};  ///< for a threaded model
};

/// The whole main of a driver of the kernels that `kernels` lists: command line, measurement, exit
/// status (docs/record.md).
int driver_main(int argc, char** argv, const std::string& implementation,
                const ExecutionModel& model, std::vector<KernelEntry> (*kernels)());

}  // namespace scalelaw::driver

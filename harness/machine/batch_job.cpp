#include "harness/machine/batch_job.hpp"

#include <sys/utsname.h>

#include <array>
#include <cstdlib>

namespace scalelaw::harness {
namespace {

/// A batch system, and the variable in which its jobs find their number.
struct BatchSystem {
  const char* name;
  const char* variable;
};
constexpr std::array<BatchSystem, 5> batch_systems{{{"SLURM", "SLURM_JOB_ID"},
                                                    {"PBS", "PBS_JOBID"},
                                                    {"LSF", "LSB_JOBID"},
                                                    {"Flux", "FLUX_JOB_ID"},
                                                    {"Flux", "FLUX_ENCLOSING_ID"}}};

}  // namespace

std::string batch_job(const Variable& variable) {
  for (const BatchSystem& system : batch_systems) {
    const std::string number = variable(system.variable);
    if (!number.empty()) return std::string(system.name) + " job " + number;
  }
  return {};
}

std::string batch_job() {
  return batch_job([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
}

std::string this_host() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "localhost";
}

}  // namespace scalelaw::harness

#pragma once

#include <functional>
#include <string>

namespace scalelaw::harness {

/// The value of a variable of the process environment; empty: it is not set.
using Variable = std::function<std::string(const char* name)>;

/// The job of a batch system that this process belongs to, e.g. "SLURM job 4711"; empty: none.
std::string batch_job(const Variable& variable);
std::string batch_job();

/// The name of this host, as it calls itself.
std::string this_host();

}  // namespace scalelaw::harness

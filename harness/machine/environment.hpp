#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Names with dots to text: "cpu.model", "env.OMP_PLACES".  Unknown values are "unknown".
using Environment = std::map<std::string, std::string>;

/// Everything about this machine and process that a reader of the numbers may ask for: processor,
/// caches, topology, clocks and governor, NUMA, memory and huge pages, system, control group, load,
/// build and libraries, and the variables of the process environment that capture_variable()
/// allows. `root` is put before /proc, /sys, /etc and /run, for tests (the topology is always this
/// machine's). `variables`: the process environment, as in environ.
Environment capture_environment(const std::string& root, char const* const* variables);
Environment capture_environment();

/// Whether a variable of the process environment may be stored.  Only names known to steer OpenMP,
/// MPI, SLURM or the loader, each spelt out or by a prefix that holds no secrets: never everything
/// with a common beginning (SLURM_JWT is a credential).
bool capture_variable(std::string_view name);

/// Adds what the records say of the drivers: their build, MPI library and clock, under "driver.";
/// different answers are all given.
void add_driver_environment(Results& results);

}  // namespace scalelaw::harness

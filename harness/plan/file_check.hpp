#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Asks the drivers what is wrong with the files that the pending points read and write
/// (DRIVER KERNEL ... --check).  Asks once for each task and set of parameters that names files.
/// Reads every input.
std::vector<Error> find_file_faults(const std::vector<Point>& points, const DriverFacts& drivers,
                                    std::int64_t seed);

/// Likewise for parameters that a driver refused.  Where the refusal is about files, which names
/// only the first fault, returns all faults of the files; else the refusal itself.
std::vector<Error> find_file_faults(const Refusal& refusal, std::int64_t seed);

/// The complaints that a driver printed on stderr, each as "PROGRAM: WHAT" and "  hint: REMEDY".
std::vector<Error> parse_complaints(const std::string& text, const std::string& program);

}  // namespace scalelaw::harness

#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Asks the drivers what is wrong with the files that the pending points read and write
/// (DRIVER KERNEL ... --check), once for each task with a set of parameters that names any.  Reads
/// every input.
std::vector<Error> find_file_faults(const std::vector<Point>& points, const DriverFacts& drivers,
                                    std::int64_t seed);

/// Likewise for what a driver refused: all that is wrong with their files, where the
/// refusal names the first fault; else the refusal itself.
std::vector<Error> find_file_faults(const Refusal& refusal, const DriverFacts& drivers,
                                    std::int64_t seed);

/// What a driver complained on stderr: "PROGRAM: WHAT" and "  hint: REMEDY", any number of times.
std::vector<Error> parse_complaints(const std::string& text, const std::string& program);

}  // namespace scalelaw::harness

#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The experiment that ceilings belong to.
constexpr const char* ceilings_experiment = "ceilings";
constexpr const char* ceiling_read = "memory_read";
constexpr const char* ceiling_rate = "core_rate";
constexpr const char* ceiling_exchange = "collectives";

/// Whether a point is one of the machine's ceilings that the campaign added itself.
bool is_ceiling(const Point& point);

/// Whether a kernel measures the machine and not a program.
bool measures_machine(const std::string& kernel);

/// The bytes that a point works on: its input, all workers together.  NaN when its work model does
/// not say.
double working_set_bytes(const Point& point);

/// How far a ceiling's working set may be from a point's own, as a factor either way.  Beyond it
/// the two may sit in different caches, and nothing is compared.
constexpr double ceiling_reach = 2;

}  // namespace scalelaw::harness

#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// The names of points, wherever people read them.

/// "dot_product length=1000 type=f64": the kernel, its task unless it only computes, and the
/// parameters without the seed.
std::string work_label(const Point& point);

/// "morning: dot_product length=1000": the work, after the experiment's name if it has one.
std::string study_label(const Point& point);

/// study_label(), and ", weak" in a weak series: for tables that mix both kinds of scaling.
std::string scaled_label(const Point& point);

/// "mpi data=scatter", "serial by numpy": the model, the implementation unless it is ours, and the
/// options, except the option `omit`.
std::string runner_label(const Point& point, const std::string& omit = "");

/// "1x2x4": nodes x ranks per node x threads.
std::string placement_label(const Placement& placement);

/// "hybrid 1x2x1": how a point ran, runner_label() and placement_label().
std::string way_label(const Point& point);

/// All of it: "morning: dot_product length=1000, weak, mpi data=scatter 1x2x1".
std::string point_label(const Point& point);

}  // namespace scalelaw::harness

#pragma once

#include <string>

#include "harness/commands/lessons.hpp"

namespace scalelaw::harness {

/// Makes what a lesson reads: the folder `output_dir` of the first experiment of its input's config,
/// by one pass of a driver in the folder `drivers` (see find_drivers()).  What is there is kept.
/// Returns where it has been made; empty: nowhere.
/// Errors: throws Error when that config says no folder, no driver has its kernel, or the driver
/// refuses.
std::string make_input(const LessonConfig& lesson, const std::string& drivers);

}  // namespace scalelaw::harness

#pragma once

#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {

/// Throws nothing when there is no fault, and a single fault unchanged.  Throws several faults as
/// one Error that names each with its remedy, so that a person need not find them one by one.
/// Equal faults are named once.
void throw_faults(const std::vector<Error>& faults);

}  // namespace scalelaw::harness

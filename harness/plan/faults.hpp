#pragma once

#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {

/// Throws nothing for no fault, a single one as it is, and several as one Error that names each
/// with its remedy, so that a person need not find them one by one.  A fault that is there twice is
/// named once.
void throw_faults(const std::vector<Error>& faults);

}  // namespace scalelaw::harness

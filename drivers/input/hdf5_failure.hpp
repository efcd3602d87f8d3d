#pragma once

#include <string>

#include "common/error.hpp"

namespace scalelaw::driver {

/// What HDF5 says of the last call that failed: the innermost line, which names the cause.
std::string hdf5_cause();

/// "WHAT: CAUSE", with the remedy for this cause.  `file` is the one to look at.
Error hdf5_error(const std::string& what, const std::string& cause, const std::string& file);

}  // namespace scalelaw::driver

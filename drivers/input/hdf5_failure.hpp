#pragma once

#include <string>

#include "common/error.hpp"

namespace scalelaw::driver {

/// HDF5's description of the last failed call: the innermost line, which names the cause.
std::string hdf5_cause();

/// "WHAT: CAUSE", with the remedy for this cause.  `file` is the file to inspect.
Error hdf5_error(const std::string& what, const std::string& cause, const std::string& file);

}  // namespace scalelaw::driver

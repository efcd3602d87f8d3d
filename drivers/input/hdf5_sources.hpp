#pragma once

#include <string>

#include "drivers/input/hdf5_handle.hpp"

namespace scalelaw::driver {

/// True for a dataset composed of others.
bool is_virtual(const Handle& dataset);

/// Checks that the other files with a dataset's data exist: source files of a virtual dataset, for
/// which HDF5 would read zeros if one is missing, and external files, beyond whose end it would
/// read zeros.  `file` contains the dataset; `text` names the dataset in messages.
/// Errors: throws Error naming the file that is missing or too short.
void check_sources(const Handle& dataset, const std::string& file, const std::string& text);

}  // namespace scalelaw::driver

#pragma once

#include <string>

#include "drivers/input/hdf5_handle.hpp"

namespace scalelaw::driver {

/// True for a dataset that is put together from others.
bool is_virtual(const Handle& dataset);

/// Looks whether the other files that hold a dataset's numbers are there: those of a virtual
/// dataset, for which HDF5 reads zeros where one is missing, and external ones, where it reads
/// zeros behind their end.  `file` is the one that the dataset is in, `text` is how a message names
/// it. Errors: throws Error naming the file that is missing or too short.
void check_sources(const Handle& dataset, const std::string& file, const std::string& text);

}  // namespace scalelaw::driver

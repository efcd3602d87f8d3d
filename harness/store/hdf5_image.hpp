#pragma once

#include <string>

#include "harness/store/hdf5_id.hpp"

namespace scalelaw::harness {

// HDF5 1.10 does not report every write that fails: what it holds back until a table is closed is
// lost without a word, when the disk has room again for what follows.  So HDF5 makes a file in
// memory, and its bytes are written as any other file's.

/// What H5Fcreate() needs to make a file in memory.
/// Errors: throws Error when there is no memory.
Hdf5Id access_in_memory();

/// The bytes of a file that was made so, without its user block.
/// Errors: throws Error when there is no memory.
std::string image_of(hid_t file);

}  // namespace scalelaw::harness

#pragma once

#include "drivers/input/hdf5_dataset.hpp"

namespace scalelaw::driver {

/// What does the reading behind hdf5_dataset.hpp: a module that is loaded when a dataset is first
/// named, since HDF5 brings some forty shared libraries, and to load those takes longer than to
/// sieve a million numbers.
struct Hdf5Reader {
  decltype(&dataset_shape) shape;
  decltype(&read_hyperslab) read;
};

/// The module's file name; each executable has the one for its model.
const char* hdf5_reader_module();

}  // namespace scalelaw::driver

/// What the module exports.
extern "C" const scalelaw::driver::Hdf5Reader scalelaw_hdf5_reader;

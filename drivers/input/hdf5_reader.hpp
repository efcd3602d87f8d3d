#pragma once

#include "drivers/input/hdf5_dataset.hpp"

namespace scalelaw::driver {

/// The functions behind hdf5_dataset.hpp, in a module that is loaded when a dataset is first named.
/// HDF5 brings some forty shared libraries, and loading them takes longer than sieving a million
/// numbers.
struct Hdf5Reader {
  decltype(&dataset_shape) shape;
  decltype(&read_hyperslab) read;
};

/// The module's file name; each executable has the one for its model.
const char* hdf5_reader_module();

}  // namespace scalelaw::driver

/// The symbol that the module exports.
extern "C" const scalelaw::driver::Hdf5Reader scalelaw_hdf5_reader;

#include "drivers/input/hdf5_reader.hpp"

const char* scalelaw::driver::hdf5_reader_module() {
  return SCALELAW_HDF5_READER;
}

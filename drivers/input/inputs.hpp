#pragma once

// The Files of all kernels: includes every header that specialises it.
#include "drivers/input/files.hpp"
#include "drivers/input/hdf5_inputs.hpp"
#include "drivers/input/image_files.hpp"

#pragma once

// Every kernel's Files, in one place: what reads or writes files for a kernel specialises Files.
#include "drivers/input/files.hpp"
#include "drivers/input/hdf5_inputs.hpp"
#include "drivers/input/image_files.hpp"

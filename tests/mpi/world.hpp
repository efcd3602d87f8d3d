#pragma once

#include "drivers/comm.hpp"

namespace scalelaw::mpi_test {

/// All ranks of this test run.  Every test is collective.
Comm& world();

}  // namespace scalelaw::mpi_test

#pragma once

#include <mpi.h>

#include "common/error.hpp"

namespace scalelaw::driver {

/// The window that `make` creates.  Collective.
/// Errors: throws Error with this remedy where the library cannot create it.
template <class Make>
MPI_Win make_window(const Make& make, const char* remedy) {
  MPI_Win window = MPI_WIN_NULL;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  const int status = make(&window);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
  if (status != MPI_SUCCESS) {
    throw Error("the MPI library does not give these ranks access to each other's memory", remedy);
  }
  return window;
}

}  // namespace scalelaw::driver

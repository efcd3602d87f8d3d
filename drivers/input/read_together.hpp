#pragma once

#include "drivers/comm/together.hpp"
#include "drivers/input/files.hpp"

namespace scalelaw::driver {

/// Runs `step`, which reads input, on every rank.  Collective.
/// Errors: throws SharedError.  When a file is at fault, the root first checks the whole input, so
///         that one message names everything that cannot be used.
template <Kernel K, class F>
void read_together(const typename K::Params& params, Comm& comm, F&& step) {
  try {
    together(comm, step);
  } catch (const SharedError& error) {
    if (error.while_running()) throw;
    together(comm, [&] {
      typename K::Params copy = params;
      if (comm.is_root()) Files<K>::check_input(copy);
    });
    throw;
  }
}

}  // namespace scalelaw::driver

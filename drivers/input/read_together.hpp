#pragma once

#include "drivers/comm/together.hpp"
#include "drivers/input/files.hpp"

namespace scalelaw::driver {

/// Runs `step`, which reads input, on every rank.  Collective.
/// Errors: throws SharedError; when a file is at fault, the root looks at all of the input first,
/// so that one message names everything that cannot be used.
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

#pragma once

#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// What a kernel does from files to files (`--mode pipeline`), reading, computing and writing at
/// once.  A kernel that can specialises it, beside Files, and pipelines.hpp includes that:
///
///     static constexpr bool exists = true;
///     static void check(const Params&);  // Errors: throws Error when the parameters do not suit
///     static int run(Params, Subject, const Identity&, const Options&, Team&, Comm&);  //
///     collective
///
/// `run` is given a Subject with the kernel's name and options, and returns the exit status.
template <Kernel K>
struct Pipeline {
  static constexpr bool exists = false;
};

}  // namespace scalelaw::driver

#pragma once

#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// A kernel's `--mode pipeline`, which reads, computes and writes files at the same time.  A kernel
/// that supports it specialises this template, next to Files; pipelines.hpp includes that:
///
///     static constexpr bool exists = true;
///     // Errors: throws Error when the parameters do not suit.
///     static void check(const Params&);
///     // Collective.
///     static int run(Params, Subject, const Identity&, const Options&, Team&, Comm&);
///
/// `run` gets a Subject with the kernel's name and options, and returns the exit status.
template <Kernel K>
struct Pipeline {
  static constexpr bool exists = false;
};

}  // namespace scalelaw::driver

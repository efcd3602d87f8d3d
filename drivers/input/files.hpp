#pragma once

#include <array>
#include <string_view>

#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// What a kernel does with files that has neither input nor output there; others replace what they
/// do otherwise.
template <Kernel K>
struct NoFiles {
  /// The parameters that an input determines, so that they cannot be given beside it.
  static constexpr std::array<std::string_view, 0> derived{};

  /// True when the parameters name an input.
  static bool given(const typename K::Params&) { return false; }

  /// Looks at the input and sets what the parameters derive from it (shapes, counts).
  /// Errors: throws Error naming the file.
  static void open(typename K::Params&) {}

  /// The bytes that a process needs for reading, beside the input that it holds.  After open().
  static double reading_bytes(const typename K::Params&) { return 0; }

  /// Reads the input of `range` into `storage`, which covers it.  Threads: one at a time.
  static void read(const typename K::Params&, typename K::Storage&, Range) {}

  /// Does what open() does and looks at the data as well, keeping nothing of them.
  /// Errors: throws one Error naming all that cannot be used.
  static void check_input(typename K::Params&) {}

  /// Changes nothing.  After open().
  /// Errors: throws one Error naming all results that cannot be written, and why.
  static void check_output(const typename K::Params&) {}

  /// Makes the place that results go to.  After check_output().
  /// Errors: throws Error when it cannot be made or written.
  static void make_output(const typename K::Params&) {}

  /// Writes the result's files, if the parameters ask for them.
  static void write(const typename K::Params&, const typename K::Result&) {}
};

/// How a kernel's input comes from files and its result goes to them.  Kernels themselves never
/// touch a file.
template <Kernel K>
struct Files : NoFiles<K> {};

}  // namespace scalelaw::driver

#pragma once

#include <array>
#include <string_view>

#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The file operations of a kernel without input or output files; other kernels override some
/// of them.
template <Kernel K>
struct NoFiles {
  /// The parameters that an input determines; they cannot be combined with it.
  static constexpr std::array<std::string_view, 0> derived{};

  /// True when the parameters name an input.
  static bool given(const typename K::Params&) { return false; }

  /// Examines the input and sets the parameters that depend on it (shapes, counts).
  /// Errors: throws Error naming the file.
  static void open(typename K::Params&) {}

  /// The bytes that a process needs for reading, apart from the input that it holds.  After open().
  static double reading_bytes(const typename K::Params&) { return 0; }

  /// Reads the input of `range` into `storage`, which covers it.
  /// Threads: one at a time.
  static void read(const typename K::Params&, typename K::Storage&, Range) {}

  /// Like open(), but also examines the data, without keeping any.
  /// Errors: throws one Error naming everything that cannot be used.
  static void check_input(typename K::Params&) {}

  /// Checks the output without changing anything.  After open().
  /// Errors: throws one Error naming all results that cannot be written, and why.
  static void check_output(const typename K::Params&) {}

  /// Creates the place for the results.  After check_output().
  /// Errors: throws Error when it cannot be created or written.
  static void make_output(const typename K::Params&) {}

  /// Writes the result's files, if the parameters ask for them.
  static void write(const typename K::Params&, const typename K::Result&) {}
};

/// How a kernel reads its input from files and writes its result to them.  Kernels themselves never
/// access a file.
template <Kernel K>
struct Files : NoFiles<K> {};

}  // namespace scalelaw::driver

#pragma once

#include <array>
#include <string_view>

#include "kernels/kernel.hpp"

namespace scalelaw {

/// How a kernel's input comes from files and its result goes to them; the primary template is for a
/// kernel that has neither.  Kernels themselves never touch a file.
template <Kernel K>
struct Files {
  /// The parameters that an input determines, so that they cannot be given beside it.
  static constexpr std::array<std::string_view, 0> derived{};

  /// True when the parameters name an input.
  static bool given(const typename K::Params&) { return false; }

  /// Looks at the input and sets what the parameters derive from it (shapes, counts).
  /// Errors: throws Error naming the file.
  static void open(typename K::Params&) {}

  /// Reads the input of `range` into `storage`, which covers it.  Threads: one at a time.
  static void read(const typename K::Params&, typename K::Storage&, Range) {}

  /// Throws Error when the place that results would go to cannot be written.
  static void check_output(const typename K::Params&) {}

  /// Writes the result's files, if the parameters ask for them.
  static void write(const typename K::Params&, const typename K::Result&) {}
};

}  // namespace scalelaw

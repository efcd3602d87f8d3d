#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/observation/descriptor.hpp"

namespace scalelaw {

/// A file of /proc or /sys that stays open, so that reading it again costs one system call.
class ProcFile {
 public:
  /// Reads at most `most` bytes of its beginning.
  /// Errors: throws Error when it cannot be opened.
  ProcFile(const std::string& path, std::size_t most);

  /// What it says now, until the next call; empty when it cannot be read.
  std::string_view read();

 private:
  Descriptor file_;
  std::string text_;
};

/// The seconds that were taken from these processors since the system started, from the text of
/// /proc/stat, which counts hundredths.  Nothing when it does not tell of all of them.
std::optional<double> steal_seconds(std::string_view proc_stat, std::span<const int> processors);

/// The seconds that a thread has waited for a processor, from the text of /proc/TASK/schedstat.
std::optional<double> queued_seconds(std::string_view schedstat);

}  // namespace scalelaw

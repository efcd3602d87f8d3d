#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kernels/numerics/tuning.hpp"

namespace scalelaw::driver {

/// Calibrations of this machine, kept in a file until it starts anew.  Machines may share the file
/// (a home folder on a network): each has its own entry.  Without a file nothing is kept, and a
/// file that cannot be read or written counts as none: the next launch calibrates again.
class KeptTunings {
 public:
  /// `boot` differs from start to start of the machine `host`.
  KeptTunings(std::filesystem::path file, std::string host, std::string boot);

  /// In the user's cache folder.
  static KeptTunings of_this_machine();

  [[nodiscard]] std::optional<Streaming> find(const std::string& loop) const;
  void keep(const std::string& loop, const Streaming& streaming) const;

 private:
  std::filesystem::path file_;
  std::string host_, boot_;
};

}  // namespace scalelaw::driver

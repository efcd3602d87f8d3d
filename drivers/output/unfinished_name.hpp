#pragma once

#include <filesystem>

namespace scalelaw::driver {

/// The name of a file until it is complete.
inline std::filesystem::path unfinished_name(const std::filesystem::path& path) {
  return path.string() + ".part";
}

}  // namespace scalelaw::driver

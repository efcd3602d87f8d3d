#pragma once

#include <filesystem>

namespace scalelaw::driver {

/// A file is written under this name until it is whole.
inline std::filesystem::path unfinished_name(const std::filesystem::path& path) {
  return path.string() + ".part";
}

}  // namespace scalelaw::driver

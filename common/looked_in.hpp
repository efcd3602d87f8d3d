#pragma once

#include <filesystem>
#include <string>

namespace scalelaw {

/// The end of a message about a missing path: " (looked in FOLDER)" for a relative path, nothing
/// for an absolute one.
inline std::string looked_in(const std::filesystem::path& path) {
  std::error_code gone;
  const std::filesystem::path folder = std::filesystem::current_path(gone);
  return path.is_absolute() || gone ? std::string() : " (looked in " + folder.string() + ")";
}

}  // namespace scalelaw

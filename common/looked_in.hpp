#pragma once

#include <filesystem>
#include <string>

namespace scalelaw {

/// Where a path that leads nowhere was looked for, to follow it in a message: " (looked in FOLDER)"
/// for a relative one, nothing for an absolute one, which says it itself.
inline std::string looked_in(const std::filesystem::path& path) {
  std::error_code gone;
  const std::filesystem::path folder = std::filesystem::current_path(gone);
  return path.is_absolute() || gone ? std::string() : " (looked in " + folder.string() + ")";
}

}  // namespace scalelaw

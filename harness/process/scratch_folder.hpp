#pragma once

#include <filesystem>
#include <string>

namespace scalelaw::harness {

/// A new folder among the system's temporary ones, which is removed with all that is in it.
class ScratchFolder {
 public:
  /// Errors: throws Error when it cannot be made.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// The path of a file in it.
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace scalelaw::harness

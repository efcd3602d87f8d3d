#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace scalelaw::harness {

/// An open regular file, or one that a link leads to.  Nothing else is waited for: a pipe without a
/// writer, or a device, is refused at once.  Signals are no errors, and no read or write is short.
/// Threads: one at a time.
class RegularFile {
 public:
  /// `flags` of open(2); `hint` is the remedy in every Error of this file.
  /// Errors: throws Error, with the system's reason, when it cannot be opened or is something else.
  RegularFile(std::string path, int flags, std::string hint);
  RegularFile(RegularFile&& other) noexcept;
  RegularFile& operator=(RegularFile&&) = delete;
  ~RegularFile();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::int64_t size() const;

  /// Reads up to `bytes` from `offset` on; fewer only at the end of the file.
  std::size_t read_at(std::int64_t offset, char* to, std::size_t bytes) const;
  void write_at(std::int64_t offset, std::string_view text) const;
  void cut_to(std::int64_t size) const;
  /// On return everything is on the disk.
  void sync() const;

  /// Everything that is there now.
  /// Errors: throws Error when that is more than `most_bytes`.
  [[nodiscard]] std::string read_all(std::int64_t most_bytes) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::string hint_;
  int descriptor_ = -1;
};

}  // namespace scalelaw::harness

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace scalelaw::harness {

/// An open regular file, or one that a link leads to.  Anything else is refused at once, such as a
/// device or a pipe without a writer.  Interrupted and short reads and writes are continued.
/// Threads: one at a time.
class RegularFile {
 public:
  /// `flags`: those of open(2).  `hint`: the remedy in every Error about this file.
  /// Errors: throws Error, with the system's reason, when the file cannot be opened or is not
  ///         regular.
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
  /// Puts everything on the disk before it returns.
  void sync() const;

  /// The current contents of the file.
  /// Errors: throws Error when they are more than `most_bytes`.
  [[nodiscard]] std::string read_all(std::int64_t most_bytes) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::string hint_;
  int descriptor_ = -1;
};

}  // namespace scalelaw::harness

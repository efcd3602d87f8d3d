#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/error.hpp"
#include "paradigms/task_batch.hpp"

namespace scalelaw::driver {

/// An open file.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const { return number_; }
  int release();

 private:
  int number_;
};

/// A file that is read from the disk each time, past the page cache.  It has no name, so it is gone
/// when this process ends, however that may be.
class UncachedFile {
 public:
  /// Offsets, lengths and the memory that is read into are multiples of this.
  static constexpr std::int64_t block_bytes = 8192;

  /// Makes a file of `bytes` bytes in `folder`.  `fill(offset, part)` is called for its parts, in
  /// order.
  /// Errors: throws Error when the file cannot be made, or when the file system keeps its files in
  ///         memory.
  UncachedFile(const std::string& folder, paradigms::Reading reading, std::int64_t bytes,
               const std::function<void(std::int64_t, std::span<std::byte>)>& fill);

  /// Threads: may call it at once.
  /// Errors: throws RunFailure.
  void read(std::int64_t offset, std::span<std::byte> into) const;

  /// Why it cannot be made, as far as that can be told without making it.
  static std::optional<Error> fault(const std::string& folder, paradigms::Reading reading);

 private:
  void write_all(std::int64_t bytes,
                 const std::function<void(std::int64_t, std::span<std::byte>)>& fill);
  void pass_the_cache(std::int64_t bytes);

  std::string folder_;
  paradigms::Reading reading_;
  Descriptor file_;
};

/// The folder that --folder stands for: itself, or if it is empty $TMPDIR, or else /var/tmp.
std::string folder_for_files(const std::string& folder);

}  // namespace scalelaw::driver

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace scalelaw {

/// Memory straight from the system: zero, aligned to a page, its pages untouched until somebody
/// writes them, so that they lie near the thread that writes first.  Large buffers start on a huge
/// page's boundary and ask for huge pages.
/// Units:   bytes.
/// Errors:  the constructor throws Error when the system has no room for it.
class Buffer {
 public:
  Buffer() = default;
  /// `pages` of 4 KiB after such a boundary: arrays that are read together should differ in it, for
  /// addresses whose lower bits agree meet in the same lines of a cache and banks of the memory.
  explicit Buffer(std::int64_t bytes, int pages = 0);
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::int64_t size() const noexcept { return bytes_; }

  /// The memory as elements of type T.
  template <class T>
  [[nodiscard]] T* as() const noexcept {
    return reinterpret_cast<T*>(data_);
  }

 private:
  std::byte* data_ = nullptr;
  std::int64_t bytes_ = 0;
};

}  // namespace scalelaw

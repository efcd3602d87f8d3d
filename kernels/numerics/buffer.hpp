#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace scalelaw {

/// Memory straight from the system: zero, page-aligned, its pages untouched until they are written,
/// so that each page lies near the thread that writes it first.  Large buffers start on a huge page
/// boundary and request huge pages.
/// Units:   bytes.
/// Errors:  the constructor throws Error when the system cannot provide the memory.
class Buffer {
 public:
  Buffer() = default;
  /// `pages`: start this many 4 KiB pages after such a boundary.  It should differ between arrays
  /// that are read together: addresses with equal lower bits compete for the same cache lines
  /// and banks.
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

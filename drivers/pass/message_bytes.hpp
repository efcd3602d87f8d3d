#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace scalelaw::driver {

/// Memory as kernels' arrays have it: large blocks request huge pages.  Between two processes of a
/// host, a library copies from those more than twice as fast as from small pages.
template <class T>
struct HugePageAllocator {
  using value_type = T;
  static constexpr std::size_t huge_page = std::size_t{1} << 21;

  HugePageAllocator() = default;
  template <class U>
  explicit HugePageAllocator(const HugePageAllocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    void* const at = ::operator new(bytes, alignment_of(bytes));
    // May fail: without huge pages everything works, only slower.
    if (bytes >= huge_page) ::madvise(at, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t n) noexcept {
    ::operator delete(at, alignment_of(n * sizeof(T)));
  }

  template <class U>
  friend bool operator==(const HugePageAllocator&, const HugePageAllocator<U>&) noexcept {
    return true;
  }

 private:
  static std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t{bytes >= huge_page ? huge_page : alignof(std::max_align_t)};
  }
};

/// A message in a buffer that many passes reuse.
using MessageBytes = std::vector<std::byte, HugePageAllocator<std::byte>>;

}  // namespace scalelaw::driver

#include "kernels/numerics/buffer.hpp"

#include <sys/mman.h>

#include <cstdint>

#include "common/error.hpp"
#include "common/quantity.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SCALELAW_HAS_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SCALELAW_HAS_ASAN
#endif
#ifdef SCALELAW_HAS_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace scalelaw {
namespace {

constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20;
constexpr std::uintptr_t page = 4096;

/// AddressSanitizer does not know memory from mmap.  Under it, the rest of a buffer's last page and
/// one page more are poisoned.
#ifdef SCALELAW_HAS_ASAN
constexpr std::size_t guard = page;
void forbid_behind(std::byte* data, std::size_t bytes) {
  ASAN_POISON_MEMORY_REGION(data + bytes, (page - bytes % page) % page + guard);
}
void allow_behind(std::byte* data, std::size_t bytes) {
  ASAN_UNPOISON_MEMORY_REGION(data + bytes, (page - bytes % page) % page + guard);
}
#else
constexpr std::size_t guard = 0;
void forbid_behind(std::byte*, std::size_t) {}
void allow_behind(std::byte*, std::size_t) {}
#endif

}  // namespace

Buffer::Buffer(std::int64_t bytes, int pages) {
  if (bytes <= 0) return;
  const auto wanted = static_cast<std::size_t>(bytes);
  const bool huge = wanted >= huge_page;
  const std::uintptr_t shift = static_cast<std::uintptr_t>(pages) * page;
  const std::size_t reserved = (huge ? wanted + shift + huge_page : wanted) + guard;
  void* const start = mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    throw Error(
        "the system refuses to allocate " + format_bytes(static_cast<double>(bytes)) + " of memory",
        "choose a smaller size, or raise the limit (ulimit -v)");
  }
  data_ = static_cast<std::byte*>(start);
  if (huge) {  // release what lies before and after the aligned part
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(start) % huge_page + shift;
    const std::size_t used = (before + wanted + guard + page - 1) & ~(page - 1);
    if (before > 0) munmap(start, before);
    if (reserved > used) munmap(data_ + used, reserved - used);
    data_ += before;
    // May fail: without huge pages everything works, only slower.
    madvise(data_, wanted, MADV_HUGEPAGE);
  }
  bytes_ = bytes;
  forbid_behind(data_, wanted);
}

Buffer::~Buffer() {
  if (data_ == nullptr) return;
  const auto size = static_cast<std::size_t>(bytes_);
  allow_behind(data_, size);
  munmap(data_, size + guard);
}

}  // namespace scalelaw

#include "kernels/numerics/buffer.hpp"

#include <sys/mman.h>

#include <cstdint>

#include "common/error.hpp"
#include "common/quantity.hpp"

namespace scalelaw {
namespace {

constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20;

}  // namespace

Buffer::Buffer(std::int64_t bytes, int pages) {
  if (bytes <= 0) return;
  const auto wanted = static_cast<std::size_t>(bytes);
  const bool huge = wanted >= huge_page;
  const std::uintptr_t page = 4096, shift = static_cast<std::uintptr_t>(pages) * page;
  const std::size_t reserved = huge ? wanted + shift + huge_page : wanted;
  void* const start = mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    throw Error("the system refuses " + format_bytes(static_cast<double>(bytes)) + " of memory",
                "choose a smaller size, or raise the limit (ulimit -v)");
  }
  auto first = reinterpret_cast<std::uintptr_t>(start);
  if (huge) {  // give back what lies before and after the aligned part
    const std::uintptr_t aligned = ((first + huge_page - 1) & ~(huge_page - 1)) + shift;
    const std::uintptr_t end = (aligned + wanted + page - 1) & ~(page - 1);
    if (aligned > first) munmap(start, aligned - first);
    if (first + reserved > end) munmap(reinterpret_cast<void*>(end), first + reserved - end);
    first = aligned;
    // A wish: without huge pages everything works, only slower.
    madvise(reinterpret_cast<void*>(first), wanted, MADV_HUGEPAGE);
  }
  data_ = reinterpret_cast<std::byte*>(first);
  bytes_ = bytes;
}

Buffer::~Buffer() {
  if (data_ != nullptr) munmap(data_, static_cast<std::size_t>(bytes_));
}

}  // namespace scalelaw

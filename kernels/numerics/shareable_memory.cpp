#include "kernels/numerics/shareable_memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace scalelaw {
namespace {

constexpr std::int64_t page = 4096;

constexpr std::int64_t round_up(std::int64_t bytes, std::int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/// Whether a file may be so long.  One that grows beyond `ulimit -f` raises SIGXFSZ, which ends the
/// process.
bool file_may_have(std::int64_t bytes) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  return limit.rlim_cur == RLIM_INFINITY || static_cast<rlim_t>(bytes) <= limit.rlim_cur;
}

}  // namespace

ShareableMemory::~ShareableMemory() {
  for (const Slab& slab : slabs_) munmap(slab.memory, static_cast<std::size_t>(slab.bytes));
  if (file_ >= 0) close(file_);
}

std::optional<std::span<std::byte>> ShareableMemory::allocate(std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::int64_t needed = round_up(bytes, page);
  if (slabs_.empty() || slabs_.back().bytes - used_ < needed) {
    if (!add_slab(round_up(needed, slab_bytes))) return std::nullopt;
    used_ = 0;
  }
  const std::span<std::byte> out(slabs_.back().memory + used_, static_cast<std::size_t>(bytes));
  used_ += needed;
  return out;
}

/// By its name, other processes know the file before they open it.  It grows, but has pages only
/// where something has been written.
bool ShareableMemory::add_slab(std::int64_t bytes) {
  if (file_ < 0) file_ = memfd_create("scalelaw", MFD_CLOEXEC);
  if (file_ < 0) return false;
  const std::int64_t offset = slabs_.empty() ? 0 : slabs_.back().offset + slabs_.back().bytes;
  if (!file_may_have(offset + bytes) || ftruncate(file_, offset + bytes) != 0) return false;
  void* const memory = mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_NORESERVE, file_, offset);
  if (memory == MAP_FAILED) return false;
  slabs_.push_back({static_cast<std::byte*>(memory), offset, bytes});
  return true;
}

std::optional<std::int64_t> ShareableMemory::offset_of(const std::byte* address) const {
  const std::lock_guard lock(mutex_);
  for (const Slab& slab : slabs_) {
    if (address >= slab.memory && address < slab.memory + slab.bytes) {
      return slab.offset + (address - slab.memory);
    }
  }
  return std::nullopt;
}

int ShareableMemory::descriptor() const {
  const std::lock_guard lock(mutex_);
  return file_;
}

/// Never destroyed, because what lies in it may outlive static objects.
ShareableMemory& shareable_memory() {
  static ShareableMemory& memory = *new ShareableMemory;
  return memory;
}

}  // namespace scalelaw

#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace scalelaw {

/// Memory that other processes of this host can map: a file without a name, which ends with the
/// last process that uses it.  It consists of slabs; what lies in one slab can be mapped at once.
/// Nothing is given back: whoever allocates keeps it for the next time.
/// Threads: any.
class ShareableMemory {
 public:
  static constexpr std::int64_t slab_bytes = std::int64_t{1} << 26;

  ShareableMemory() = default;
  ShareableMemory(const ShareableMemory&) = delete;
  ShareableMemory& operator=(const ShareableMemory&) = delete;
  ~ShareableMemory();

  /// Page-aligned bytes in one slab, or, if they are more than a slab, at the start of their own.
  /// Nothing where the system refuses such memory.
  std::optional<std::span<std::byte>> allocate(std::int64_t bytes);

  /// Where in the file `address` lies; nothing if it is other memory.
  [[nodiscard]] std::optional<std::int64_t> offset_of(const std::byte* address) const;

  /// The file; -1 until something has been allocated.
  [[nodiscard]] int descriptor() const;

 private:
  struct Slab {
    std::byte* memory = nullptr;
    std::int64_t offset = 0;  ///< in the file
    std::int64_t bytes = 0;
  };

  bool add_slab(std::int64_t bytes);

  mutable std::mutex mutex_;
  int file_ = -1;
  std::vector<Slab> slabs_;
  std::int64_t used_ = 0;  ///< bytes of the last slab
};

/// That of this process.
ShareableMemory& shareable_memory();

}  // namespace scalelaw

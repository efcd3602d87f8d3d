#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/numerics/buffer.hpp"

namespace scalelaw {

/// Bytes that grow at the end and never move: a list of chunks.  Appending copies nothing written
/// before, and joining two lists copies nothing at all.  Unused chunks are kept for the next list
/// that needs one, so that a process pays for fresh pages only once.
/// Threads: one thread per list.
class EncodedBytes {
 public:
  /// At least `size` writable bytes after the last committed one, in the current chunk or a new
  /// one.  Valid until the next call.
  std::byte* reserve(std::int64_t size);

  /// Appends `size` bytes, in a chunk of their own, for the caller to write.
  std::span<std::byte> append_space(std::int64_t size);

  /// Appends the first `size` bytes of the last reserve() to the sequence.
  void commit(std::int64_t size);

  void append(std::span<const std::byte> bytes);
  void append(EncodedBytes&& after);

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

  /// The chunks in order; none is empty.
  [[nodiscard]] std::vector<std::span<const std::byte>> chunks() const;
  [[nodiscard]] std::vector<std::span<std::byte>> writable_chunks();

 private:
  struct Chunk {
    Buffer bytes;
    std::int64_t used = 0;

    explicit Chunk(std::int64_t size);
    Chunk(Chunk&&) = default;
    Chunk& operator=(Chunk&&) = default;
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    ~Chunk();
  };
  std::vector<Chunk> chunks_;
  std::int64_t size_ = 0;
};

}  // namespace scalelaw

#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "kernels/numerics/buffer.hpp"

namespace scalelaw {

/// The memory of a chunk.
struct ChunkMemory {
  Buffer own;  ///< empty: the bytes belong to somebody else
  std::span<std::byte> bytes;
  bool is_reused = false;

  [[nodiscard]] std::int64_t size() const noexcept { return std::ssize(bytes); }
};

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

  /// Appends bytes that belong to somebody else, who keeps them as long as this list lives.
  void append_view(std::span<std::byte> bytes);

  /// Appends the first `size` bytes of the last reserve() to the sequence.
  void commit(std::int64_t size);

  void append(std::span<const std::byte> bytes);
  void append(EncodedBytes&& after);

  /// From now on, lists of this process take new chunks from memory that other processes can map
  /// (numerics/shareable_memory.hpp), as far as the system has such memory.
  static void use_shareable_memory();

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

  /// The chunks in order; none is empty.
  [[nodiscard]] std::vector<std::span<const std::byte>> chunks() const;
  [[nodiscard]] std::vector<std::span<std::byte>> writable_chunks();

 private:
  struct Chunk {
    ChunkMemory memory;
    std::int64_t used = 0;

    /// At least so many bytes, to be reused.
    explicit Chunk(std::int64_t size);
    /// All of them, which belong to somebody else.
    explicit Chunk(std::span<std::byte> view);
    Chunk(Chunk&&) noexcept;
    Chunk& operator=(Chunk&&) noexcept;
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    ~Chunk();
  };
  std::vector<Chunk> chunks_;
  std::int64_t size_ = 0;
};

}  // namespace scalelaw

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace scalelaw {

/// Bytes that grow at the end and never move: a list of chunks.  Appending copies nothing that was
/// written before, and joining two lists copies nothing at all.
class EncodedBytes {
 public:
  /// At least `size` writable bytes that follow the last committed one, in the current chunk or
  /// in a new one.  Valid until the next call.
  std::byte* reserve(std::int64_t size);

  /// Makes the first `size` bytes of the last reserve() part of the sequence.
  void commit(std::int64_t size);

  void append(std::span<const std::byte> bytes);
  void append(EncodedBytes&& after);

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

  /// The chunks in order; none is empty.
  [[nodiscard]] std::vector<std::span<const std::byte>> chunks() const;

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::int64_t used = 0;
    std::int64_t capacity = 0;
  };
  std::vector<Chunk> chunks_;
  std::int64_t size_ = 0;
};

}  // namespace scalelaw

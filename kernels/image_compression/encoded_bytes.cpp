#include "kernels/image_compression/encoded_bytes.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <iterator>
#include <mutex>
#include <utility>

#include "kernels/numerics/shareable_memory.hpp"

namespace scalelaw {
namespace {

constexpr std::int64_t smallest_chunk = 1 << 16;
constexpr std::int64_t largest_chunk = 1 << 22;

/// The unused chunks, smallest first.
class Pool {
 public:
  /// A free chunk of at least `size` and at most twice as many bytes, or a new one.
  ChunkMemory take(std::int64_t size) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = std::lower_bound(free_.begin(), free_.end(), size, is_smaller);
      if (found != free_.end() && found->size() <= 2 * size) {
        ChunkMemory out = std::move(*found);
        free_.erase(found);
        return out;
      }
    }
    return fresh(size);
  }

  void give(ChunkMemory memory) {
    const std::lock_guard lock(mutex_);
    const auto place = std::lower_bound(free_.begin(), free_.end(), memory.size(), is_smaller);
    free_.insert(place, std::move(memory));
  }

  /// What is free and cannot be shared goes back to the system.
  void share() {
    const std::lock_guard lock(mutex_);
    shares_ = true;
    std::erase_if(free_, [](const ChunkMemory& memory) { return memory.own.size() > 0; });
  }

 private:
  static bool is_smaller(const ChunkMemory& memory, std::int64_t size) {
    return memory.size() < size;
  }

  ChunkMemory fresh(std::int64_t size) {
    if (shares_) {
      if (const auto bytes = shareable_memory().allocate(size)) return {{}, *bytes, true};
    }
    Buffer own(size);
    const std::span<std::byte> bytes(own.data(), static_cast<std::size_t>(size));
    return {std::move(own), bytes, true};
  }

  std::mutex mutex_;
  std::vector<ChunkMemory> free_;
  std::atomic<bool> shares_ = false;
};

/// Never destroyed, because lists may outlive static objects.
Pool& pool() {
  static Pool& pool = *new Pool;
  return pool;
}

}  // namespace

/// Sizes are powers of two, so that any list can reuse another's chunks.
EncodedBytes::Chunk::Chunk(std::int64_t size)
    : memory(pool().take(static_cast<std::int64_t>(
          std::bit_ceil(static_cast<std::uint64_t>(std::max(size, smallest_chunk)))))) {}

EncodedBytes::Chunk::Chunk(std::span<std::byte> view)
    : memory{{}, view, false}, used(std::ssize(view)) {}

EncodedBytes::Chunk::Chunk(Chunk&& other) noexcept
    : memory(std::exchange(other.memory, {})), used(std::exchange(other.used, 0)) {}

EncodedBytes::Chunk& EncodedBytes::Chunk::operator=(Chunk&& other) noexcept {
  std::swap(memory, other.memory);
  std::swap(used, other.used);
  return *this;
}

EncodedBytes::Chunk::~Chunk() {
  if (memory.is_reused) pool().give(std::move(memory));
}

void EncodedBytes::use_shareable_memory() {
  pool().share();
}

std::byte* EncodedBytes::reserve(std::int64_t size) {
  if (chunks_.empty() || chunks_.back().memory.size() - chunks_.back().used < size) {
    chunks_.emplace_back(std::max(size, std::min(size_, largest_chunk)));
  }
  return chunks_.back().memory.bytes.data() + chunks_.back().used;
}

void EncodedBytes::commit(std::int64_t size) {
  chunks_.back().used += size;
  size_ += size;
}

std::span<std::byte> EncodedBytes::append_space(std::int64_t size) {
  chunks_.emplace_back(size);
  commit(size);
  return chunks_.back().memory.bytes.first(static_cast<std::size_t>(size));
}

void EncodedBytes::append_view(std::span<std::byte> bytes) {
  if (bytes.empty()) return;
  chunks_.emplace_back(bytes);
  size_ += std::ssize(bytes);
}

void EncodedBytes::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  std::memcpy(reserve(std::ssize(bytes)), bytes.data(), bytes.size());
  commit(std::ssize(bytes));
}

void EncodedBytes::append(EncodedBytes&& after) {
  size_ += std::exchange(after.size_, 0);
  if (chunks_.empty()) {
    chunks_ = std::move(after.chunks_);
  } else {
    std::move(after.chunks_.begin(), after.chunks_.end(), std::back_inserter(chunks_));
  }
  after.chunks_.clear();
}

std::vector<std::span<std::byte>> EncodedBytes::writable_chunks() {
  std::vector<std::span<std::byte>> out;
  for (const Chunk& chunk : chunks_) {
    if (chunk.used > 0) {
      out.emplace_back(chunk.memory.bytes.first(static_cast<std::size_t>(chunk.used)));
    }
  }
  return out;
}

std::vector<std::span<const std::byte>> EncodedBytes::chunks() const {
  std::vector<std::span<const std::byte>> out;
  for (const Chunk& chunk : chunks_) {
    if (chunk.used > 0) {
      out.emplace_back(chunk.memory.bytes.first(static_cast<std::size_t>(chunk.used)));
    }
  }
  return out;
}

}  // namespace scalelaw

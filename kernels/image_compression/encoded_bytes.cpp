#include "kernels/image_compression/encoded_bytes.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace scalelaw {
namespace {

constexpr std::int64_t smallest_chunk = 1 << 16;
constexpr std::int64_t largest_chunk = 1 << 22;

}  // namespace

std::byte* EncodedBytes::reserve(std::int64_t size) {
  if (chunks_.empty() || chunks_.back().capacity - chunks_.back().used < size) {
    const std::int64_t capacity = std::max(size, std::clamp(size_, smallest_chunk, largest_chunk));
    chunks_.push_back(
        {std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(capacity)), 0,
         capacity});
  }
  return chunks_.back().bytes.get() + chunks_.back().used;
}

void EncodedBytes::commit(std::int64_t size) {
  chunks_.back().used += size;
  size_ += size;
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

std::vector<std::span<const std::byte>> EncodedBytes::chunks() const {
  std::vector<std::span<const std::byte>> out;
  for (const Chunk& chunk : chunks_) {
    if (chunk.used > 0) out.emplace_back(chunk.bytes.get(), static_cast<std::size_t>(chunk.used));
  }
  return out;
}

}  // namespace scalelaw

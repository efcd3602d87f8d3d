#pragma once

#include "kernels/memory_read/read_path.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw {

/// Sum modulo 2^64 of n words, a multiple of 1024, read as this processor does it best.
inline std::uint64_t read_sum(const ReadPath& path, const std::uint64_t* words, std::int64_t n) {
  const Streaming streaming = streaming_of(StreamLoop::read);
  return path.sums[streaming.places - 1].at(streaming.ahead)(words, n, streaming.ahead);
}

/// What a core's second-level cache holds, on every processor that the table of tuning.cpp has.
constexpr std::int64_t cached_bytes = std::int64_t{256} << 10;

/// The same of words that lie in the first or second level, where prefetches only cost load slots.
inline std::uint64_t read_sum_cached(const ReadPath& path, const std::uint64_t* words,
                                     std::int64_t n) {
  return path.sums[0].at(0)(words, n, 0);
}

}  // namespace scalelaw

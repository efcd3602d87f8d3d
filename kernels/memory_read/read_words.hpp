#pragma once

// Only for sources compiled for one instruction set; see numerics/vectors.hpp.
#include "kernels/memory_read/read_path.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

/// Reads some places in turn, equally far apart: 128 bytes of each, or 256 without prefetching.
/// One stream does not keep as many reads in flight as the memory can serve, and distances that are
/// powers of two compete for the same banks.
template <int streams, bool prefetches>
std::uint64_t sum_words(const std::uint64_t* words, std::int64_t n, std::int64_t ahead) {
  constexpr int step = prefetches ? 16 : 32, vectors = step / width;
  const std::int64_t part = n / streams / step * step;
  U64 sum[streams][vectors] = {};
  for (std::int64_t i = 0; i < part; i += step) {
    for (int s = 0; s < streams; ++s) {
      const std::uint64_t* const from = words + s * part + i;
      prefetch<prefetches, step * 8>(from, ahead);
      for (int v = 0; v < vectors; ++v) sum[s][v] += load(from + v * width);
    }
  }
  for (std::int64_t i = streams * part; i < n; i += width) sum[0][0] += load(words + i);
  U64 all{};
  for (const auto& stream : sum) {
    for (const U64 v : stream) all += v;
  }
  std::uint64_t total = 0;
  for (int l = 0; l < width; ++l) total += all[l];
  return total;
}

void fill_words(std::uint64_t start, std::int64_t first, std::int64_t n, std::uint64_t* words) {
  constexpr int step = 8;
  std::uint64_t word = start + read_step * static_cast<std::uint64_t>(first);
  for (std::int64_t i = 0; i < n; i += step) {
    for (std::uint64_t k = 0; k < step; ++k)
      words[i + static_cast<std::int64_t>(k)] = word + k * read_step;
    word += step * read_step;
  }
}

template <int streams>
constexpr PrefetchPair<ReadPath::Sum> sums_of = {sum_words<streams, false>,
                                                 sum_words<streams, true>};

constexpr ReadPath read_words = {
    .sums = {sums_of<1>, sums_of<2>, sums_of<3>, sums_of<4>},
    .fill = fill_words,
};

}  // namespace
}  // namespace scalelaw

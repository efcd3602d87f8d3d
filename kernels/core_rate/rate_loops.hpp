#pragma once

// Only for sources compiled for one instruction set; see numerics/vectors.hpp.
#include "kernels/core_rate/rate_path.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

/// Sums in flight: two pipes and a latency of six cycles at most, and they fit sixteen registers.
constexpr int sums = 12;

/// Calls `one_way(sum)` for half of the sums and `other_way(sum)` for the others, and then the other
/// way round, as often as the items have operations; returns how much the total of their lanes grew.
/// The sums begin with different values, or the compiler would compute one for all.
template <class F, class G>
inline std::uint64_t in_flight(std::int64_t items, F one_way, G other_way) {
  static_assert(rate_item % (2 * sums * width) == 0);
  F64 sum[sums];
  for (int k = 0; k < sums; ++k) sum[k] = F64{} + static_cast<double>(k);
  for (std::int64_t i = 0; i < items * rate_item; i += 2 * sums * width) {
    for (int k = 0; k < sums; ++k) sum[k] = k % 2 == 0 ? one_way(sum[k]) : other_way(sum[k]);
    for (int k = 0; k < sums; ++k) sum[k] = k % 2 == 0 ? other_way(sum[k]) : one_way(sum[k]);
  }
  std::uint64_t total = 0;
  for (const F64& one : sum) {
    for (int l = 0; l < width; ++l) total += static_cast<std::uint64_t>(one[l]);
  }
  constexpr int at_first = sums * (sums - 1) / 2 * width;
  return total - static_cast<std::uint64_t>(at_first);
}

/// Half of them in the multiply-add units, as matrix_mean adds: where these are not the adders, a
/// core does twice as many.
std::uint64_t add_ones(double one, std::int64_t items) {
  const F64 ones = F64{} + one;
  return in_flight(
      items, [=](F64 sum) { return sum + ones; }, [=](F64 sum) { return add_by_fma(ones, sum); });
}

std::uint64_t multiply_and_add_ones(double one, std::int64_t items) {
  const F64 ones = F64{} + one;
  const auto turn = [=](F64 sum) { return add_exact_product(ones, sum, ones); };
  return in_flight(items, turn, turn);
}

std::uint64_t convert_floats(const float* floats, std::int64_t items) {
  constexpr int vectors = 8;
  U64 sum[vectors] = {};
  for (std::int64_t turn = 0; turn < items * (rate_item / rate_floats); ++turn) {
    for (std::int64_t i = 0; i < rate_floats; i += vectors * width) {
      for (int v = 0; v < vectors; ++v) {
        sum[v] += reinterpret_cast<U64>(load(floats + i + v * width));
      }
    }
    // The next turn's conversions are the same; the compiler must not know.
    asm volatile("" : "+r"(floats));
  }
  std::uint64_t total = 0;
  for (const U64& one : sum) {
    for (int l = 0; l < width; ++l) total += one[l];
  }
  return total;
}

std::uint64_t count_bits(const std::uint64_t* words, std::int64_t items) {
  std::uint64_t sum[4] = {};
  for (std::int64_t turn = 0; turn < items * (rate_item / rate_words); ++turn) {
    for (std::int64_t i = 0; i < rate_words; i += 4) {
      for (int k = 0; k < 4; ++k) {
        sum[k] += static_cast<std::uint64_t>(__builtin_popcountll(words[i + k]));
      }
    }
    asm volatile("" : "+r"(words));
  }
  return sum[0] + sum[1] + sum[2] + sum[3];
}

/// Every byte once, as primes cross off: eight bytes a turn without a test between them.
inline void update_each(std::uint8_t* bytes, std::int64_t stride) {
  for (std::int64_t first = 0; first < stride; ++first) {
    std::int64_t i = first;
    for (; i + 7 * stride < rate_bytes; i += 8 * stride) {
      std::uint8_t* const at = bytes + i;
      ++at[0];
      ++at[stride];
      ++at[2 * stride];
      ++at[3 * stride];
      ++at[4 * stride];
      ++at[5 * stride];
      ++at[6 * stride];
      ++at[7 * stride];
    }
    for (; i < rate_bytes; i += stride) ++bytes[i];
  }
}

std::uint64_t update_bytes(std::uint8_t* bytes, std::int64_t stride, std::int64_t items) {
  constexpr std::int64_t most = 255;  // that a byte can count
  std::uint64_t total = 0;
  for (std::int64_t done = 0; done < items; done += most) {
    const std::int64_t some = items - done < most ? items - done : most;
    for (std::int64_t i = 0; i < rate_bytes; ++i) bytes[i] = 0;
    for (std::int64_t item = 0; item < some; ++item) update_each(bytes, stride);
    for (std::int64_t i = 0; i < rate_bytes; ++i) total += bytes[i];
  }
  return total;
}

constexpr RatePath rate_loops = {.add = add_ones,
                                 .multiply_add = multiply_and_add_ones,
                                 .convert = convert_floats,
                                 .popcount = count_bits,
                                 .update = update_bytes};

}  // namespace
}  // namespace scalelaw

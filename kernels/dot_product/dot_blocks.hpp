#pragma once

// Only for sources compiled for one instruction set; see numerics/vectors.hpp.
#include "kernels/dot_product/dot_input.hpp"
#include "kernels/dot_product/dot_path.hpp"
#include "kernels/numerics/random_block.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

/// sum + x * y of elements of type T, each of which is rounded.
template <class T>
inline F64 add_product(F64 sum, F64 x, F64 y) {
  if constexpr (sizeof(T) == 4) return add_exact_product(sum, x, y);
  return sum + x * y;
}

/// Sum in 32 lanes, over as many vectors as that takes.
template <class T, bool prefetches>
DotSum standard(const T* x, const T* y, std::int64_t n, std::int64_t ahead) {
  constexpr int lanes = 32, vectors = lanes / width;
  F64 sum[vectors] = {};
  for (std::int64_t i = 0; i < n; i += lanes) {
    prefetch<prefetches, lanes * sizeof(T)>(x + i, ahead);
    prefetch<prefetches, lanes * sizeof(T)>(y + i, ahead);
    for (int v = 0; v < vectors; ++v) {
      sum[v] = add_product<T>(sum[v], load(x + i + v * width), load(y + i + v * width));
    }
  }
  return {add_lanes<lanes>(sum), 0.0};
}

/// s + error = a + b exactly (Knuth's TwoSum).
template <class V>
inline V two_sum(V a, V b, V& error) {
  const V s = a + b;
  const V from_b = s - a;
  error = (a - (s - from_b)) + (b - from_b);
  return s;
}

/// The rounding error of the product p = x * y, lane by lane; exact with a fused multiply-add.
inline F64 product_error(F64 x, F64 y, F64 p) {
#if defined(__AVX512F__)
  return _mm512_fmsub_pd(x, y, p);
#elif defined(__FMA__)
  return _mm256_fmsub_pd(x, y, p);
#elif defined(__aarch64__)
  return vfmaq_f64(-p, x, y);
#else  // in software if the baseline lacks the instruction: slow, but the same bits
  F64 error;
  for (int l = 0; l < width; ++l) error[l] = __builtin_fma(x[l], y[l], -p[l]);
  return error;
#endif
}

/// The same for vectors, with `s` known.  Two of five additions use the multiply-add units, so that
/// the adders do not limit the sum.
inline F64 two_sum_error(F64 a, F64 b, F64 s) {
#if defined(__AVX512F__)
  const F64 from_b = s - a;
  return (a - (s - from_b)) + (b - from_b);
#else
  const F64 from_b = subtract_by_fma(s, a);
  return (a - (s - from_b)) + subtract_by_fma(b, from_b);
#endif
}

/// Adds a product of elements of type T to a compensated sum, lane by lane.
template <class T>
inline void add_compensated(F64 x, F64 y, F64& sum, F64& correction) {
  const F64 p = x * y;
  const F64 s = add_product<T>(sum, x, y);
  const F64 error = two_sum_error(sum, p, s);
  sum = s;
  if constexpr (sizeof(T) == 8) {
    correction += error + product_error(x, y, p);
  } else {  // p is exact; this loop's conversions need the adders too
    correction = add_by_fma(error, correction);
  }
}

/// Compensated sum (Ogita, Rump, Oishi 2005, algorithm 5.3) in 16 lanes: half as many as above,
/// because each lane needs two registers.
template <class T, bool prefetches>
DotSum dot2(const T* x, const T* y, std::int64_t n, std::int64_t ahead) {
  constexpr int lanes = 16, vectors = lanes / width;
  F64 sum[vectors] = {}, correction[vectors] = {};
  for (std::int64_t i = 0; i < n; i += lanes) {
    prefetch<prefetches, lanes * sizeof(T)>(x + i, ahead);
    prefetch<prefetches, lanes * sizeof(T)>(y + i, ahead);
    for (int v = 0; v < vectors; ++v) {
      add_compensated<T>(load(x + i + v * width), load(y + i + v * width), sum[v], correction[v]);
    }
  }
  double s[lanes], c[lanes];
  __builtin_memcpy(s, sum, sizeof s);
  __builtin_memcpy(c, correction, sizeof c);
  for (int half = lanes / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) {
      double error;
      s[l] = two_sum(s[l], s[l + half], error);
      c[l] = (c[l] + c[l + half]) + error;
    }
  }
  // Infinity and NaN need no correction.
  const bool finite = s[0] - s[0] == 0 && c[0] - c[0] == 0;
  return {s[0], finite ? c[0] : 0.0};
}

/// Fills one chunk of both vectors from its block of random numbers.
template <class T>
inline void fill_chunk(const Weyl& weyl, std::int64_t chunk,
                       const F64 (&random)[4][vectors_of_eight], T* x, T* y) {
  static constexpr std::uint64_t lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int v = 0; v < vectors_of_eight; ++v) {
    const F64 a = random[0][v], b = random[1][v], c = random[2][v];
    const U64 group =
        load(lane_numbers + v * width) + static_cast<std::uint64_t>(chunk) * std::uint64_t{8};
    const F64 d = to_unit(multiply_low_halves(group, U64{} + weyl.step) + weyl.start);
    const I64 minus = (random[3][v] < 0.5) & static_cast<std::int64_t>(std::uint64_t{1} << 63);
    const auto signed_by_group = [&](F64 value) {
      return reinterpret_cast<F64>(reinterpret_cast<I64>(value) ^ minus);
    };
    const int at = v * width;
    store(x + at, a);
    store(x + 8 + at, b);
    store(x + 16 + at, c);
    store(x + 24 + at, 1.0 - c);
    store(y + at, signed_by_group(b));
    store(y + 8 + at, signed_by_group(-a));
    store(y + 16 + at, d);
    store(y + 24 + at, d);
  }
}

template <int N, class T>
inline void fill_some(std::int64_t seed, std::int64_t chunk, T* x, T* y) {
  F64 random[N][4][vectors_of_eight];
  random_block(seed, dot_stream, chunk, random);
  const Weyl weyl = dot_weyl(seed);
  for (int b = 0; b < N; ++b) fill_chunk(weyl, chunk + b, random[b], x + 32 * b, y + 32 * b);
}

template <class T>
void fill_chunks(std::int64_t seed, std::int64_t chunk, std::int64_t count, T* x, T* y) {
  std::int64_t k = 0;
  for (; k + blocks_together <= count; k += blocks_together) {
    fill_some<blocks_together>(seed, chunk + k, x + 32 * k, y + 32 * k);
  }
  for (; k < count; ++k) fill_some<1>(seed, chunk + k, x + 32 * k, y + 32 * k);
}

template <class T>
constexpr DotPath::Blocks<T> blocks = {.standard = {standard<T, false>, standard<T, true>},
                                       .dot2 = {dot2<T, false>, dot2<T, true>}};

constexpr DotPath dot_blocks = {
    .f64 = blocks<double>,
    .f32 = blocks<float>,
    .fill_f64 = fill_chunks<double>,
    .fill_f32 = fill_chunks<float>,
};

}  // namespace
}  // namespace scalelaw

#pragma once

// Only for sources compiled for one instruction set; see numerics/vectors.hpp.
#include "kernels/matrix_mean/matrix_fill.hpp"
#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

constexpr int eight = 8 / width;  ///< vectors that hold eight lanes

/// v, kept in a register: GCC would read it from memory again for its second use.
inline F64 once(F64 v) {
#if defined(__x86_64__)
  __asm__("" : "+v"(v));
#endif
  return v;
}

inline void store_past_caches(double* to, F64 v) {
#if defined(__AVX512F__)
  _mm512_stream_pd(to, v);
#elif defined(__AVX2__)
  _mm256_stream_pd(to, v);
#elif defined(__x86_64__)
  _mm_stream_pd(to, v);
#else
  store(to, v);
#endif
}

inline F64 mean_of(const TileMeans& means, F64 sum) {
  return means.factor != 0 ? sum * means.factor : sum / means.divisor;
}

inline void store_mean(const TileMeans& means, std::int64_t at, F64 sum) {
  if (means.streaming) return store_past_caches(means.to + at, mean_of(means, sum));
  store(means.to + at, mean_of(means, sum));
}

inline F64 add(F64 a, F64 b) {
  return a + b;
}

/// a + b of a column in the wide loop.  AVX2 processors convert and add in the same units, which the
/// fused multiply-add relieves.  With AVX-512 it is 0 to 5 % slower from memory.
inline F64 add_down(F64 a, F64 b) {
#if defined(__AVX512F__)
  return a + b;
#else
  return add_by_fma(a, b);
#endif
}

/// The sum of N vectors, in pairs.
template <F64 (*plus)(F64, F64) = add, int N>
inline F64 add_pairs(const F64 (&x)[N]) {
  if constexpr (N == 1) {
    return x[0];
  } else {
    F64 half[(N + 1) / 2];
    for (int i = 0; i < N / 2; ++i) half[i] = plus(x[2 * i], x[2 * i + 1]);
    if constexpr (N % 2 != 0) half[N / 2] = x[N - 1];
    return add_pairs<plus>(half);
  }
}

/// Adds N rows (1 to 8) of a panel.  A row is summed in eight lanes, column c in lane c mod 8.  A
/// column gets the sum of the N rows, added in pairs; the `first` rows start it from zero, and the
/// `last` ones turn it into a mean.
template <class T, int N, bool prefetches, bool first, bool last>
inline void add_rows(const T* tile, std::int64_t stride, std::int64_t columns, double* column,
                     double* row, const TileMeans& means, std::int64_t ahead) {
  F64 sum[N][eight] = {};
  const auto add_eight = [&](std::int64_t c) {
    for (int v = 0; v < eight; ++v) {
      F64 x[N];
      for (int r = 0; r < N; ++r) {
        x[r] = load(tile + r * stride + c + v * width);
        sum[r][v] += x[r];
      }
      const F64 before = first ? F64{} : load(column + c + v * width);
      const F64 after = add_down(before, add_pairs<add_down>(x));
      if constexpr (last) {
        store_mean(means, c + v * width, after);
      } else {
        store(column + c + v * width, after);
      }
    }
  };
  // While means are written, f32 is faster with one prefetch per line.
  constexpr std::int64_t step = last && sizeof(T) == 4 ? 16 : 8;
  const std::int64_t whole = columns / 8 * 8;
  std::int64_t at = 0;
  for (; at + step <= whole; at += step) {
    for (int r = 0; r < N; ++r) {
      prefetch<prefetches, 64>(tile + r * stride + at, ahead);
    }
    for (std::int64_t c = at; c < at + step; c += 8) add_eight(c);
  }
  for (; at < whole; at += 8) add_eight(at);
  double lanes[N][8];
  __builtin_memcpy(lanes, sum, sizeof lanes);
  for (std::int64_t c = whole; c < columns; ++c) {
    F64 x[N] = {};
    for (int r = 0; r < N; ++r) {
      const auto value = static_cast<double>(tile[r * stride + c]);
      x[r][0] = value;
      lanes[r][c - whole] += value;
    }
    const double after = (first ? 0.0 : column[c]) + add_pairs(x)[0];
    (last ? means.to[c] : column[c]) = last ? after / means.divisor : after;
  }
  for (int r = 0; r < N; ++r) {
    for (int half = 4; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) lanes[r][l] += lanes[r][l + half];
    }
    row[r] = lanes[r][0];
  }
}

template <class T>
using AddRows = void (*)(const T*, std::int64_t, std::int64_t, double*, double*, const TileMeans&,
                         std::int64_t);

/// add_rows() for `rows` rows, 1 to 8.
template <class T, bool prefetches, bool first, bool last>
AddRows<T> add_rows_of(std::int64_t rows) {
  static constexpr AddRows<T> functions[] = {
      add_rows<T, 1, prefetches, first, last>, add_rows<T, 2, prefetches, first, last>,
      add_rows<T, 3, prefetches, first, last>, add_rows<T, 4, prefetches, first, last>,
      add_rows<T, 5, prefetches, first, last>, add_rows<T, 6, prefetches, first, last>,
      add_rows<T, 7, prefetches, first, last>, add_rows<T, 8, prefetches, first, last>,
  };
  return functions[rows - 1];
}

/// Eight rows at a time, through all panels before the next eight, because memory delivers long
/// streams fastest.
template <class T, bool prefetches>
void wide(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t panels,
          const std::int64_t* panel_ends, double* column, double* row, const TileMeans& means,
          std::int64_t ahead) {
  for (std::int64_t r = 0; r < rows; r += 8) {
    const std::int64_t together = rows - r < 8 ? rows - r : 8;
    const bool first = r == 0, last = r + together == rows && means.to != nullptr;
    const AddRows<T> add = last ? (first ? add_rows_of<T, prefetches, true, true>(together)
                                         : add_rows_of<T, prefetches, false, true>(together))
                                : (first ? add_rows_of<T, prefetches, true, false>(together)
                                         : add_rows_of<T, prefetches, false, false>(together));
    std::int64_t begin = 0;
    for (std::int64_t p = 0; p < panels; ++p) {
      const TileMeans of_panel{means.to + begin, means.divisor, means.streaming, means.factor};
      add(tile + r * stride + begin, stride, panel_ends[p] - begin, column + begin,
          row + p * rows + r, of_panel, ahead);
      begin = panel_ends[p];
    }
  }
}

/// Sets all bits of the first n (1 to 8) of eight lanes.
inline void first_lanes(std::int64_t n, I64 (&wanted)[eight]) {
  static constexpr std::int64_t lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int v = 0; v < eight; ++v) wanted[v] = load(lane_numbers + v * width) < n;
}

/// Loads vector v of eight elements; those not `wanted` become zero.  (AVX2's masked loads are
/// several times slower on AMD processors.)
template <class T>
inline F64 load_wanted(const T* from, const I64 (&wanted)[eight], int v) {
#if defined(__AVX512F__)
  const __mmask8 mask = _mm512_movepi64_mask(reinterpret_cast<__m512i>(wanted[v]));
  if constexpr (sizeof(T) == 8) return _mm512_maskz_loadu_pd(mask, from);
  if constexpr (sizeof(T) == 4) return _mm512_maskz_cvtps_pd(mask, _mm256_loadu_ps(from));
#else
  return reinterpret_cast<F64>(reinterpret_cast<I64>(load(from + v * width)) & wanted[v]);
#endif
}

#if defined(__AVX2__) && !defined(__AVX512F__)
/// (a0 + a1) and (b0 + b1) in turn, lane by lane of a pair, with one shuffle where hadd takes two.
inline __m256d add_neighbours(__m256d a, __m256d b) {
  return _mm256_add_pd(_mm256_blend_pd(a, b, 0xA), _mm256_shuffle_pd(a, b, 0x5));
}

/// Adds eight rows of eight elements as sum_across() and add_pairs() do.  In this order only a few
/// vectors are needed at once; GCC would keep all sixteen, and most of them in memory.
template <class Load>
inline void add_square(const Load& load_half, F64 (&down)[eight], F64 (&across)[eight]) {
  F64 half_down[2][2];
  for (int q = 0; q < 2; ++q) {
    F64 half[2];
    for (int h = 0; h < 2; ++h) {
      F64 x[4];
      for (int r = 0; r < 4; ++r) x[r] = once(load_half(4 * q + r, h));
      half_down[h][q] = add_by_fma(add_by_fma(x[0], x[1]), add_by_fma(x[2], x[3]));
      const __m256d a = add_neighbours(x[0], x[1]), b = add_neighbours(x[2], x[3]);
      half[h] = _mm256_add_pd(_mm256_blend_pd(a, b, 0xC), _mm256_permute2f128_pd(a, b, 0x21));
    }
    across[q] += half[0] + half[1];
  }
  for (int h = 0; h < 2; ++h) {
    down[h] = add_by_fma(add_by_fma(half_down[h][0], half_down[h][1]), down[h]);
  }
}
#else
/// The sums of eight rows of eight elements, one lane each, added in the order
/// ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
inline void sum_across(const F64 (&x)[8][eight], F64 (&sum)[eight]) {
#if defined(__AVX512F__)
  // Rows are combined while they are added: half as many shuffles as a transposition.
  __m512d two[4], four[2];
  for (int i = 0; i < 4; ++i) {
    const __m512d a = x[2 * i][0], b = x[2 * i + 1][0];
    two[i] =
        _mm512_add_pd(_mm512_mask_blend_pd(0xAA, a, b), _mm512_maskz_shuffle_pd(0xFF, a, b, 0x55));
  }
  for (int i = 0; i < 2; ++i) {
    const __m512d a = two[2 * i], b = two[2 * i + 1];
    four[i] = _mm512_add_pd(_mm512_mask_blend_pd(0xCC, a, b),
                            _mm512_maskz_permutex_pd(0xFF, _mm512_mask_blend_pd(0xCC, b, a), 0x4E));
  }
  sum[0] = _mm512_add_pd(_mm512_maskz_shuffle_f64x2(0xFF, four[0], four[1], 0x44),
                         _mm512_maskz_shuffle_f64x2(0xFF, four[0], four[1], 0xEE));
#else
  for (int i = 0; i < eight; ++i) {
    F64 two[eight];
    for (int v = 0; v < eight; ++v) {
      const F64 a = x[2 * i][v], b = x[2 * i + 1][v];
      two[v] = F64{a[0], b[0]} + F64{a[1], b[1]};
    }
    sum[i] = add_pairs(two);
  }
#endif
}

/// Adds eight rows of eight elements, row r's vector v by load_part(r, v): to `down` the sum of the
/// rows, added in pairs, and to `across` each row's sum.
template <class Load>
inline void add_square(const Load& load_part, F64 (&down)[eight], F64 (&across)[eight]) {
  F64 x[8][eight];
  for (int r = 0; r < 8; ++r) {
    for (int v = 0; v < eight; ++v) x[r][v] = once(load_part(r, v));
  }
  F64 sum[eight];
  sum_across(x, sum);
  for (int v = 0; v < eight; ++v) {
    F64 of_rows[8];
    for (int r = 0; r < 8; ++r) of_rows[r] = x[r][v];
    down[v] = add_by_fma(add_pairs<add_by_fma>(of_rows), down[v]);
    across[v] += sum[v];
  }
}
#endif

/// Adds eight rows, in groups of eight columns; of the last group only the `wanted` ones if it is
/// `cut`.
template <class T, int groups, bool cut>
inline void add_eight_rows(const T* rows, std::int64_t stride, const I64 (&wanted)[eight],
                           F64 (&down)[groups][eight], F64 (&across)[eight]) {
  for (F64& sum : across) sum = F64{};
  for (int g = 0; g < groups; ++g) {
    const T* const from = rows + 8 * g;
    if (cut && g + 1 == groups) {
      add_square([&](int row, int v) { return load_wanted(from + row * stride, wanted, v); },
                 down[g], across);
    } else {
      add_square([&](int row, int v) { return load(from + row * stride + v * width); }, down[g],
                 across);
    }
  }
}

/// Adds at most eight rows, padded with zeros, from a copy with room to read beyond its end.
template <class T, int groups>
void add_last_rows(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                   F64 (&down)[groups][eight], double* row, const TileMeans& means) {
  I64 wanted[eight];
  first_lanes(columns - 8 * (groups - 1), wanted);
  T copy[8 * narrow_columns] = {};
  for (std::int64_t r = 0; r < rows; ++r) {
    __builtin_memcpy(copy + r * narrow_columns, tile + r * stride,
                     static_cast<std::uint64_t>(columns) * sizeof(T));
  }
  F64 across[eight];
  add_eight_rows<T, groups, true>(copy, narrow_columns, wanted, down, across);
  double sums[8];
  __builtin_memcpy(sums, across, sizeof sums);
  for (std::int64_t r = 0; r < rows; ++r) {
    (means.to != nullptr ? means.to[r] : row[r]) = sums[r] / means.divisor;
  }
}

/// Adds eight rows at a time while at least sixteen are left; returns how many it added.  Reads up
/// to seven elements after a row; the matrix's last row is never among these.
template <class T, int groups, bool prefetches, bool cut>
std::int64_t add_whole_rows(const T* tile, std::int64_t stride, std::int64_t rows,
                            const I64 (&wanted)[eight], F64 (&down)[groups][eight], double* row,
                            const TileMeans means, std::int64_t ahead) {
  F64 across[eight];
  std::int64_t r = 0;
  for (; r + 16 <= rows; r += 8) {
    prefetch<prefetches, static_cast<int>(8 * 8 * groups * sizeof(T))>(tile + r * stride, ahead);
    add_eight_rows<T, groups, cut>(tile + r * stride, stride, wanted, down, across);
    for (int v = 0; v < eight; ++v) {
      if (means.to != nullptr) {
        store_mean(means, r + v * width, across[v]);
      } else {
        store(row + r + v * width, across[v]);
      }
    }
  }
  return r;
}

template <class T, int groups, bool prefetches>
void narrow_groups(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                   double* column, double* row, const TileMeans& means, std::int64_t ahead) {
  I64 wanted[eight];
  first_lanes(columns - 8 * (groups - 1), wanted);
  F64 down[groups][eight] = {};
  const auto add_whole = columns % 8 == 0 ? add_whole_rows<T, groups, prefetches, false>
                                          : add_whole_rows<T, groups, prefetches, true>;
  std::int64_t r = add_whole(tile, stride, rows, wanted, down, row, means, ahead);
  for (; r < rows; r += 8) {
    const TileMeans of_rows{means.to != nullptr ? means.to + r : nullptr, means.divisor};
    add_last_rows<T, groups>(tile + r * stride, stride, rows - r < 8 ? rows - r : 8, columns, down,
                             row + r, of_rows);
  }
  double sums[8 * groups];
  __builtin_memcpy(sums, down, sizeof sums);
  for (std::int64_t c = 0; c < columns; ++c) column[c] = sums[c];
}

/// Fewer than 32 columns: eight rows at a time.
template <class T, bool prefetches>
void narrow(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t,
            const std::int64_t* panel_ends, double* column, double* row, const TileMeans& means,
            std::int64_t ahead) {
  const std::int64_t columns = panel_ends[0];  // one panel
  constexpr decltype(&narrow_groups<T, 1, prefetches>) by_groups[] = {
      narrow_groups<T, 1, prefetches>, narrow_groups<T, 2, prefetches>,
      narrow_groups<T, 3, prefetches>, narrow_groups<T, 4, prefetches>};
  by_groups[(columns - 1) / 8](tile, stride, rows, columns, column, row, means, ahead);
}

constexpr int line_lanes = 32, line_vectors = line_lanes / width;

/// The sum of `n` elements of which the first `done`, a multiple of 32, are in `sum` already.
template <class T>
double finish_line(const T* values, std::int64_t n, std::int64_t done, F64 (&sum)[line_vectors]) {
  for (; done + line_lanes <= n; done += line_lanes) {
    for (int v = 0; v < line_vectors; ++v) sum[v] += load(values + done + v * width);
  }
  double rest[line_lanes] = {};
  for (std::int64_t i = done; i < n; ++i) rest[i - done] = static_cast<double>(values[i]);
  for (int v = 0; v < line_vectors; ++v) sum[v] += load(rest + v * width);
  return add_lanes<line_lanes>(sum);
}

/// Each line in 32 lanes, element i in lane i mod 32.
template <class T, int places, bool prefetches>
void lines(const T* const* line, const std::int64_t* n, double* sums, std::int64_t ahead) {
  F64 sum[places][line_vectors] = {};
  std::int64_t shortest = n[0];
  for (int p = 1; p < places; ++p) shortest = n[p] < shortest ? n[p] : shortest;
  const T* from[places];
  for (int p = 0; p < places; ++p) from[p] = line[p];
  const std::int64_t whole = shortest / line_lanes * line_lanes;
  for (std::int64_t i = 0; i < whole; i += line_lanes) {
    for (int p = 0; p < places; ++p) {
      prefetch<prefetches, line_lanes * sizeof(T)>(from[p] + i, ahead);
      for (int v = 0; v < line_vectors; ++v) sum[p][v] += load(from[p] + i + v * width);
    }
  }
  for (int p = 0; p < places; ++p) sums[p] = finish_line(from[p], n[p], whole, sum[p]);
}

template <class T, int places>
constexpr PrefetchPair<MatrixPath::Lines<T>> lines_of = {lines<T, places, false>,
                                                         lines<T, places, true>};

inline bool any(I64 v) {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(v), reinterpret_cast<__m512i>(v)) != 0;
#elif defined(__AVX2__)
  return _mm256_testz_si256(reinterpret_cast<__m256i>(v), reinterpret_cast<__m256i>(v)) == 0;
#else
  return (v[0] | v[1]) != 0;
#endif
}

/// WindowSum::add() for a vector of sums at a time, while each value begins in its sum's top digit.
void deposit(const double* sum, std::int64_t n, std::int64_t* top, std::int64_t* high,
             std::int64_t* middle, std::int64_t* low) {
  std::int64_t c = 0;
  for (; c + width <= n; c += width) {
    const U64 bits = reinterpret_cast<U64>(load(sum + c));
    const U64 first = ((bits >> 52) & 0x7FF) + 51;
    const U64 digit = first >> 5;
    const I64 tops = load(top + c);
    // Digits 1 and 65 contain the exponents of zero, subnormal, infinite and NaN values.
    const I64 unlike = (reinterpret_cast<I64>(digit) ^ tops) | (tops == 1) | (tops == 65);
    if (any(unlike)) {
      for (std::int64_t i = c; i < c + width; ++i) {
        deposit_one(sum[i], top[i], high[i], middle[i], low[i]);
      }
      continue;
    }
    const U64 in_digit = first & 31;
    const U64 aligned = (bits << 11) | (std::uint64_t{1} << 63);
    const U64 rest = aligned << (in_digit + 1);
    const U64 sign = -(bits >> 63);
    const auto add = [&](std::int64_t* to, U64 v) {
      store(to + c, load(to + c) + reinterpret_cast<I64>((v ^ sign) - sign));
    };
    add(high, aligned >> (63 - in_digit));
    add(middle, rest >> 32);
    add(low, rest & 0xFFFFFFFF);
  }
  for (; c < n; ++c) deposit_one(sum[c], top[c], high[c], middle[c], low[c]);
}

void divide(const double* sum, std::int64_t n, double divisor, bool streaming, double* to) {
  std::int64_t i = 0;
  if (streaming) {
    for (; i < n && reinterpret_cast<std::uintptr_t>(to + i) % vector_bytes != 0; ++i) {
      to[i] = sum[i] / divisor;
    }
    for (; i + width <= n; i += width) store_past_caches(to + i, load(sum + i) / divisor);
  }
  for (; i < n; ++i) to[i] = sum[i] / divisor;
}

constexpr MatrixPath matrix_tiles = {
    .wide_f64 = {wide<double, false>, wide<double, true>},
    .narrow_f64 = {narrow<double, false>, narrow<double, true>},
    .wide_f32 = {wide<float, false>, wide<float, true>},
    .narrow_f32 = {narrow<float, false>, narrow<float, true>},
    .lines_f64 = {lines_of<double, 1>, lines_of<double, 2>, lines_of<double, 3>,
                  lines_of<double, 4>},
    .lines_f32 = {lines_of<float, 1>, lines_of<float, 2>, lines_of<float, 3>, lines_of<float, 4>},
    .deposit = deposit,
    .divide = divide,
    .fill_line_f64 = fill_line<double>,
    .fill_line_f32 = fill_line<float>,
    .fill_rows_f64 = fill_rows<double>,
    .fill_rows_f32 = fill_rows<float>,
};

}  // namespace
}  // namespace scalelaw

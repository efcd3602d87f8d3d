#pragma once

// For the sources of one instruction set alone; see numerics/vectors.hpp.
#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/numerics/prefetch.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

constexpr int eight = 8 / width;  ///< vectors that hold eight lanes

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

inline void store_mean(const TileMeans& means, std::int64_t at, F64 sum) {
  if (means.streaming) return store_past_caches(means.to + at, sum / means.divisor);
  store(means.to + at, sum / means.divisor);
}

/// The sum of N vectors, in pairs.
template <int N>
inline F64 add_pairs(const F64 (&x)[N]) {
  if constexpr (N == 1) {
    return x[0];
  } else {
    F64 half[(N + 1) / 2];
    for (int i = 0; i < N / 2; ++i) half[i] = x[2 * i] + x[2 * i + 1];
    if constexpr (N % 2 != 0) half[N / 2] = x[N - 1];
    return add_pairs(half);
  }
}

/// N rows (1 to 8) of a panel.  A row is summed in eight lanes, column c in lane c mod 8; a column
/// takes the sum of the N rows, added in pairs, and starts from zero with the `first` rows.  With
/// the `last` ones it becomes a mean.
template <class T, int N, int ahead, bool first, bool last>
inline void add_rows(const T* tile, std::int64_t stride, std::int64_t columns, double* column,
                     double* row, const TileMeans& means) {
  F64 sum[N][eight] = {};
  const std::int64_t whole = columns / 8 * 8;
  for (std::int64_t c = 0; c < whole; c += 8) {
    for (int r = 0; r < N; ++r) prefetch<64, ahead>(tile + r * stride + c);
    for (int v = 0; v < eight; ++v) {
      F64 x[N];
      for (int r = 0; r < N; ++r) {
        x[r] = load(tile + r * stride + c + v * width);
        sum[r][v] += x[r];
      }
      const F64 before = first ? F64{} : load(column + c + v * width);
      const F64 after = before + add_pairs(x);
      if constexpr (last) {
        store_mean(means, c + v * width, after);
      } else {
        store(column + c + v * width, after);
      }
    }
  }
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
using AddRows = void (*)(const T*, std::int64_t, std::int64_t, double*, double*, const TileMeans&);

/// add_rows() for so many rows, 1 to 8.
template <class T, int ahead, bool first, bool last>
AddRows<T> add_rows_of(std::int64_t rows) {
  static constexpr AddRows<T> functions[] = {
      add_rows<T, 1, ahead, first, last>, add_rows<T, 2, ahead, first, last>,
      add_rows<T, 3, ahead, first, last>, add_rows<T, 4, ahead, first, last>,
      add_rows<T, 5, ahead, first, last>, add_rows<T, 6, ahead, first, last>,
      add_rows<T, 7, ahead, first, last>, add_rows<T, 8, ahead, first, last>,
  };
  return functions[rows - 1];
}

/// Eight rows at a time, through all panels before the next eight: long streams are what memory
/// gives fastest.
template <class T, int ahead>
void wide(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t panels,
          const std::int64_t* panel_ends, double* column, double* row, const TileMeans& means) {
  for (std::int64_t r = 0; r < rows; r += 8) {
    const std::int64_t together = rows - r < 8 ? rows - r : 8;
    const bool first = r == 0, last = r + together == rows && means.to != nullptr;
    const AddRows<T> add = last ? (first ? add_rows_of<T, ahead, true, true>(together)
                                         : add_rows_of<T, ahead, false, true>(together))
                                : (first ? add_rows_of<T, ahead, true, false>(together)
                                         : add_rows_of<T, ahead, false, false>(together));
    std::int64_t begin = 0;
    for (std::int64_t p = 0; p < panels; ++p) {
      const TileMeans of_panel{means.to + begin, means.divisor, means.streaming};
      add(tile + r * stride + begin, stride, panel_ends[p] - begin, column + begin,
          row + p * rows + r, of_panel);
      begin = panel_ends[p];
    }
  }
}

#if defined(__AVX512F__)

/// Turns eight rows of eight elements, in pairs and then in quarters, into eight columns.
inline void transpose(__m512d (&m)[8]) {
  __m512d pair[8], quarter[8];
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm512_maskz_unpacklo_pd(0xFF, m[i], m[i + 1]);
    pair[i + 1] = _mm512_maskz_unpackhi_pd(0xFF, m[i], m[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int k = 0; k < 2; ++k) {
      quarter[i + k] = _mm512_maskz_shuffle_f64x2(0xFF, pair[i + k], pair[i + k + 2], 0x88);
      quarter[i + k + 2] = _mm512_maskz_shuffle_f64x2(0xFF, pair[i + k], pair[i + k + 2], 0xDD);
    }
  }
  for (int k = 0; k < 4; ++k) {
    m[k] = _mm512_maskz_shuffle_f64x2(0xFF, quarter[k], quarter[k + 4], 0x88);
    m[k + 4] = _mm512_maskz_shuffle_f64x2(0xFF, quarter[k], quarter[k + 4], 0xDD);
  }
}

/// The first n (at most 8) columns of eight rows that are `stride` apart.
inline void load_columns(const double* from, std::int64_t stride, std::int64_t n, F64 (&x)[8]) {
  const auto wanted = static_cast<__mmask8>((1 << n) - 1);
  __m512d m[8];
  for (int r = 0; r < 8; ++r) m[r] = _mm512_maskz_loadu_pd(wanted, from + r * stride);
  transpose(m);
  for (int c = 0; c < 8; ++c) x[c] = m[c];
}
inline void load_columns(const float* from, std::int64_t stride, std::int64_t n, F64 (&x)[8]) {
  const auto wanted = static_cast<__mmask8>((1 << n) - 1);
  __m256 m[8], pair[8];
  for (int r = 0; r < 8; ++r) m[r] = _mm256_maskz_loadu_ps(wanted, from + r * stride);
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(m[i], m[i + 1]);
    pair[i + 1] = _mm256_unpackhi_ps(m[i], m[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int k = 0; k < 2; ++k) {
      m[i + 2 * k] = _mm256_shuffle_ps(pair[i + k], pair[i + k + 2], 0x44);
      m[i + 2 * k + 1] = _mm256_shuffle_ps(pair[i + k], pair[i + k + 2], 0xEE);
    }
  }
  for (int c = 0; c < 4; ++c) {
    x[c] = _mm512_maskz_cvtps_pd(0xFF, _mm256_permute2f128_ps(m[c], m[c + 4], 0x20));
    x[c + 4] = _mm512_maskz_cvtps_pd(0xFF, _mm256_permute2f128_ps(m[c], m[c + 4], 0x31));
  }
}

#elif defined(__AVX2__)

/// The first n (at most 4) columns of four rows that are `stride` apart.
inline void load_columns(const double* from, std::int64_t stride, std::int64_t n, F64 (&x)[4]) {
  const __m256i wanted = _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
  __m256d m[4];
  for (int r = 0; r < 4; ++r) m[r] = _mm256_maskload_pd(from + r * stride, wanted);
  const __m256d low[2] = {_mm256_unpacklo_pd(m[0], m[1]), _mm256_unpacklo_pd(m[2], m[3])};
  const __m256d high[2] = {_mm256_unpackhi_pd(m[0], m[1]), _mm256_unpackhi_pd(m[2], m[3])};
  x[0] = _mm256_permute2f128_pd(low[0], low[1], 0x20);
  x[1] = _mm256_permute2f128_pd(high[0], high[1], 0x20);
  x[2] = _mm256_permute2f128_pd(low[0], low[1], 0x31);
  x[3] = _mm256_permute2f128_pd(high[0], high[1], 0x31);
}
inline void load_columns(const float* from, std::int64_t stride, std::int64_t n, F64 (&x)[4]) {
  const __m128i wanted =
      _mm_cmpgt_epi32(_mm_set1_epi32(static_cast<int>(n)), _mm_setr_epi32(0, 1, 2, 3));
  __m128 m[4];
  for (int r = 0; r < 4; ++r) m[r] = _mm_maskload_ps(from + r * stride, wanted);
  _MM_TRANSPOSE4_PS(m[0], m[1], m[2], m[3]);
  for (int c = 0; c < 4; ++c) x[c] = _mm256_cvtps_pd(m[c]);
}

#else

/// The first n (at most 2) columns of two rows that are `stride` apart.
template <class T>
inline void load_columns(const T* from, std::int64_t stride, std::int64_t n, F64 (&x)[2]) {
  for (std::int64_t c = 0; c < n; ++c) {
    x[c] = F64{static_cast<double>(from[c]), static_cast<double>(from[stride + c])};
  }
}

#endif

inline void store_row(const TileMeans& means, double* row, std::int64_t r, F64 sum) {
  if (means.to != nullptr) {
    store_mean(means, r, sum);
  } else {
    store(row + r, sum);
  }
}

/// The whole groups of eight rows of at most `width` columns, whose sums stay in registers.  What
/// load_columns() gives for columns that are not there is zero, and changes no sum.
template <class T>
std::int64_t narrow_in_registers(const T* tile, std::int64_t stride, std::int64_t rows,
                                 std::int64_t columns, F64 (*down)[eight], double* row,
                                 const TileMeans& means) {
  F64 sum[eight][width] = {};
  std::int64_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    for (int v = 0; v < eight; ++v) {
      F64 x[width] = {}, across = {};
      load_columns(tile + (r + v * width) * stride, stride, columns, x);
      for (int c = 0; c < width; ++c) {
        across += x[c];
        sum[v][c] += x[c];
      }
      store_row(means, row, r + v * width, across);
    }
  }
  for (std::int64_t c = 0; c < columns; ++c) {
    for (int v = 0; v < eight; ++v) down[c][v] = sum[v][c];
  }
  return r;
}

template <class T>
std::int64_t narrow_in_memory(const T* tile, std::int64_t stride, std::int64_t rows,
                              std::int64_t columns, F64 (*down)[eight], double* row,
                              const TileMeans& means) {
  std::int64_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    F64 across[eight] = {};
    for (std::int64_t c = 0; c < columns; c += width) {
      const std::int64_t n = columns - c < width ? columns - c : width;
      for (int v = 0; v < eight; ++v) {
        F64 x[width];
        load_columns(tile + (r + v * width) * stride + c, stride, n, x);
        for (std::int64_t k = 0; k < n; ++k) {
          across[v] += x[k];
          down[c + k][v] += x[k];
        }
      }
    }
    for (int v = 0; v < eight; ++v) store_row(means, row, r + v * width, across[v]);
  }
  return r;
}

/// Fewer than 32 columns: eight rows at a time, one lane each; a row is summed from left to right.
template <class T>
void narrow(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t,
            const std::int64_t* panel_ends, double* column, double* row, const TileMeans& means) {
  const std::int64_t columns = panel_ends[0];  // one panel
  F64 down[narrow_columns][eight] = {};
  const auto whole_groups = columns <= width ? narrow_in_registers<T> : narrow_in_memory<T>;
  std::int64_t r = whole_groups(tile, stride, rows, columns, down, row, means);
  double lanes[narrow_columns][8];
  __builtin_memcpy(lanes, down, sizeof lanes);
  for (int lane = 0; r < rows; ++r, ++lane) {
    double across = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
      const auto x = static_cast<double>(tile[r * stride + c]);
      across += x;
      lanes[c][lane] += x;
    }
    (means.to != nullptr ? means.to[r] : row[r]) = across / means.divisor;
  }
  for (std::int64_t c = 0; c < columns; ++c) {
    for (int half = 4; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) lanes[c][l] += lanes[c][l + half];
    }
    column[c] = lanes[c][0];
  }
}

/// 32 lanes, element i in lane i mod 32.
template <class T>
double flat(const T* values, std::int64_t n) {
  constexpr int lanes = 32, vectors = lanes / width;
  F64 sum[vectors] = {};
  const std::int64_t whole = n / lanes * lanes;
  for (std::int64_t i = 0; i < whole; i += lanes) {
    for (int v = 0; v < vectors; ++v) sum[v] += load(values + i + v * width);
  }
  double rest[lanes] = {};
  for (std::int64_t i = whole; i < n; ++i) rest[i - whole] = static_cast<double>(values[i]);
  for (int v = 0; v < vectors; ++v) sum[v] += load(rest + v * width);
  return add_lanes<lanes>(sum);
}

inline bool any(I64 v) {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(v), reinterpret_cast<__m512i>(v)) != 0;
#elif defined(__AVX2__)
  return _mm256_testz_si256(reinterpret_cast<__m256i>(v), reinterpret_cast<__m256i>(v)) == 0;
#else
  return (v[0] | v[1]) != 0;
#endif
}

/// WindowSum::add(), a vector of sums at a time when each value begins in its sum's highest digit.
void deposit(const double* sum, std::int64_t n, std::int64_t* top, std::int64_t* high,
             std::int64_t* middle, std::int64_t* low) {
  std::int64_t c = 0;
  for (; c + width <= n; c += width) {
    const U64 bits = reinterpret_cast<U64>(load(sum + c));
    const U64 first = ((bits >> 52) & 0x7FF) + 51;
    const U64 digit = first >> 5;
    const I64 tops = load(top + c);
    // Digits 1 and 65 have the exponents of zero, subnormal, infinite and NaN values in them.
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

template <class T>
void fill_row(const double* cell, const double* column, double row, bool swapped,
              std::int64_t columns, T* to) {
  // Left value a, right one 1 - a; the other way round when swapped.  All of it is exact.
  const double offset = swapped ? 1 : 0, sign = swapped ? -1 : 1;
  const double left = row + offset, right = row + (1 - offset);
  for (std::int64_t k = 0; k < columns / 2; ++k) {
    to[2 * k] = static_cast<T>(left + sign * cell[k] + column[2 * k]);
    to[2 * k + 1] = static_cast<T>(right - sign * cell[k] + column[2 * k + 1]);
  }
  if (columns % 2 != 0) {
    to[columns - 1] = static_cast<T>(left + sign * cell[columns / 2] + column[columns - 1]);
  }
}

constexpr MatrixPath matrix_tiles = {
    .wide_near_f64 = wide<double, prefetch_near>,
    .wide_page_f64 = wide<double, prefetch_page>,
    .narrow_f64 = narrow<double>,
    .wide_near_f32 = wide<float, prefetch_near>,
    .wide_page_f32 = wide<float, prefetch_page>,
    .narrow_f32 = narrow<float>,
    .flat_f64 = flat<double>,
    .flat_f32 = flat<float>,
    .deposit = deposit,
    .divide = divide,
    .fill_row_f64 = fill_row<double>,
    .fill_row_f32 = fill_row<float>,
};

}  // namespace
}  // namespace scalelaw

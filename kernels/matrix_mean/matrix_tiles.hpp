#pragma once

// For the sources of one instruction set alone; see numerics/vectors.hpp.
#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

constexpr int eight = 8 / width;  ///< vectors that hold eight lanes

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
/// takes the sum of the N rows, added in pairs.
template <class T, int N, bool prefetching>
inline void add_rows(const T* tile, std::int64_t stride, std::int64_t columns, double* column,
                     double* row) {
  F64 sum[N][eight] = {};
  const std::int64_t whole = columns / 8 * 8;
  for (std::int64_t c = 0; c < whole; c += 8) {
    if constexpr (prefetching) {
      for (int r = 0; r < N; ++r) {
        __builtin_prefetch(reinterpret_cast<const char*>(tile + r * stride + c) + 4096);
      }
    }
    for (int v = 0; v < eight; ++v) {
      F64 x[N];
      for (int r = 0; r < N; ++r) {
        x[r] = load(tile + r * stride + c + v * width);
        sum[r][v] += x[r];
      }
      store(column + c + v * width, load(column + c + v * width) + add_pairs(x));
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
    column[c] += add_pairs(x)[0];
  }
  for (int r = 0; r < N; ++r) {
    for (int half = 4; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) lanes[r][l] += lanes[r][l + half];
    }
    row[r] = lanes[r][0];
  }
}

template <class T>
using AddRows = void (*)(const T*, std::int64_t, std::int64_t, double*, double*);
template <class T, bool prefetching>
inline constexpr AddRows<T> add_rows_of[] = {
    nullptr,
    add_rows<T, 1, prefetching>,
    add_rows<T, 2, prefetching>,
    add_rows<T, 3, prefetching>,
    add_rows<T, 4, prefetching>,
    add_rows<T, 5, prefetching>,
    add_rows<T, 6, prefetching>,
    add_rows<T, 7, prefetching>,
    add_rows<T, 8, prefetching>,
};

/// Eight rows at a time, through all panels before the next eight: long streams are what memory
/// gives fastest.
template <class T, bool prefetching>
void wide(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t panels,
          const std::int64_t* panel_ends, double* column, double* row) {
  for (std::int64_t c = 0; c < panel_ends[panels - 1]; ++c) column[c] = 0;
  for (std::int64_t r = 0; r < rows; r += 8) {
    const std::int64_t together = rows - r < 8 ? rows - r : 8;
    std::int64_t begin = 0;
    for (std::int64_t p = 0; p < panels; ++p) {
      add_rows_of<T, prefetching>[together](tile + r * stride + begin, stride,
                                            panel_ends[p] - begin, column + begin,
                                            row + p * rows + r);
      begin = panel_ends[p];
    }
  }
}

/// Elements that are `stride` apart.
template <class T>
inline F64 gather(const T* from, std::int64_t stride) {
  const auto at = [=](int l) { return static_cast<double>(from[l * stride]); };
#if defined(__AVX512F__)
  return F64{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
#elif defined(__AVX2__)
  return F64{at(0), at(1), at(2), at(3)};
#else
  return F64{at(0), at(1)};
#endif
}

/// Fewer than 32 columns: eight rows at a time, one lane each; a row is summed from left to right.
template <class T>
void narrow(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t,
            const std::int64_t* panel_ends, double* column, double* row) {
  const std::int64_t columns = panel_ends[0];  // one panel
  F64 down[narrow_columns][eight] = {};
  std::int64_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    F64 across[eight] = {};
    for (std::int64_t c = 0; c < columns; ++c) {
      for (int v = 0; v < eight; ++v) {
        const F64 x = gather(tile + (r + v * width) * stride + c, stride);
        across[v] += x;
        down[c][v] += x;
      }
    }
    for (int v = 0; v < eight; ++v) store(row + r + v * width, across[v]);
  }
  double lanes[narrow_columns][8];
  __builtin_memcpy(lanes, down, sizeof lanes);
  for (int lane = 0; r < rows; ++r, ++lane) {
    double across = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
      const auto x = static_cast<double>(tile[r * stride + c]);
      across += x;
      lanes[c][lane] += x;
    }
    row[r] = across;
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
    .wide_f64 = wide<double, false>,
    .wide_f64_prefetching = wide<double, true>,
    .narrow_f64 = narrow<double>,
    .wide_f32 = wide<float, false>,
    .wide_f32_prefetching = wide<float, true>,
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

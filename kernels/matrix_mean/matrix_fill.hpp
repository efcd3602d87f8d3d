#pragma once

// Only for sources compiled for one instruction set; see numerics/vectors.hpp.
#include "kernels/matrix_mean/matrix_input_line.hpp"
#include "kernels/numerics/random_block.hpp"

namespace scalelaw {
namespace {

/// Vectors of elements, and of integers of the same size.
template <class T>
struct Lanes;
template <>
struct Lanes<double> {
  using F = F64;
  using U = U64;
};
template <>
struct Lanes<float> {
  using F = float __attribute__((vector_size(vector_bytes)));
  using U = std::uint32_t __attribute__((vector_size(vector_bytes)));
};

/// Numbers of a Weyl sequence, each plus 1, one vector after another.
template <class T>
class WeylLanes {
 public:
  using F = typename Lanes<T>::F;
  using U = typename Lanes<T>::U;

  /// Starts from number `first`.
  WeylLanes(const Weyl& weyl, std::int64_t first) {
    constexpr auto lanes = static_cast<std::uint32_t>(vector_bytes / sizeof(T));
    for (std::uint32_t l = 0; l < lanes; ++l) {
      running_[l] = weyl.step * (static_cast<std::uint32_t>(first) + l) + weyl.start;
    }
    step_ = U{} + weyl.step * lanes;
    if constexpr (sizeof(T) == 8) {  // stored in the lanes' high halves
      running_ <<= 32;
      step_ <<= 32;
    }
  }

  F next() {
    const U now = running_;
    running_ += step_;
    if constexpr (sizeof(T) == 8) {
      return reinterpret_cast<F>(((now >> 12) & 0x000FFFFF00000000) | 0x3FF0000000000000);
    } else {
      return reinterpret_cast<F>(((now >> 9) & 0x007FFFF8) | 0x3F800000);
    }
  }

 private:
  U running_, step_;
};

/// The lower or upper half of v's lanes, each lane twice.
template <bool upper, class V>
inline V each_twice(V v) {
  if constexpr (sizeof(V) == 64) {
    return upper ? __builtin_shufflevector(v, v, 4, 4, 5, 5, 6, 6, 7, 7)
                 : __builtin_shufflevector(v, v, 0, 0, 1, 1, 2, 2, 3, 3);
  } else if constexpr (sizeof(V) == 32) {
    return upper ? __builtin_shufflevector(v, v, 2, 2, 3, 3)
                 : __builtin_shufflevector(v, v, 0, 0, 1, 1);
  } else {
    return upper ? __builtin_shufflevector(v, v, 1, 1) : __builtin_shufflevector(v, v, 0, 0);
  }
}

/// Writes one or two rows of elements from their parts; all sums are exact.
template <class T, bool both>
struct Writer {
  using F = typename Lanes<T>::F;
  using U = typename Lanes<T>::U;
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

  WeylLanes<T> across;
  F base[2];  ///< of the upper and the lower row
  U minus_right;
  T *upper, *lower;

  Writer(const InputLine& line, std::int64_t first, T* to_upper, T* to_lower)
      : across(line.across, first), upper(to_upper), lower(to_lower) {
    // Left elements are a, right ones 1 - a; in the lower row it is the other way round.  a and the
    // number across have 1 added.
    for (int l = 0; l < lanes; ++l) {
      const bool right = l % 2 != 0;
      base[0][l] = static_cast<T>(line.down[0] + (right ? 1 : -2));
      base[1][l] = static_cast<T>(line.down[1] + (right ? -2 : 1));
      minus_right[l] = right ? std::uint64_t{1} << (8 * sizeof(T) - 1) : 0;
    }
  }

  void put(F a) {
    const F of_column = across.next();
    const F turned = reinterpret_cast<F>(reinterpret_cast<U>(a) ^ minus_right);
    const F above = of_column + turned + base[0];
    __builtin_memcpy(upper, &above, sizeof above);
    upper += lanes;
    if constexpr (both) {
      const F below = of_column - turned + base[1];
      __builtin_memcpy(lower, &below, sizeof below);
      lower += lanes;
    }
  }

  /// Writes the cells in one half of the words' low halves.
  template <bool upper_half>
  void put_cells(U64 words) {
    if constexpr (sizeof(T) == 8) {
      const F64 a = one_and_half<upper_half>(words);
      put(each_twice<false>(a));
      put(each_twice<true>(a));
    } else {
      const U twice = reinterpret_cast<U>((words & 0xFFFFFFFF) | (words << 32));
      const U mantissa = upper_half ? twice >> 9 : twice << 7;
      put(reinterpret_cast<F>((mantissa & 0x007FFF80) | 0x3F800000));
    }
  }
};

constexpr std::int64_t line_block = 128;  ///< elements of a row that one block of cells covers

template <int N, class T, bool both>
inline void put_blocks(const InputLine& line, std::int64_t block, Writer<T, both>& writer) {
  U64 words[N][4][vectors_of_eight];
  random_words(line.seed, line.stream, line.first_block + block, words);
  for (int b = 0; b < N; ++b) {
    for (int w = 0; w < 4; ++w) {
      for (int v = 0; v < vectors_of_eight; ++v) writer.template put_cells<false>(words[b][w][v]);
      for (int v = 0; v < vectors_of_eight; ++v) writer.template put_cells<true>(words[b][w][v]);
    }
  }
}

/// Writes elements [begin, end) within one block.
template <class T, bool both>
void fill_part(const InputLine& line, std::int64_t begin, std::int64_t end, T* upper, T* lower) {
  T block[2][line_block];
  const std::int64_t number = begin / line_block, offset = begin % line_block;
  Writer<T, both> writer(line, number * line_block, block[0], block[1]);
  put_blocks<1>(line, number, writer);
  const auto bytes = static_cast<std::uint64_t>(end - begin) * sizeof(T);
  __builtin_memcpy(upper, block[0] + offset, bytes);
  if constexpr (both) __builtin_memcpy(lower, block[1] + offset, bytes);
}

template <class T, bool both>
void fill_elements(const InputLine& line, std::int64_t begin, std::int64_t end, T* upper,
                   T* lower) {
  const std::int64_t first = (begin + line_block - 1) / line_block, last = end / line_block;
  if (begin < first * line_block) {
    const std::int64_t until = first * line_block < end ? first * line_block : end;
    fill_part<T, both>(line, begin, until, upper, lower);
  }
  if (first > last) return;
  const auto in = [&](T* row, std::int64_t block) {
    return row == nullptr ? row : row + (block * line_block - begin);
  };
  std::int64_t block = first;
  Writer<T, both> writer(line, first * line_block, in(upper, first), in(lower, first));
  for (; block + blocks_together <= last; block += blocks_together) {
    put_blocks<blocks_together>(line, block, writer);
  }
  for (; block < last; ++block) put_blocks<1>(line, block, writer);
  if (last * line_block < end) {
    fill_part<T, both>(line, last * line_block, end, in(upper, last), in(lower, last));
  }
}

template <class T>
void fill_line(const InputLine& line, std::int64_t begin, std::int64_t end, T* upper, T* lower) {
  if (lower == nullptr) return fill_elements<T, false>(line, begin, end, upper, lower);
  fill_elements<T, true>(line, begin, end, upper, lower);
}

/// Loads half a vector of elements, each twice.
inline F64 load_twice(const double* from) {
#if defined(__AVX512F__)
  return _mm512_maskz_permutexvar_pd(0xFF, _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3),
                                     _mm512_castpd256_pd512(_mm256_loadu_pd(from)));
#elif defined(__AVX2__)
  return _mm256_permute4x64_pd(_mm256_castpd128_pd256(_mm_loadu_pd(from)), 0x50);
#else
  return F64{from[0], from[0]};
#endif
}

/// Writes a row: its base, a number per column, and a of each pair of columns, with its sign
/// changed by `turn`.  Writes whole vectors where there is `room` after the row.
template <class T>
inline void fill_narrow(const double* cell, const double* column, F64 base, I64 turn,
                        std::int64_t columns, bool room, T* to) {
  const auto elements = [&](std::int64_t c) {
    const F64 a = load_twice(cell + c / 2);
    return load(column + c) + base + reinterpret_cast<F64>(reinterpret_cast<I64>(a) ^ turn);
  };
  const std::int64_t whole = room ? columns : columns - width + 1;
  std::int64_t c = 0;
  for (; c < whole; c += width) store(to + c, elements(c));
  if (c >= columns) return;
  T last[width];
  store(last, elements(c));
  __builtin_memcpy(to + c, last, static_cast<std::uint64_t>(columns - c) * sizeof(T));
}

/// Left and right elements are a and 1 - a in an upper row, 1 - a and a in a lower one: the ones,
/// and the signs of a.
struct Turns {
  F64 one[2] = {};
  I64 minus[2] = {};

  Turns() {
    for (int l = 0; l < width; ++l) {
      one[1 - l % 2][l] = 1;
      minus[1 - l % 2][l] = static_cast<std::int64_t>(std::uint64_t{1} << 63);
    }
  }
};

/// Writes rows of `vectors` vectors, as many rows at a time as a vector has lanes, up to the last
/// row that has room for whole vectors after it.  Returns the number of rows.
template <class T, int vectors>
std::int64_t fill_short_rows(const double* cell, const double* column, const Weyl& of_row,
                             std::int64_t first, std::int64_t rows, std::int64_t columns,
                             std::int64_t stride, T* to) {
  const Turns turns;
  F64 across[2][vectors];
  for (int v = 0; v < vectors; ++v) {
    for (int lower = 0; lower < 2; ++lower) {
      across[lower][v] = load(column + v * width) + turns.one[lower] - 1.0;
    }
  }
  const std::int64_t cells = (columns + 1) / 2, spare = (width + stride - 1) / stride;
  WeylLanes<double> down(of_row, first);
  std::int64_t r = 0;
  for (; r + width + spare <= rows; r += width) {
    double base[width];  // with 1 added
    store(base, down.next());
    for (int i = 0; i < width; i += 2) {
      F64 a[vectors];
      for (int v = 0; v < vectors; ++v) a[v] = load_twice(cell + v * width / 2);
      cell += cells;
      for (int lower = 0; lower < 2; ++lower) {
        for (int v = 0; v < vectors; ++v) {
          const I64 turned = reinterpret_cast<I64>(a[v]) ^ turns.minus[lower];
          store(to + v * width, across[lower][v] + base[i + lower] + reinterpret_cast<F64>(turned));
        }
        to += stride;
      }
    }
  }
  return r;
}

template <class T>
std::int64_t fill_most_rows(const double* cell, const double* column, const Weyl& of_row,
                            std::int64_t first, std::int64_t rows, std::int64_t columns,
                            std::int64_t stride, T* to) {
  constexpr decltype(&fill_short_rows<T, 1>) by_vectors[] = {
      fill_short_rows<T, 1>, fill_short_rows<T, 2>, fill_short_rows<T, 3>, fill_short_rows<T, 4>};
  const std::int64_t vectors = (columns + width - 1) / width;
  if (vectors > 4) return 0;
  return by_vectors[vectors - 1](cell, column, of_row, first, rows, columns, stride, to);
}

template <class T>
void fill_rows(const double* cell, const double* column, const Weyl& of_row, std::int64_t first,
               std::int64_t rows, std::int64_t columns, std::int64_t stride, T* to) {
  const Turns turns;
  const std::int64_t cells = (columns + 1) / 2;
  std::int64_t r = fill_most_rows(cell, column, of_row, first, rows, columns, stride, to);
  for (; r < rows; ++r) {
    const std::uint32_t number = of_row.step * static_cast<std::uint32_t>(first + r) + of_row.start;
    const F64 base = static_cast<double>(number >> 12) * 0x1p-20 + turns.one[r % 2];
    // The next rows overwrite what is written after a row's end.
    const bool room = (rows - 1 - r) * stride >= width;
    fill_narrow(cell + r / 2 * cells, column, base, turns.minus[r % 2], columns, room,
                to + r * stride);
  }
}

}  // namespace
}  // namespace scalelaw

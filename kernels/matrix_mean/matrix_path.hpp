#pragma once

#include <cstdint>

#include "kernels/matrix_mean/matrix_input_line.hpp"
#include "kernels/numerics/prefetch.hpp"

namespace scalelaw {

/// Matrices with fewer columns use the `narrow` loop, because their rows are too short for vectors.
constexpr std::int64_t narrow_columns = 32;

/// The most places that a loop over one row or one column reads in turn.
constexpr int most_line_places = 4;  // as most_places of numerics/tuning.hpp

/// Where to write the means of sums that are complete within one tile, computed while it is read.
struct TileMeans {
  double* to = nullptr;  ///< null: none wanted; cache-line aligned if `streaming`
  double divisor = 1;
  bool streaming = false;  ///< written with non-temporal stores
  double factor = 0;       ///< 1 / divisor where that is exact: faster, same bits
};

/// The code for one tile in one instruction set; all give the same bits.
struct MatrixPath {
  /// Adds up adjacent tiles of `rows` rows that are `stride` elements apart: tile p ends before
  /// column panel_ends[p], counted from the start of the first tile.  column[c] becomes the sum of
  /// column c, row[p * rows + r] that of row r of tile p.  If `means` are wanted, `wide` computes
  /// the columns' means and leaves their sums undefined; `narrow` does the same for rows.
  /// Prefetches `ahead` bytes ahead.
  template <class T>
  using Tiles = void (*)(const T* tile, std::int64_t stride, std::int64_t rows, std::int64_t panels,
                         const std::int64_t* panel_ends, double* column, double* row,
                         const TileMeans& means, std::int64_t ahead);
  /// sums[p] becomes the sum of the n[p] elements from line[p] on, for as many places p as the
  /// function reads in turn.  Prefetches `ahead` bytes ahead.
  template <class T>
  using Lines = void (*)(const T* const* line, const std::int64_t* n, double* sums,
                         std::int64_t ahead);

  PrefetchPair<Tiles<double>> wide_f64, narrow_f64;
  PrefetchPair<Tiles<float>> wide_f32, narrow_f32;
  PrefetchPair<Lines<double>> lines_f64[most_line_places];  ///< by the number of places, from 1
  PrefetchPair<Lines<float>> lines_f32[most_line_places];

  /// Adds sum[c] to the WindowSum whose members are top[c], high[c], middle[c], low[c].
  void (*deposit)(const double* sum, std::int64_t n, std::int64_t* top, std::int64_t* high,
                  std::int64_t* middle, std::int64_t* low);

  /// to[i] = sum[i] / divisor, written with non-temporal stores if `streaming`.
  void (*divide)(const double* sum, std::int64_t n, double divisor, bool streaming, double* to);

  /// Generates elements [begin, end) of a line of the input, and of its lower row unless that
  /// is null.
  template <class T>
  using FillLine = void (*)(const InputLine& line, std::int64_t begin, std::int64_t end, T* upper,
                            T* lower);
  FillLine<double> fill_line_f64;
  FillLine<float> fill_line_f32;

  /// Generates whole rows of the input from the even row `first` on, with few columns: the first
  /// (columns + 1) / 2 numbers of `cell` belong to the first two rows, the next to the next two.
  /// Reads up to seven numbers after the last column's and the last cell.
  template <class T>
  using FillRows = void (*)(const double* cell, const double* column, const Weyl& of_row,
                            std::int64_t first, std::int64_t rows, std::int64_t columns,
                            std::int64_t stride, T* to);
  FillRows<double> fill_rows_f64;
  FillRows<float> fill_rows_f32;
};

extern const MatrixPath matrix_path_scalar, matrix_path_avx2, matrix_path_avx512, matrix_path_neon;

/// Adds x to one WindowSum given by its members; deposit() calls it for values of another magnitude
/// than the sum so far.  Compiled once, for the baseline.
void deposit_one(double x, std::int64_t& top, std::int64_t& high, std::int64_t& middle,
                 std::int64_t& low);

}  // namespace scalelaw

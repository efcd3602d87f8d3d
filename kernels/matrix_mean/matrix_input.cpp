#include "kernels/matrix_mean/matrix_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<MatrixPath> paths = SCALELAW_ISA_PATHS(matrix_path);

__extension__ using Int128 = __int128;

/// Generated numbers are multiples of 2^-20: as whole numbers of these.
constexpr std::int64_t one = std::int64_t{1} << 20;
std::int64_t units(double value) {
  return std::llround(value * 0x1p20);
}
double from_units(Int128 value) {
  return std::ldexp(static_cast<double>(value), -20);
}

/// The numbers of a sequence in units, made `ahead` at a time for those who ask in order.
class Numbers {
 public:
  Numbers(const RandomSequence& sequence, std::int64_t ahead)
      : sequence_(sequence), values_(static_cast<std::size_t>(ahead)) {}

  std::int64_t operator[](std::int64_t n) {
    if (n < first_ || n >= first_ + std::ssize(values_)) {
      first_ = n / RandomSequence::block * RandomSequence::block;
      sequence_.fill(first_, first_ + std::ssize(values_), values_.data());
    }
    return units(values_[static_cast<std::size_t>(n - first_)]);
  }

  std::int64_t sum_of_first(std::int64_t n) {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += (*this)[i];
    return sum;
  }

 private:
  RandomSequence sequence_;
  std::vector<double> values_;
  std::int64_t first_ = -(std::int64_t{1} << 62);
};

template <class T>
MatrixPath::FillRows<T> fill_rows_function() {
  if constexpr (sizeof(T) == 8) {
    return paths.active().fill_rows_f64;
  } else {
    return paths.active().fill_rows_f32;
  }
}

/// The numbers of one part of a sequence after another, in memory that stays in the L1 cache.
class Part {
 public:
  const double* operator()(const RandomSequence& sequence, std::int64_t first, std::int64_t count) {
    constexpr std::int64_t read_after = 8;
    if (std::ssize(values_) < count + read_after) {
      values_.resize(static_cast<std::size_t>(count + read_after));
    }
    sequence.fill(first, first + count, values_.data());
    return values_.data();
  }

 private:
  std::vector<double> values_;
};

/// Generates parts of a matrix whose numbers stay in the L1 and L2 caches.
template <class T>
class Generator {
 public:
  explicit Generator(const MatrixInput& input) : input_(input) {}

  /// Generates rows x columns, the first element at `to` and rows `stride` apart.  rows.begin and
  /// columns.begin are even.
  void operator()(Range rows, Range columns, std::int64_t stride, T* to) {
    const bool only_column = columns.size() == 1 && input_.cells_per_row == 1;
    const std::int64_t rows_together = only_column ? 4096 : 1024, columns_together = 4096;
    for (std::int64_t row = rows.begin; row < rows.end; row += rows_together) {
      const Range some_rows{row, std::min(rows.end, row + rows_together)};
      for (std::int64_t column = columns.begin; column < columns.end; column += columns_together) {
        const Range some_columns{column, std::min(columns.end, column + columns_together)};
        T* const part = to + (row - rows.begin) * stride + column - columns.begin;
        only_column ? fill_column(some_rows, part) : fill(some_rows, some_columns, stride, part);
      }
    }
  }

 private:
  void fill(Range rows, Range columns, std::int64_t stride, T* to) {
    const double* const of_row = of_row_(input_.of_row, rows.begin, rows.size());
    const double* const of_column = of_column_(input_.of_column, columns.begin, columns.size());
    const std::int64_t width = (columns.size() + 1) / 2;  // in cells
    // The cells of several pairs of rows are made at once when they follow each other.
    const bool adjacent = width == input_.cells_per_row;
    const std::int64_t batch = adjacent ? 2 * std::max<std::int64_t>(1, 2048 / width) : 2;
    for (std::int64_t row = rows.begin; row < rows.end; row += batch) {
      const std::int64_t count = std::min(batch, rows.end - row), pairs = (count + 1) / 2;
      const std::int64_t first = row / 2 * input_.cells_per_row + columns.begin / 2;
      path_(cells_(input_.cells, first, pairs * width), width, of_column,
            of_row + (row - rows.begin), count, columns.size(), stride,
            to + (row - rows.begin) * stride);
    }
  }

  /// The only column is the transpose of an only row: rows and columns change places.
  void fill_column(Range rows, T* to) {
    const double* const of_row = of_row_(input_.of_row, rows.begin, rows.size());
    const double* const cells = cells_(input_.cells, rows.begin / 2, (rows.size() + 1) / 2);
    path_(cells, 0, of_row, of_column_(input_.of_column, 0, 1), 1, rows.size(), 0, to);
  }

  const MatrixInput& input_;
  MatrixPath::FillRows<T> path_ = fill_rows_function<T>();
  Part of_row_, of_column_, cells_;
};

/// The sums of the generated matrix's rows and columns, in units, without going through it.
class KnownSums {
 public:
  explicit KnownSums(const MatrixMean::Params& params)
      : rows_(params.rows),
        columns_(params.cols),
        input_(params.seed, params.cols),
        cells_(input_.cells, (params.cols + 1) / 2 < 64 ? 4096 : RandomSequence::block),
        of_row_(input_.of_row, 4096),
        of_column_(input_.of_column, 4096),
        all_rows_(of_row_.sum_of_first(rows_)),
        all_columns_(of_column_.sum_of_first(columns_)) {}

  std::int64_t row(std::int64_t r) {
    const std::int64_t whole = columns_ / 2 * one + columns_ * of_row_[r] + all_columns_;
    return columns_ % 2 == 0 ? whole : whole + element_of_cell(r, columns_ - 1);
  }
  std::int64_t column(std::int64_t c) {
    const std::int64_t whole = rows_ / 2 * one + rows_ * of_column_[c] + all_rows_;
    return rows_ % 2 == 0 ? whole : whole + element_of_cell(rows_ - 1, c);
  }

 private:
  std::int64_t element_of_cell(std::int64_t r, std::int64_t c) {
    const std::int64_t a = cells_[r / 2 * input_.cells_per_row + c / 2];
    return r % 2 == c % 2 ? a : one - a;
  }

  std::int64_t rows_, columns_;
  MatrixInput input_;
  Numbers cells_, of_row_, of_column_;
  std::int64_t all_rows_, all_columns_;
};

/// Compares means with the known sums over `count`; `sum_of(i)` is the known one.  Adds the known
/// sums to `all`.
template <class F>
std::string compare(const char* what, const Means& means, std::int64_t expected_means,
                    std::int64_t count, double tolerance, F&& sum_of, Int128& all) {
  if (means.count() != expected_means) {
    return fmt::format("there are {} {} means, not {}", means.count(), what, expected_means);
  }
  std::string fault;
  means.for_each([&](std::int64_t i, double mean) {
    const std::int64_t sum = sum_of(i);
    all += sum;
    const double expected = from_units(sum) / static_cast<double>(count);
    if (!(std::fabs(mean - expected) <= tolerance) && fault.empty()) {
      fault = fmt::format("the mean of {} {} is {}, not {}", what, i, mean, expected);
    }
  });
  return fault;
}

}  // namespace

void MatrixMean::fill(const Params& params, Storage& storage, Range range) {
  const MatrixInput input(params.seed, params.cols);
  const auto generate = [&]<class T>(T) {
    Generator<T> generator(input);
    for (const MatrixStorage::Place& place : storage.places({params.rows, params.cols}, range)) {
      generator(place.rows, place.columns, place.stride, reinterpret_cast<T*>(place.first));
    }
  };
  if (params.type == ElementType::f64) return generate(double{});
  generate(float{});
}

std::string MatrixMean::verify_within(const Params& params, const Result& result,
                                      const Tolerance& tolerance) {
  KnownSums known(params);
  Int128 all = 0, all_again = 0;
  std::string fault = compare(
      "row", result.rows, params.rows, params.cols, tolerance.row,
      [&](std::int64_t r) { return known.row(r); }, all);
  if (!fault.empty()) return fault;
  fault = compare(
      "column", result.columns, params.cols, params.rows, tolerance.column,
      [&](std::int64_t c) { return known.column(c); }, all_again);
  if (!fault.empty()) return fault;
  const double grand_mean =
      from_units(all) / (static_cast<double>(params.rows) * static_cast<double>(params.cols));
  if (std::fabs(result.grand_mean - grand_mean) <= tolerance.grand) return {};
  return fmt::format("the grand mean is {}, not {}", result.grand_mean, grand_mean);
}

}  // namespace scalelaw

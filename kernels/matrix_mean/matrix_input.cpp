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

/// Generated numbers are multiples of 2^-20, here the unit of whole numbers.
constexpr std::int64_t one = std::int64_t{1} << 20;
double from_units(Int128 value) {
  return std::ldexp(static_cast<double>(value), -20);
}

/// The cells' numbers in units, generated `ahead` at a time for callers that read in order.
class Cells {
 public:
  Cells(const HalfSequence& sequence, std::int64_t ahead)
      : sequence_(sequence), values_(static_cast<std::size_t>(ahead)) {}

  std::int64_t operator[](std::int64_t n) {
    if (n < first_ || n >= first_ + std::ssize(values_)) {
      first_ = n / HalfSequence::block * HalfSequence::block;
      sequence_.fill(first_, first_ + std::ssize(values_), values_.data());
    }
    return std::llround(values_[static_cast<std::size_t>(n - first_)] * 0x1p20);
  }

 private:
  HalfSequence sequence_;
  std::vector<double> values_;
  std::int64_t first_ = -(std::int64_t{1} << 62);
};

/// The functions that generate elements of type T.
template <class T>
struct FillPath {
  MatrixPath::FillLine<T> line;
  MatrixPath::FillRows<T> rows;

  static FillPath active() {
    const MatrixPath& path = paths.active();
    if constexpr (sizeof(T) == 8) {
      return {path.fill_line_f64, path.fill_rows_f64};
    } else {
      return {path.fill_line_f32, path.fill_rows_f32};
    }
  }
};

/// Room for numbers that fit the L1 cache.
class Part {
 public:
  double* operator()(std::int64_t count) {
    constexpr std::int64_t read_after = 8;
    if (std::ssize(values_) < count + read_after) {
      values_.resize(static_cast<std::size_t>(count + read_after));
    }
    return values_.data();
  }

 private:
  std::vector<double> values_;
};

double weyl_value(const Weyl& weyl, std::int64_t n) {
  return static_cast<double>(weyl_units(weyl, n)) * 0x1p-20;
}

/// Generates parts of a matrix.
template <class T>
class Generator {
 public:
  explicit Generator(const MatrixInput& input) : input_(input) {}

  /// Generates rows x columns, with the first element at `to` and rows `stride` apart.  rows.begin
  /// and columns.begin must be even.
  void operator()(Range rows, Range columns, std::int64_t stride, T* to) {
    if (input_.cells_per_row == 1 && columns.size() == 1) return fill_column(rows, to);
    if (input_.whole_blocks) return fill_lines(rows, columns, stride, to);
    fill_narrow(rows, columns.size(), stride, to);
  }

 private:
  void fill_lines(Range rows, Range columns, std::int64_t stride, T* to) {
    for (std::int64_t row = rows.begin; row < rows.end; row += 2) {
      const InputLine line{
          .seed = input_.seed,
          .stream = matrix_cells,
          .first_block = row / 2 * (input_.pitch / HalfSequence::block),
          .across = input_.of_column,
          .down = {weyl_value(input_.of_row, row), weyl_value(input_.of_row, row + 1)}};
      T* const upper = to + (row - rows.begin) * stride;
      path_.line(line, columns.begin, columns.end, upper,
                 row + 1 < rows.end ? upper + stride : nullptr);
    }
  }

  /// A matrix of one column is the transpose of one with one row: swap rows and columns.
  void fill_column(Range rows, T* to) {
    const InputLine line{.seed = input_.seed,
                         .stream = matrix_cells,
                         .first_block = 0,
                         .across = input_.of_row,
                         .down = {weyl_value(input_.of_column, 0), 0}};
    path_.line(line, rows.begin, rows.end, to, nullptr);
  }

  /// Fills rows too short for whole blocks of cells, all in one panel: generates the cells of
  /// several pairs of rows at once.
  void fill_narrow(Range rows, std::int64_t columns, std::int64_t stride, T* to) {
    double* const of_column = of_column_(columns);
    for (std::int64_t c = 0; c < columns; ++c) of_column[c] = weyl_value(input_.of_column, c);
    const std::int64_t batch = 2 * std::max<std::int64_t>(1, 1024 / input_.cells_per_row);
    for (std::int64_t row = rows.begin; row < rows.end; row += batch) {
      const Range some{row, std::min(rows.end, row + batch)};
      const std::int64_t first = row / 2 * input_.cells_per_row;
      const std::int64_t count = (some.size() + 1) / 2 * input_.cells_per_row;
      double* const cells = cells_(count);
      input_.cells.fill(first, first + count, cells);
      path_.rows(cells, of_column, input_.of_row, row, some.size(), columns, stride,
                 to + (row - rows.begin) * stride);
    }
  }

  const MatrixInput& input_;
  FillPath<T> path_ = FillPath<T>::active();
  Part of_column_, cells_;
};

/// The sums of the generated matrix's rows and columns, in units, without visiting its elements.
class KnownSums {
 public:
  explicit KnownSums(const MatrixMean::Params& params)
      : rows_(params.rows),
        columns_(params.cols),
        input_(params.seed, params.cols),
        cells_(input_.cells, input_.whole_blocks ? HalfSequence::block : 4096),
        all_rows_(weyl_sum(input_.of_row, rows_)),
        all_columns_(weyl_sum(input_.of_column, columns_)) {}

  std::int64_t row(std::int64_t r) {
    const std::int64_t whole =
        columns_ / 2 * one + columns_ * weyl_units(input_.of_row, r) + all_columns_;
    return columns_ % 2 == 0 ? whole : whole + element_of_cell(r, columns_ - 1);
  }
  std::int64_t column(std::int64_t c) {
    const std::int64_t whole =
        rows_ / 2 * one + rows_ * weyl_units(input_.of_column, c) + all_rows_;
    return rows_ % 2 == 0 ? whole : whole + element_of_cell(rows_ - 1, c);
  }

 private:
  std::int64_t element_of_cell(std::int64_t r, std::int64_t c) {
    const std::int64_t a = cells_[r / 2 * input_.pitch + c / 2];
    return r % 2 == c % 2 ? a : one - a;
  }

  std::int64_t rows_, columns_;
  MatrixInput input_;
  Cells cells_;
  std::int64_t all_rows_, all_columns_;
};

/// Compares means with known sums divided by `count`; `sum_of(i)` is the known sum.  Adds the known
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

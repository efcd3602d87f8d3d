#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"
#include "kernels/matrix_mean/column_sums.hpp"
#include "kernels/matrix_mean/matrix_storage.hpp"
#include "kernels/matrix_mean/means.hpp"
#include "kernels/matrix_mean/row_sums.hpp"
#include "kernels/matrix_mean/tiling.hpp"
#include "kernels/matrix_mean/window_sums.hpp"
#include "kernels/numerics/aligned_vector.hpp"
#include "kernels/numerics/element_type.hpp"
#include "kernels/numerics/exact_sum.hpp"
#include "kernels/numerics/slab.hpp"
#include "kernels/numerics/tuning.hpp"
#include "kernels/partial_bytes.hpp"

namespace scalelaw {

/// The means of all rows, of all columns and of everything, in one pass over a matrix.
///
/// An item is a tile (Tiling) of a row-major matrix.  Sums inside a tile are computed in f64, in
/// the same order for every instruction set; the sums of tiles are added by WindowSum (rows and
/// columns) and ExactSum (all).  The bits therefore depend on the matrix alone.  A mean is its sum,
/// rounded once, divided by the count.  f32 is accumulated in f64; NaN and infinities behave as
/// in NumPy.
/// Traffic: every element once, and 8 bytes per row and column written.
/// Errors:  check() throws for a matrix without elements.
/// Threads: compute is pure; safe on disjoint ranges.
struct MatrixMean {
  static constexpr std::string_view name = "matrix_mean";
  static constexpr std::string_view summary =
      "row, column and grand means of a matrix in one pass, limited by memory reads";
  static constexpr std::string_view size_parameter = "rows";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  struct Params {
    std::int64_t rows = 10'000;
    std::int64_t cols = 10'000;
    ElementType type = ElementType::f64;
    std::string input{};
    std::int64_t seed = 1;

    static constexpr auto fields() {
      using P = Params;
      constexpr std::int64_t most = std::int64_t{1} << 38;
      return std::tuple{
          Field<P, std::int64_t>{"rows", &P::rows, "rows of the matrix", 0, most},
          Field<P, std::int64_t>{"cols", &P::cols, "columns of the matrix", 0, most},
          Field<P, ElementType>{"type", &P::type, "element type (means are always f64)"},
          Field<P, std::string>{"input", &P::input,
                                "a 2-D HDF5 dataset, FILE:/DATASET; empty: a generated matrix"},
          Field<P, std::int64_t>{"seed", &P::seed, "seed for the generated matrix"}};
    }
  };

  using Storage = MatrixStorage;
  struct Shared {};
  /// One tile's sums.
  struct Workspace {
    AlignedVector<double> column, row;
    WindowSums block_rows;
  };
  struct Partial {
    Means row_means, column_means;  ///< of complete rows and columns
    RowSums row_sums;               ///< of the other rows
    ColumnSums column_sums;         ///< of the other columns
    ExactSum all;
  };
  struct Result {
    Means rows, columns;
    double grand_mean = 0;
  };

  static void check(const Params& params);
  static std::int64_t items(const Params& params);
  static Work work(const Params& params);

  /// The part of the dataset that each of pieces() holds.
  static std::vector<Slab> slabs(const Params& params, Range range);

  static Storage allocate(const Params& params, Range range);
  /// Generates `range`; see matrix_input.hpp for the matrix and why its means are known.
  static void fill(const Params& params, Storage& storage, Range range);
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range);

  static Shared prepare(const Params&) { return {}; }
  static StreamLoop stream_loop(const Params& params);
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from);
  static void pack(const Partial& partial, std::vector<std::byte>& out);
  static Partial unpack(std::span<const std::byte> in);
  static PartialBytes partial_bytes(const Params& params);
  static Result finish(const Params& params, Partial&& partial);
  static std::vector<Fact> facts(const Params& params, const Result& result);
  static std::string verify(const Params& params, const Result& result) {
    return verify_within(params, result, {});
  }

  /// The largest allowed distance of means from the known ones: zero for this kernel, more for the
  /// libraries that are compared with it.
  struct Tolerance {
    double row = 0, column = 0, grand = 0;
  };
  static std::string verify_within(const Params& params, const Result& result,
                                   const Tolerance& tolerance);
};

static_assert(Kernel<MatrixMean>);

}  // namespace scalelaw

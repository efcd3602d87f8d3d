#include "kernels/matrix_mean/matrix_mean.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/error.hpp"
#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/matrix_mean/wire.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<MatrixPath> paths = SCALELAW_ISA_PATHS(matrix_path);

/// Results with more means than this are written with non-temporal stores.
constexpr std::int64_t cached_means = 1 << 16;

/// Panels processed together, so that their columns' sums fit the L2 cache.
constexpr std::int64_t panels_together = 16;

Tiling tiling_of(const MatrixMean::Params& params) {
  return {params.rows, params.cols};
}

/// Whether whole rows lie one after another in storage, without gaps.
bool rows_are_adjacent(const MatrixMean::Params& params) {
  return MatrixStorage::stride_of(params.cols, params.type) == params.cols;
}

/// One row or one column.
bool is_line(const Tiling& tiling) {
  return tiling.rows == 1 || tiling.columns == 1;
}
/// Few columns, in one panel, whose sums are fewer than the rows'.
bool is_tall(const Tiling& tiling) {
  return tiling.columns < narrow_columns && tiling.rows > tiling.columns;
}
/// Few rows, in one row block, whose sums are fewer than the columns'.
bool is_flat(const Tiling& tiling) {
  return tiling.columns >= narrow_columns && tiling.rows <= narrow_columns;
}

StreamLoop loop_for(const Tiling& tiling, ElementType type) {
  const bool f64 = type == ElementType::f64;
  if (is_line(tiling)) return f64 ? StreamLoop::mean_line_f64 : StreamLoop::mean_line_f32;
  if (tiling.columns < narrow_columns) {
    return f64 ? StreamLoop::mean_tall_f64 : StreamLoop::mean_tall_f32;
  }
  if (is_flat(tiling)) return f64 ? StreamLoop::mean_flat_f64 : StreamLoop::mean_flat_f32;
  return f64 ? StreamLoop::mean_f64 : StreamLoop::mean_f32;
}

/// The functions for tiles of this matrix on this processor.
template <class T>
const PrefetchPair<MatrixPath::Tiles<T>>& tiles_functions(std::int64_t columns) {
  const MatrixPath& path = paths.active();
  if constexpr (sizeof(T) == 8) {
    return columns < narrow_columns ? path.narrow_f64 : path.wide_f64;
  } else {
    return columns < narrow_columns ? path.narrow_f32 : path.wide_f32;
  }
}

template <class T>
MatrixPath::Lines<T> lines_function(const Streaming& streaming) {
  const auto place = static_cast<std::size_t>(streaming.places - 1);
  if constexpr (sizeof(T) == 8) {
    return paths.streaming().lines_f64[place].at(streaming.ahead);
  } else {
    return paths.streaming().lines_f32[place].at(streaming.ahead);
  }
}

constexpr ElementType type_of(double) {
  return ElementType::f64;
}
constexpr ElementType type_of(float) {
  return ElementType::f32;
}

/// 1 / n when n is a power of two, else 0.
double exact_reciprocal(std::int64_t n) {
  return (n & (n - 1)) == 0 ? 1 / static_cast<double>(n) : 0;
}

/// Sum of a few values, which are in a cache, in a fixed order.
double sum_up(const double* values, std::int64_t n) {
  double sum = 0;
  paths.active().lines_f64[0].without(&values, &n, &sum, 0);
  return sum;
}

/// Adds one rectangle of tiles to a partial.
template <class T>
class Pass {
 public:
  Pass(const Tiling& tiling, const MatrixStorage& storage, MatrixMean::Workspace& workspace,
       MatrixMean::Partial& partial)
      : tiling_(tiling),
        storage_(storage),
        workspace_(workspace),
        partial_(partial),
        streaming_(streaming_of(loop_for(tiling, type_of(T{})))),
        tall_(is_tall(tiling)),
        flat_(is_flat(tiling)) {}

  /// `elements`: the first element of the rectangle's first tile; rows are `stride` apart.
  void add(const TileRect& rect, const T* elements, std::int64_t stride) {
    if (is_line(tiling_)) return add_vector(rect, elements);
    const Range rows = tiling_.rows_of(rect.blocks), columns = tiling_.columns_of(rect.panels);
    const bool whole_rows = rect.panels.size() == tiling_.panels;
    row_means_ = whole_rows ? results(partial_.row_means, storage_.row_means(), rows) : nullptr;
    column_means_ = tiling_.blocks == 1
                        ? results(partial_.column_means, storage_.column_means(), columns)
                        : nullptr;
    for (std::int64_t b = rect.blocks.begin; b < rect.blocks.end; ++b) {
      const Range of_block = tiling_.rows_of(b);
      begin_block(b, of_block.size(), whole_rows);
      for (std::int64_t p = rect.panels.begin; p < rect.panels.end; p += panels_together) {
        const Range panels{p, std::min(rect.panels.end, p + panels_together)};
        const T* const tile = elements + (of_block.begin - rows.begin) * stride +
                              tiling_.columns_of(p).begin - columns.begin;
        add_tiles(tile, stride, of_block.size(), panels);
      }
      if (whole_rows) end_block(of_block.size());
    }
  }

 private:
  /// Where to write the means of `range`: a part of the memory reserved beside the matrix.
  static double* results(Means& means, const MeansRoom& room, Range range) {
    means.add_view(range.begin, range.size(), ElementType::f64, room.at(range.begin), room.memory);
    return room.at(range.begin);
  }

  /// Adds one row or one column.  Its elements are the means across it, and stay where they are.
  void add_vector(const TileRect& rect, const T* elements) {
    const bool is_row = tiling_.rows == 1;
    const Range along = is_row ? tiling_.columns_of(rect.panels) : tiling_.rows_of(rect.blocks);
    (is_row ? partial_.column_means : partial_.row_means)
        .add_view(along.begin, along.size(), type_of(T{}), elements, storage_.memory());
    const auto part = [&](std::int64_t tile) {
      return is_row ? tiling_.columns_of(tile) : tiling_.rows_of(tile);
    };
    const Range tiles = is_row ? rect.panels : rect.blocks;
    const WindowSum total = add_lines(tiles, part, elements - along.begin);
    // The matrix has only one row, or only one column.
    partial_.row_sums.of_block(is_row ? 0 : -1, 1)->merge(total);
  }

  /// The sum of the tiles of one row or column: tile t has the elements part(t) of `line`.  Reads
  /// several places at once, each in its own share of the tiles.
  template <class Part>
  WindowSum add_lines(Range tiles, const Part& part, const T* line) {
    WindowSum total;
    const auto add = [&](std::int64_t first, std::int64_t apart, int places) {
      std::array<const T*, most_line_places> from{};
      std::array<std::int64_t, most_line_places> n{};
      std::array<double, most_line_places> sums{};
      for (std::size_t p = 0; p < static_cast<std::size_t>(places); ++p) {
        const Range own = part(first + static_cast<std::int64_t>(p) * apart);
        from[p] = line + own.begin;
        n[p] = own.size();
      }
      lines_function<T>({streaming_.ahead, places})(from.data(), n.data(), sums.data(),
                                                    streaming_.ahead);
      for (std::size_t p = 0; p < static_cast<std::size_t>(places); ++p) {
        total.add(sums[p]);
        partial_.all.add(sums[p]);
      }
    };
    const std::int64_t share = tiles.size() / streaming_.places;
    for (std::int64_t t = 0; t < share; ++t) add(tiles.begin + t, share, streaming_.places);
    for (std::int64_t t = tiles.begin + share * streaming_.places; t < tiles.end; ++t) add(t, 0, 1);
    return total;
  }

  void begin_block(std::int64_t block, std::int64_t rows, bool whole_rows) {
    grow(workspace_.row, rows * std::min(panels_together, tiling_.panels));
    shared_rows_ = whole_rows ? nullptr : partial_.row_sums.of_block(block, rows);
    own_rows_ = whole_rows && tiling_.panels > 1;  // else one tile has a row's whole sum
    if (own_rows_) workspace_.block_rows.reset(rows);
  }

  static void grow(AlignedVector<double>& values, std::int64_t n) {
    if (std::ssize(values) < n) values.resize(static_cast<std::size_t>(n));
  }

  void end_block(std::int64_t rows) {
    double* const sums = workspace_.row.data();
    if (own_rows_) {
      for (std::int64_t r = 0; r < rows; ++r) sums[r] = workspace_.block_rows.get(r).round();
    }
    if (!tall_) divide(sums, rows, row_means());
    row_means_ += rows;
  }

  [[nodiscard]] TileMeans row_means() const {
    return {row_means_, static_cast<double>(tiling_.columns), tiling_.rows > cached_means,
            exact_reciprocal(tiling_.columns)};
  }
  [[nodiscard]] TileMeans column_means() const {
    return {column_means_, static_cast<double>(tiling_.rows), tiling_.columns > cached_means,
            exact_reciprocal(tiling_.rows)};
  }
  /// The means to compute while tiles are read, for matrices with a mean for every few elements.
  [[nodiscard]] TileMeans means_of_tiles() const {
    return tall_ ? row_means() : (flat_ ? column_means() : TileMeans{});
  }
  static void divide(const double* sums, std::int64_t n, const TileMeans& means) {
    paths.active().divide(sums, n, means.divisor, means.streaming, means.to);
  }

  /// Adds the tiles of some panels of one row block.
  void add_tiles(const T* tile, std::int64_t stride, std::int64_t rows, Range panels) {
    std::array<std::int64_t, panels_together> ends{};
    const std::int64_t first = tiling_.columns_of(panels.begin).begin;
    for (std::int64_t p = panels.begin; p < panels.end; ++p) {
      ends[static_cast<std::size_t>(p - panels.begin)] = tiling_.columns_of(p).end - first;
    }
    grow(workspace_.column, ends[static_cast<std::size_t>(panels.size() - 1)]);
    double* column = workspace_.column.data();
    const double* row = workspace_.row.data();
    const MatrixPath::Tiles<T> add_all = tiles_functions<T>(tiling_.columns).at(streaming_.ahead);
    add_all(tile, stride, rows, panels.size(), ends.data(), column, workspace_.row.data(),
            means_of_tiles(), streaming_.ahead);
    for (std::int64_t p = panels.begin; p < panels.end; ++p) {
      const std::int64_t columns = tiling_.columns_of(p).size();
      take_sums(p, column, columns, row, rows);
      column += columns;
      row += rows;
    }
  }

  /// Adds the sums of one tile.
  void take_sums(std::int64_t panel, const double* column, std::int64_t columns, const double* row,
                 std::int64_t rows) {
    partial_.all.add(columns < rows ? sum_up(column, columns) : sum_up(row, rows));
    if (own_rows_) workspace_.block_rows.add(row);
    if (shared_rows_ != nullptr) {
      for (std::int64_t r = 0; r < rows; ++r) shared_rows_[r].add(row[r]);
    }
    if (column_means_ == nullptr) return partial_.column_sums.add(panel, column, columns);
    if (!flat_) divide(column, columns, column_means());
    column_means_ += columns;
  }

  const Tiling tiling_;
  const MatrixStorage& storage_;
  MatrixMean::Workspace& workspace_;
  MatrixMean::Partial& partial_;
  const Streaming streaming_;
  const bool tall_;
  const bool flat_;
  // For the current block, when its rows have several tiles:
  WindowSum* shared_rows_ = nullptr;  ///< some of the tiles belong to another worker
  bool own_rows_ = false;             ///< this worker has all tiles; the sums are in the workspace
  double* row_means_ = nullptr;       ///< where the next complete rows' means go
  double* column_means_ = nullptr;    ///< where the next complete columns' means go
};

template <class T>
void compute_as(const MatrixMean::Params& params, const MatrixMean::Storage& storage, Range range,
                MatrixMean::Workspace& workspace, MatrixMean::Partial& partial) {
  const Tiling tiling = tiling_of(params);
  Pass<T> pass(tiling, storage, workspace, partial);
  for (const MatrixStorage::Place& place : storage.places(tiling, range)) {
    pass.add(place.tiles, reinterpret_cast<const T*>(place.first), place.stride);
  }
}

/// Writes the sums of rows shared by several workers to `rows`, as means.
void finish_rows(const Tiling& tiling, const RowSums& sums, Means& rows) {
  for (const RowSums::Block& block : sums.blocks()) {
    if (block.block < 0) continue;  // the only column's sum
    double* const means =
        rows.add(tiling.rows_of(block.block).begin, static_cast<std::int64_t>(block.sums.size()));
    for (std::size_t r = 0; r < block.sums.size(); ++r) {
      means[r] = block.sums[r].round() / static_cast<double>(tiling.columns);
    }
  }
}

void finish_columns(const Tiling& tiling, const MatrixMean::Partial& partial, Means& columns) {
  const auto rows = static_cast<double>(tiling.rows);
  if (tiling.columns == 1 && tiling.rows > 1) {
    *columns.add(0, 1) = partial.row_sums.blocks().front().sums.front().round() / rows;
    return;
  }
  if (tiling.blocks == 1) return;  // already complete
  double* const means = columns.add(0, tiling.columns);
  for (std::int64_t p = 0; p < tiling.panels; ++p) {
    partial.column_sums.round(p, means + tiling.columns_of(p).begin);
  }
  for (std::int64_t c = 0; c < tiling.columns; ++c) means[c] /= rows;
}

}  // namespace

void MatrixMean::check(const Params& params) {
  if (params.rows < 1 || params.cols < 1) {
    throw Error(
        fmt::format("a matrix of {} x {} has no elements and no means", params.rows, params.cols),
        "choose --rows and --cols of at least 1");
  }
  if (params.rows > (std::int64_t{1} << 50) / params.cols) {
    throw Error(fmt::format("a matrix of {} x {} is too large", params.rows, params.cols),
                "choose --rows and --cols whose product is at most 2^50");
  }
}

StreamLoop MatrixMean::stream_loop(const Params& params) {
  return loop_for(tiling_of(params), params.type);
}

std::int64_t MatrixMean::items(const Params& params) {
  return tiling_of(params).items();
}

Work MatrixMean::work(const Params& params) {
  const auto rows = static_cast<double>(params.rows), cols = static_cast<double>(params.cols);
  const double bytes = static_cast<double>(size_of(params.type)) * rows * cols;
  // Each element is added to the sum of its row and to that of its column.
  std::vector<Demand> demands{{.rate = "add", .amount = 2 * rows * cols}};
  if (params.type == ElementType::f32) {
    demands.push_back({.rate = "convert", .amount = rows * cols});
  }
  return {.items = items(params),
          .operations = rows * cols,
          .flops = 2 * rows * cols,
          .compulsory_bytes = bytes,
          .resident_bytes = bytes + 8 * (rows + cols),
          .amount = bytes,
          .unit = "bytes",
          .memory_bound = true,
          .demands = std::move(demands)};
}

std::vector<Slab> MatrixMean::slabs(const Params& params, Range range) {
  const Tiling tiling = tiling_of(params);
  std::vector<Slab> out;
  for (const TileRect& rect : tiling.rectangles(range)) {
    const Range rows = tiling.rows_of(rect.blocks), columns = tiling.columns_of(rect.panels);
    const auto add = [&](std::int64_t row, std::int64_t count) {
      out.push_back(
          {.row = row, .rows = count, .column = columns.begin, .columns = columns.size()});
    };
    if (columns.size() == params.cols && rows_are_adjacent(params)) {
      add(rows.begin, rows.size());
    } else {
      for (std::int64_t row = rows.begin; row < rows.end; ++row) add(row, 1);
    }
  }
  return out;
}

MatrixMean::Storage MatrixMean::allocate(const Params& params, Range range) {
  return {tiling_of(params), params.type, range};
}

std::vector<Piece> MatrixMean::pieces(const Params& params, Storage& storage, Range range) {
  const Tiling tiling = tiling_of(params);
  const std::int64_t size = size_of(params.type);
  std::vector<Piece> out;
  for (const MatrixStorage::Place& place : storage.places(tiling, range)) {
    const bool together = place.columns.size() == params.cols && rows_are_adjacent(params);
    const std::int64_t rows = together ? place.rows.size() : 1;  // of a piece
    for (std::int64_t row = 0; row < place.rows.size(); row += rows) {
      out.emplace_back(place.first + row * place.stride * size,
                       static_cast<std::size_t>(rows * place.columns.size() * size));
    }
  }
  return out;
}

void MatrixMean::compute(const Params& params, const Shared&, const Storage& storage, Range range,
                         Workspace& workspace, Partial& partial) {
  if (params.type == ElementType::f64) {
    return compute_as<double>(params, storage, range, workspace, partial);
  }
  compute_as<float>(params, storage, range, workspace, partial);
}

void MatrixMean::merge(Partial& into, Partial&& from) {
  into.row_means.merge(std::move(from.row_means));
  into.column_means.merge(std::move(from.column_means));
  into.row_sums.merge(std::move(from.row_sums));
  into.column_sums.merge(std::move(from.column_sums));
  into.all.merge(from.all);
}

void MatrixMean::pack(const Partial& partial, std::vector<std::byte>& out) {
  partial.row_means.pack(out);
  partial.column_means.pack(out);
  partial.row_sums.pack(out);
  partial.column_sums.pack(out);
  wire::put(out, partial.all);
}

MatrixMean::Partial MatrixMean::unpack(std::span<const std::byte> in) {
  Partial partial;
  partial.row_means = Means::unpack(in);
  partial.column_means = Means::unpack(in);
  partial.row_sums = RowSums::unpack(in);
  partial.column_sums = ColumnSums::unpack(in);
  partial.all = wire::take<ExactSum>(in);
  return partial;
}

/// Each rank has a sum for every column, and the means of its own rows; of a single block of rows,
/// the other way round.
PartialBytes MatrixMean::partial_bytes(const Params& params) {
  const Tiling tiling = tiling_of(params);
  const bool by_rows = tiling.blocks > 1;
  const auto summed = static_cast<double>(by_rows ? tiling.columns : tiling.rows);
  const auto complete = static_cast<double>(by_rows ? tiling.rows : tiling.columns);
  return {.each = sizeof(WindowSum) * summed + sizeof(ExactSum),
          .shared = sizeof(double) * complete};
}

MatrixMean::Result MatrixMean::finish(const Params& params, Partial&& partial) {
  const Tiling tiling = tiling_of(params);
  Result result{std::move(partial.row_means), std::move(partial.column_means), 0};
  finish_rows(tiling, partial.row_sums, result.rows);
  finish_columns(tiling, partial, result.columns);
  result.grand_mean =
      partial.all.round() / (static_cast<double>(params.rows) * static_cast<double>(params.cols));
  return result;
}

std::vector<Fact> MatrixMean::facts(const Params&, const Result& result) {
  return {{"grand_mean", fmt::format("{}", result.grand_mean)},
          {"row_means", result.rows.digest()},
          {"column_means", result.columns.digest()}};
}

}  // namespace scalelaw

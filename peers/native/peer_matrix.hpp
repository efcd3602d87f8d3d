#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/matrix_mean/wire.hpp"

namespace scalelaw::driver {

/// matrix_mean on the same generated matrix in the same storage, by another library's products of a
/// matrix and a vector of ones: one pass for the rows, one for the columns.
///
/// `Library::multiply(transposed, a, rows, columns, stride, v, out)` for float and double.
template <class Library>
struct PeerMatrix : MatrixMean {
  static constexpr std::string_view summary = Library::matrix_summary;

  struct Shared {
    std::vector<double> ones;
    std::vector<float> ones_f32;
  };
  struct Partial {
    std::vector<double> rows, columns;  ///< sums; empty, or one per row or column of the matrix
  };

  static void stream_loop(const Params&) = delete;  // the library's own loops run

  static void check(const Params& params) {
    MatrixMean::check(params);
    if (!params.input.empty()) {
      throw Error("peers are measured on a generated matrix", "omit --input");
    }
    if (std::max(params.rows, params.cols) > 2'000'000'000) {
      throw Error("the library counts rows and columns in 32 bits",
                  "choose --rows and --cols of at most 2e9");
    }
  }

  static Shared prepare(const Params& params) {
    const auto n = static_cast<std::size_t>(std::max(params.rows, params.cols));
    if (params.type == ElementType::f64) return {std::vector<double>(n, 1.0), {}};
    return {{}, std::vector<float>(n, 1.0F)};
  }

  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace&, Partial& partial) {
    partial.rows.resize(static_cast<std::size_t>(params.rows));
    partial.columns.resize(static_cast<std::size_t>(params.cols));
    for (const auto& place : storage.places({params.rows, params.cols}, range)) {
      if (params.type == ElementType::f64) {
        add_place<double>(place, shared.ones.data(), partial);
      } else {
        add_place<float>(place, shared.ones_f32.data(), partial);
      }
    }
  }

  static PartialBytes partial_bytes(const Params& params) {
    return {.each = sizeof(double) * static_cast<double>(params.rows + params.cols)};
  }

  static void merge(Partial& into, Partial&& from) {
    const auto add = [](std::vector<double>& to, std::vector<double>& more) {
      if (to.empty()) {
        to = std::move(more);
        return;
      }
      for (std::size_t i = 0; i < more.size(); ++i) to[i] += more[i];
    };
    add(into.rows, from.rows);
    add(into.columns, from.columns);
  }

  static void pack(const Partial& partial, std::vector<std::byte>& out) {
    for (const auto* sums : {&partial.rows, &partial.columns}) {
      wire::put(out, std::ssize(*sums));
      wire::put_array(out, sums->data(), std::ssize(*sums));
    }
  }
  static Partial unpack(std::span<const std::byte> in) {
    Partial partial;
    for (auto* sums : {&partial.rows, &partial.columns}) {
      sums->resize(static_cast<std::size_t>(wire::take<std::int64_t>(in)));
      wire::take_array(in, sums->data(), std::ssize(*sums));
    }
    return partial;
  }

  static Result finish(const Params& params, Partial&& partial) {
    const auto rows = static_cast<double>(params.rows), columns = static_cast<double>(params.cols);
    Result result;
    double all = 0;
    double* const row_means = result.rows.add(0, params.rows);
    double* const column_means = result.columns.add(0, params.cols);
    for (std::size_t r = 0; r < partial.rows.size(); ++r) row_means[r] = partial.rows[r] / columns;
    for (std::size_t c = 0; c < partial.columns.size(); ++c) {
      all += partial.columns[c];
      column_means[c] = partial.columns[c] / rows;
    }
    result.grand_mean = all / (rows * columns);
    return result;
  }

  /// Within the a-priori bound of recursive summation; elements are below 3.
  static std::string verify(const Params& params, const Result& result) {
    const double u = params.type == ElementType::f64 ? 0x1p-53 : 0x1p-24;
    const auto bound = [u](std::int64_t n) {
      return 3 * std::min(1.0, static_cast<double>(n + 2) * u);
    };
    return verify_within(params, result,
                         {.row = bound(params.cols),
                          .column = bound(params.rows),
                          .grand = bound(params.rows + params.cols)});
  }

 private:
  template <class T>
  static void add_place(const MatrixStorage::Place& place, const T* ones, Partial& partial) {
    const auto rows = static_cast<std::size_t>(place.rows.size());
    const auto columns = static_cast<std::size_t>(place.columns.size());
    const auto* const a = reinterpret_cast<const T*>(place.first);
    std::vector<T> of_rows(rows), of_columns(columns);
    Library::multiply(false, a, place.rows.size(), place.columns.size(), place.stride, ones,
                      of_rows.data());
    Library::multiply(true, a, place.rows.size(), place.columns.size(), place.stride, ones,
                      of_columns.data());
    double* const row = partial.rows.data() + place.rows.begin;
    double* const column = partial.columns.data() + place.columns.begin;
    for (std::size_t r = 0; r < rows; ++r) row[r] += static_cast<double>(of_rows[r]);
    for (std::size_t c = 0; c < columns; ++c) column[c] += static_cast<double>(of_columns[c]);
  }
};

}  // namespace scalelaw::driver

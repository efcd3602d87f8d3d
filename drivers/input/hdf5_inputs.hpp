#pragma once

#include <array>
#include <string_view>

#include "drivers/input/files.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"

namespace scalelaw::driver {

/// Two one-dimensional HDF5 datasets of equal length.
template <>
struct Files<DotProduct> : NoFiles<DotProduct> {
  using Params = DotProduct::Params;
  static constexpr std::array<std::string_view, 1> derived{"length"};

  static bool given(const Params& params) { return !params.input.empty(); }
  static void open(Params& params);
  static void read(const Params& params, DotProduct::Storage& storage, Range range);
  static void check_input(Params& params);
};

/// One two-dimensional HDF5 dataset.
template <>
struct Files<MatrixMean> : NoFiles<MatrixMean> {
  using Params = MatrixMean::Params;
  static constexpr std::array<std::string_view, 2> derived{"rows", "cols"};

  static bool given(const Params& params) { return !params.input.empty(); }
  static void open(Params& params);
  static void read(const Params& params, MatrixMean::Storage& storage, Range range);
  static void check_input(Params& params);
};

}  // namespace scalelaw::driver

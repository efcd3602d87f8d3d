#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/matrix_mean/window_sums.hpp"

namespace scalelaw {

/// The WindowSums of a matrix's columns, panel by panel; panels without additions take no memory.
class ColumnSums {
 public:
  /// Adds sum[0..n) to the columns of a panel; n must be the number of all its columns.
  void add(std::int64_t panel, const double* sum, std::int64_t n);

  /// Adds the sums of `other`.
  void merge(ColumnSums&& other);

  /// Writes round(sum) of each column of `panel`; every panel must have been added to.
  void round(std::int64_t panel, double* to) const;

  void pack(std::vector<std::byte>& out) const;
  /// Reads what pack() wrote from the front of `in`.
  static ColumnSums unpack(std::span<const std::byte>& in);

 private:
  std::vector<WindowSums> panels_;
};

}  // namespace scalelaw

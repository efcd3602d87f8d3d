#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/matrix_mean/window_sums.hpp"

namespace scalelaw {

/// The WindowSums of a matrix's columns, panel by panel; a panel that nothing was added to takes no
/// room.
class ColumnSums {
 public:
  /// Adds sum[0..n) to the columns of a panel, n being all its columns.
  void add(std::int64_t panel, const double* sum, std::int64_t n);

  /// Takes the sums of `other`.
  void merge(ColumnSums&& other);

  /// Writes round(sum) of each column of `panel`; every panel must have been added to.
  void round(std::int64_t panel, double* to) const;

  void pack(std::vector<std::byte>& out) const;
  /// Takes what pack() put from the front of `in`.
  static ColumnSums unpack(std::span<const std::byte>& in);

 private:
  std::vector<WindowSums> panels_;
};

}  // namespace scalelaw

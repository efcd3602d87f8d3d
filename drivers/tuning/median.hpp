#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace scalelaw::driver {

/// A median and its rank interval of about 95 %: from the k-th smallest value to the k-th largest.
struct MedianInterval {
  double median = 0, low = 0, high = 0;
};

/// `values` must not be empty.
inline MedianInterval median_interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const auto count = static_cast<double>(n);
  const auto k = static_cast<std::size_t>(std::max(0.0, (count - 1.96 * std::sqrt(count)) / 2));
  return {(values[(n - 1) / 2] + values[n / 2]) / 2, values[k], values[n - 1 - k]};
}

}  // namespace scalelaw::driver

#include "harness/statistics/level_scan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace scalelaw::harness {

LevelScan::LevelScan(std::size_t n, std::size_t shortest)
    : n_(n), shortest_(shortest), sums_(n + 1) {
  for (double length = static_cast<double>(n); length >= 2 * static_cast<double>(shortest);
       length /= std::sqrt(2.0)) {
    const auto width = static_cast<std::size_t>(std::ceil(length));
    const std::size_t weights = weights_.size();
    for (std::size_t k = 0; k < width; ++k) {
      const auto before = static_cast<double>(k), after = static_cast<double>(width - k);
      weights_.push_back(k == 0 ? 0 : static_cast<double>(width) / (before * after));
    }
    const double room = static_cast<double>(n - width);
    const std::size_t others = static_cast<std::size_t>(std::ceil(2 * room / length));
    for (std::size_t i = 0; i <= others; ++i) {
      const double share = others == 0 ? 0 : static_cast<double>(i) / static_cast<double>(others);
      const auto begin = static_cast<std::size_t>(std::llround(room * share));
      intervals_.push_back({begin, begin + width, weights});
    }
  }
}

Split LevelScan::largest(std::span<const double> values) const {
  for (std::size_t i = 0; i < n_; ++i) sums_[i + 1] = sums_[i] + values[i];
  Split best;
  double most = -1;  // the square of the score
  for (const auto& [begin, end, weights] : intervals_) {
    const double mean = (sums_[end] - sums_[begin]) / static_cast<double>(end - begin);
    for (std::size_t k = shortest_; begin + k + shortest_ <= end; ++k) {
      const double excess = sums_[begin + k] - sums_[begin] - static_cast<double>(k) * mean;
      const double square = excess * excess * weights_[weights + k];
      if (square <= most) continue;
      most = square;
      best.first = begin + k;
    }
  }
  best.score = std::sqrt(std::max(0.0, most));
  return best;
}

std::vector<Pieces> best_pieces(std::span<const double> values, std::size_t shortest,
                                std::size_t most) {
  const std::size_t n = values.size();
  std::vector<double> sum(n + 1), square(n + 1);
  for (std::size_t i = 0; i < n; ++i) {
    sum[i + 1] = sum[i] + values[i];
    square[i + 1] = square[i] + values[i] * values[i];
  }
  const auto squares = [&](std::size_t begin, std::size_t end) {
    const double total = sum[end] - sum[begin];
    return square[end] - square[begin] - total * total / static_cast<double>(end - begin);
  };
  constexpr double none = std::numeric_limits<double>::infinity();
  std::vector<double> least(n + 1, none);  // of the first i values
  for (std::size_t i = shortest; i <= n; ++i) least[i] = squares(0, i);
  std::vector<Pieces> out{{1, std::max(0.0, least[n])}};
  for (std::size_t count = 2; count <= most && count * shortest <= n; ++count) {
    std::vector<double> next(n + 1, none);
    for (std::size_t i = count * shortest; i <= n; ++i) {
      for (std::size_t k = (count - 1) * shortest; k + shortest <= i; ++k) {
        next[i] = std::min(next[i], least[k] + squares(k, i));
      }
    }
    least = std::move(next);
    out.push_back({count, std::max(0.0, least[n])});
  }
  return out;
}

}  // namespace scalelaw::harness

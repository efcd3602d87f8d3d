#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Which points speedups are over, before or after anything was measured.
class BaselinePoints {
 public:
  /// `points` must outlive it.
  explicit BaselinePoints(const std::vector<Point>& points);

  /// The points with the kernel, the parameters and the task of `like`, in their order.
  [[nodiscard]] const std::vector<std::int64_t>& same_work(const Point& like) const;

  /// The point of a series with one worker.
  [[nodiscard]] std::optional<std::int64_t> one_worker(std::int64_t series) const;

  /// The points that the best serial time of the series of `point` is taken from, of those that
  /// `is_usable` accepts.  They are serial programs of the implementation that their experiment is
  /// about (one worker where it has no serial program), and do what the series does with one
  /// worker.  None for a weak series that starts with several workers.  Clocks are never mixed.
  /// Where there are some of the same experiment and scaling, it is these alone: to pick the faster
  /// of two measurements favours luck.
  [[nodiscard]] std::vector<std::int64_t> serial_of(
      const Point& point, const std::function<bool(std::int64_t)>& is_usable) const;

 private:
  [[nodiscard]] const Point& at(std::int64_t point) const;

  const std::vector<Point>& points_;
  /// By kernel, parameters and task, so that thousands of points need not each look at all others.
  std::map<std::string, std::vector<std::int64_t>> of_work_;
  std::map<std::int64_t, std::int64_t> one_workers_;  ///< by series
};

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/laws/predictions.hpp"
#include "harness/results/baseline_points.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Finds the baselines of speedups.
class Baselines {
 public:
  /// Both must outlive it.
  Baselines(const Results& results, const std::vector<Summary>& summaries);

  /// The points with the kernel, the parameters and the task of `like`, in their order.
  [[nodiscard]] const std::vector<std::int64_t>& same_work(const Point& like) const;

  /// The fastest of the points that may be the serial baseline (BaselinePoints::serial_of()) and
  /// have a time.
  [[nodiscard]] std::optional<Baseline> serial(const Series& series) const;

  /// The point of the series with one worker.  Without one, the time is that of the first law that
  /// can be fitted, as for the predictions of the series.
  [[nodiscard]] std::optional<Baseline> own(const Series& series, const SeriesLaws& laws) const;

 private:
  [[nodiscard]] const Point& at(std::int64_t point) const;
  [[nodiscard]] const Summary& summary(std::int64_t point) const;
  [[nodiscard]] Baseline measured(std::string name, std::int64_t point) const;

  const Results& results_;
  const std::vector<Summary>& summaries_;
  BaselinePoints points_;
};

}  // namespace scalelaw::harness

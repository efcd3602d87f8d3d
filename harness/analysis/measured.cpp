#include "harness/analysis/measured.hpp"

#include <algorithm>
#include <cmath>

#include "harness/laws/series.hpp"

namespace scalelaw::harness {
namespace {

bool all_positive(const std::vector<double>& times_s) {
  return std::all_of(times_s.begin(), times_s.end(), [](double time) { return time > 0; });
}

/// `ratio` of the times as a speedup, for `work` times the work.
Ratio scaled(Ratio ratio, double value, double work) {
  ratio.value = value;
  if (ratio.interval) {
    ratio.interval->low *= work;
    ratio.interval->high *= work;
  }
  return ratio;
}

/// The interval of the ratio of two times, one of which is not from launches.  Each end is as far
/// from the ratio, on the logarithms, as the two ends that move it there, their squares added.
/// Source: Zou & Donner, "Construction of confidence limits about effect measures", Statistics in
///         Medicine 27 (2008).
Interval joined(const Ratio& numerator, const Ratio& denominator) {
  const auto apart = [](double high, double low) { return std::log(high / low); };
  const Interval &above = *numerator.interval, &below = *denominator.interval;
  const double down =
      std::hypot(apart(numerator.value, above.low), apart(below.high, denominator.value));
  const double up =
      std::hypot(apart(above.high, numerator.value), apart(denominator.value, below.low));
  const double value = numerator.value / denominator.value;
  return {.low = value * std::exp(-down), .high = value * std::exp(up), .confidence = 0.95};
}

}  // namespace

Ratio measured_ratio(const Summary& numerator, const Summary& denominator) {
  const std::vector<double> above = numerator.repetitions_s(), below = denominator.repetitions_s();
  if (!all_positive(above) || !all_positive(below)) {
    return {.value = numerator.median_s / denominator.median_s, .interval = {}};
  }
  return ratio_over_launches(above, below);
}

Ratio measured_speedup(const Summary& base, const Summary& point, double work) {
  return scaled(measured_ratio(base, point), measured_speedup(base.median_s, point.median_s, work),
                work);
}

Ratio measured_speedup(const Ratio& base_s, const Summary& point, double work) {
  Ratio ratio{base_s.value / point.median_s, {}};
  const bool known =
      base_s.interval && point.interval_s && base_s.interval->low > 0 && point.interval_s->low > 0;
  if (known) ratio.interval = joined(base_s, {point.median_s, point.interval_s});
  return scaled(ratio, measured_speedup(base_s.value, point.median_s, work), work);
}

bool certainly_slower(const Summary& point, const Summary& fastest) {
  constexpr double tied_within = 0.10;  // where there are no intervals to tell
  if (!point.interval_s || !fastest.interval_s) {
    return point.median_s > (1 + tied_within) * fastest.median_s;
  }
  return point.interval_s->low > fastest.interval_s->high;
}

}  // namespace scalelaw::harness

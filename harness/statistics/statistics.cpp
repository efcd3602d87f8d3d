#include "harness/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <utility>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

/// Of values in order.
double quantile_of_sorted(std::span<const double> x, double q) {
  if (x.empty()) throw Error("a quantile of no values was asked for");
  const double h = static_cast<double>(x.size() - 1) * q;
  const auto below = static_cast<std::size_t>(std::floor(h));
  const std::size_t above = std::min(below + 1, x.size() - 1);
  const double part = h - static_cast<double>(below);
  return part == 0 ? x[below] : x[below] + part * (x[above] - x[below]);
}

/// A distribution's number, computed once for each argument: a report asks for few of them, but
/// hundreds of times.  One memory a thread and function.
template <class Key, class Compute>
double remembered(const Key& key, const Compute& compute) {
  constexpr std::size_t most_kept = 4096;
  thread_local std::map<Key, double> known;
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  if (known.size() >= most_kept) known.clear();
  return known[key] = compute(key);
}

/// 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2): how often the median lies between the j-th smallest and
/// the j-th largest of n values.
double coverage_of(std::size_t n, std::size_t j) {
  return remembered(std::pair(n, j), [](const auto& key) {
    const boost::math::binomial_distribution<double> heads(static_cast<double>(key.first), 0.5);
    return 1 - 2 * boost::math::cdf(heads, static_cast<double>(key.second - 1));
  });
}

constexpr double level = 0.97;  // of a median's interval

/// Student's t that a deviation with so many degrees of freedom exceeds as often as an end of a
/// median's interval is on the wrong side.
double t_of(double freedom) {
  const auto compute = [](double key) {
    return boost::math::quantile(boost::math::students_t_distribution<double>(key),
                                 (1 + level) / 2);
  };
  return std::isnan(freedom) ? compute(freedom) : remembered(freedom, compute);
}

/// The distance from a value to an end of its interval, with the distance's degrees of freedom.
struct Reach {
  double distance = 0;
  double freedom = 1;
};

/// The same distance for the sum of two independent quantities.
double joined(const Reach& a, const Reach& b) {
  const double of_a = std::pow(a.distance / t_of(a.freedom), 2);
  const double of_b = std::pow(b.distance / t_of(b.freedom), 2);
  const double both = of_a + of_b;
  if (both == 0) return 0;
  const double freedom = both * both / (of_a * of_a / a.freedom + of_b * of_b / b.freedom);
  return t_of(freedom) * std::sqrt(both);
}

/// The logarithm of a point's median, and the distances to the ends of its interval.
struct LogMedian {
  double value_s = 0;
  std::optional<Reach> down, up;
};

LogMedian log_median(std::span<const double> launches_s) {
  LogMedian out{median(launches_s), {}, {}};
  const auto interval = median_interval(launches_s);
  if (!(out.value_s > 0) || (interval && !(interval->low > 0))) {
    throw Error("a launch's median time is not positive");
  }
  if (!interval) return out;
  const double freedom = static_cast<double>(launches_s.size()) / 3 + 1;
  out.down = Reach{std::log(out.value_s / interval->low), freedom};
  out.up = Reach{std::log(interval->high / out.value_s), freedom};
  return out;
}

}  // namespace

double quantile(std::span<const double> values, double q) {
  return quantile_of_sorted(sorted(values), q);
}

double median_in_place(std::span<double> values) {
  std::ranges::sort(values);
  return quantile_of_sorted(values, 0.5);
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

std::optional<Interval> rank_interval(std::span<const double> values, double confidence) {
  const std::size_t n = values.size();
  if (n == 0 || coverage_of(n, 1) < confidence) return std::nullopt;
  std::size_t j = 1;
  while (2 * (j + 1) <= n && coverage_of(n, j + 1) >= confidence) ++j;
  const std::vector<double> x = sorted(values);
  double inward = 0;  // how much of the way to the next rank
  if (2 * (j + 1) <= n && coverage_of(n, j) > confidence) {
    const double surplus =
        (coverage_of(n, j) - confidence) / (coverage_of(n, j) - coverage_of(n, j + 1));
    const auto from_end = static_cast<double>(j), others = static_cast<double>(n - j);
    inward = others * surplus / (from_end + (others - from_end) * surplus);
  }
  return Interval{x[j - 1] + inward * (x[j] - x[j - 1]),
                  x[n - j] - inward * (x[n - j] - x[n - j - 1]), confidence};
}

std::optional<Interval> median_interval(std::span<const double> launches) {
  if (launches.size() < fewest_repetitions) return std::nullopt;
  if (launches.size() == fewest_repetitions) {
    return rank_interval(launches, coverage_of(fewest_repetitions, 1));
  }
  auto interval = rank_interval(launches, level);
  interval->confidence = 0.95;  // of points whose launches ended when this was narrow
  return interval;
}

Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s) {
  const LogMedian above = log_median(numerator_s), below = log_median(denominator_s);
  Ratio ratio{above.value_s / below.value_s, std::nullopt};
  if (!above.down || !below.down) return ratio;
  ratio.interval = Interval{.low = ratio.value * std::exp(-joined(*above.down, *below.up)),
                            .high = ratio.value * std::exp(joined(*above.up, *below.down)),
                            .confidence = 0.95};
  return ratio;
}

}  // namespace scalelaw::harness

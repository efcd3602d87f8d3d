#include "harness/laws/reach.hpp"

#include <cmath>
#include <limits>

namespace scalelaw::harness {
namespace {

constexpr double most_workers = 1e9;
constexpr double never = std::numeric_limits<double>::infinity();

double threads_per_rank(const Series& series) {
  const Load& last = series.members.back().load;
  return last.workers / last.ranks;
}

double half_efficient(const Law& law, const Coefficients& theta, const Series& series,
                      double exchange_scale) {
  const double one_s = seconds(law, theta, load_of(series, 1));
  const auto efficient = [&](double p) {
    Load load = load_of(series, p);
    load.exchange_s *= exchange_scale;
    return load.work * one_s / seconds(law, theta, load) / p >= 0.5;
  };
  if (efficient(most_workers)) return never;
  double low = 0, high = std::log(most_workers);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (efficient(std::exp(middle)) ? low : high) = middle;
  }
  return std::exp(low);
}

}  // namespace

Load load_of(const Series& series, double workers) {
  Load load{.workers = workers,
            .ranks = std::max(1.0, workers / threads_per_rank(series)),
            .work = series.first->scaling == Scaling::weak ? workers : 1};
  if (series.exchange) load.exchange_s = series.exchange->seconds(load.ranks, load.work);
  return load;
}

Estimate peak_workers(const LawFit& fit, const Series& series) {
  return fit.derived("peak_workers", [&](const Coefficients& theta, double scale) {
    if (fit.law().peak == nullptr) return never;
    const double peak =
        fit.law().peak({.theta = {theta.data(), static_cast<std::size_t>(theta.size())},
                        .threads_per_rank = threads_per_rank(series),
                        .exchange = series.exchange ? &*series.exchange : nullptr,
                        .exchange_scale = scale});
    return peak > most_workers ? never : peak;
  });
}

Estimate half_efficiency_workers(const LawFit& fit, const Series& series) {
  return fit.derived("half_efficiency_workers", [&](const Coefficients& theta, double scale) {
    return half_efficient(fit.law(), theta, series, scale);
  });
}

}  // namespace scalelaw::harness

#include "harness/laws/continuation.hpp"

#include <array>
#include <cmath>

#include "harness/laws/bounded_least_squares.hpp"

namespace scalelaw::harness {
namespace {

using Terms = std::vector<double> (*)(double workers);

/// The sum of `terms` with coefficients that are not negative, fitted to the times by least squares
/// of relative errors.
LogCurve fitted(std::span<const TimedCount> counts, Terms terms) {
  const auto n = static_cast<Eigen::Index>(counts.size());
  Eigen::MatrixXd basis(n, static_cast<Eigen::Index>(terms(1).size()));
  Eigen::VectorXd seconds(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const TimedCount& count = counts[static_cast<std::size_t>(i)];
    const std::vector<double> row = terms(count.workers);
    basis.row(i) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), basis.cols());
    seconds(i) = std::exp(count.log_s);
  }
  const Coefficients theta = BoundedLeastSquares(basis, seconds).bounded(seconds);
  return [theta, terms](double workers) {
    const std::vector<double> row = terms(workers);
    return std::log(theta.dot(Eigen::Map<const Eigen::VectorXd>(row.data(), theta.size())));
  };
}

template <Terms terms>
LogCurve fitted_through(std::span<const TimedCount> counts) {
  return fitted(counts, terms);
}

LogCurve power(double exponent) {
  return [exponent](double workers) { return exponent * std::log(workers); };
}

/// The exponent between the last two worker counts.
LogCurve last_exponent(std::span<const TimedCount> counts) {
  const TimedCount& last = counts.back();
  const TimedCount& before = counts[counts.size() - 2];
  return power((last.log_s - before.log_s) / std::log(last.workers / before.workers));
}

/// One exponent for all worker counts.
LogCurve overall_exponent(std::span<const TimedCount> counts) {
  const auto n = static_cast<double>(counts.size());
  double mean_p = 0, mean_s = 0, products = 0, squares = 0;
  for (const TimedCount& count : counts) {
    mean_p += std::log(count.workers) / n;
    mean_s += count.log_s / n;
  }
  for (const TimedCount& count : counts) {
    const double from_mean = std::log(count.workers) - mean_p;
    products += from_mean * (count.log_s - mean_s);
    squares += from_mean * from_mean;
  }
  return power(products / squares);
}

std::vector<double> amdahl_terms(double p) {
  return {1, 1 / p};
}
std::vector<double> amdahl_log_terms(double p) {
  return {1, 1 / p, std::log2(p)};
}
std::vector<double> amdahl_linear_terms(double p) {
  return {1, 1 / p, p};
}
std::vector<double> usl_terms(double p) {
  return {1 / p, (p - 1) / p, p - 1};
}
/// A worker's surface in two dimensions, and the rows and columns that share a message.
std::vector<double> square_terms(double p) {
  return {1 / p, 1 / std::sqrt(p), std::sqrt(p)};
}
std::vector<double> square_constant_terms(double p) {
  return {1 / p, 1 / std::sqrt(p), 1};
}
/// A worker's surface in three dimensions.
std::vector<double> cube_terms(double p) {
  return {1, 1 / p, std::pow(p, -2.0 / 3), std::log2(p)};
}
std::vector<double> constant_log_terms(double p) {
  return {1, std::log2(p)};
}

constexpr Continuation last_exponent_persists{
    .name = "last_exponent", .title = "last exponent persists", .through = last_exponent};

}  // namespace

std::span<const Continuation> continuations(Scaling scaling) {
  static constexpr std::array strong{
      Continuation{.name = "amdahl", .title = "Amdahl", .through = fitted_through<amdahl_terms>},
      Continuation{.name = "amdahl_log",
                   .title = "Amdahl + log2 p",
                   .parameters = 3,
                   .through = fitted_through<amdahl_log_terms>},
      Continuation{.name = "amdahl_linear",
                   .title = "Amdahl + p",
                   .parameters = 3,
                   .through = fitted_through<amdahl_linear_terms>},
      Continuation{
          .name = "usl", .title = "USL", .parameters = 3, .through = fitted_through<usl_terms>},
      Continuation{.name = "square",
                   .title = "surface in 2D, + p^1/2",
                   .parameters = 3,
                   .through = fitted_through<square_terms>},
      Continuation{.name = "square_constant",
                   .title = "surface in 2D",
                   .parameters = 3,
                   .through = fitted_through<square_constant_terms>},
      Continuation{.name = "cube",
                   .title = "surface in 3D, + log2 p",
                   .parameters = 4,
                   .through = fitted_through<cube_terms>},
      Continuation{.name = "power", .title = "power law", .through = overall_exponent},
      last_exponent_persists,
  };
  // In weak series the first counts often lie inside one node and mislead, so the last two say more
  // than a curve through all.
  static constexpr std::array weak{
      Continuation{.name = "last_exponent",
                   .title = last_exponent_persists.title,
                   .prior = 3,
                   .through = last_exponent},
      Continuation{.name = "constant_log",
                   .title = "constant + log2 p",
                   .through = fitted_through<constant_log_terms>},
  };
  return scaling == Scaling::strong ? std::span<const Continuation>(strong) : weak;
}

std::span<const Continuation> baselines(Scaling scaling) {
  static constexpr std::array strong{
      last_exponent_persists,
      Continuation{.name = "same_efficiency",
                   .title = "same efficiency",
                   .parameters = 1,
                   .through = [](std::span<const TimedCount>) { return power(-1); }},
  };
  static constexpr std::array weak{
      last_exponent_persists,
      Continuation{.name = "same_efficiency",
                   .title = "same efficiency",
                   .parameters = 1,
                   .through = [](std::span<const TimedCount>) { return power(0); }},
  };
  return scaling == Scaling::strong ? strong : weak;
}

}  // namespace scalelaw::harness

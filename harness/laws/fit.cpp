#include "harness/laws/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <set>

namespace scalelaw {
namespace {

constexpr int reweightings = 3;  // the scale follows the fit; converges at once for small errors
constexpr double lack_of_fit_level = 0.05;
constexpr double rounding = 1e-9;  // of log times: closer than this is on the law

Eigen::MatrixXd basis_of(const Law& law, const std::vector<Observation>& observations) {
  Eigen::MatrixXd basis(static_cast<Eigen::Index>(observations.size()),
                        static_cast<Eigen::Index>(law.names.size()));
  for (Eigen::Index i = 0; i < basis.rows(); ++i) {
    const auto row = law.basis(observations[static_cast<std::size_t>(i)].load);
    for (Eigen::Index j = 0; j < basis.cols(); ++j) basis(i, j) = row[static_cast<std::size_t>(j)];
  }
  return basis;
}

}  // namespace

std::size_t distinct_loads(const Law& law, std::span<const Observation> observations) {
  std::set<std::vector<double>> rows;
  for (const Observation& o : observations) rows.insert(law.basis(o.load));
  return rows.size();
}

LawFit::LawFit(const Law& law, std::vector<Observation> observations, Identifiability asked)
    : law_(&law), observations_(std::move(observations)) {
  const std::size_t needed = law.names.size() + (asked == Identifiability::testable ? 1 : 0);
  const std::size_t distinct = distinct_loads(law, observations_);
  if (distinct < needed) {
    reason_ = fmt::format("{} parameters need {} distinct {}, there {} {}", law.names.size(),
                          needed, law.varies, distinct == 1 ? "is" : "are", distinct);
    return;
  }
  for (const Observation& o : observations_) {
    log_times_.push_back(o.time.mean);
    noise_.each.push_back(o.time.noise);
  }
  const Eigen::VectorXd y = response(log_times_);
  const Eigen::MatrixXd basis = basis_of(law, observations_);
  Eigen::VectorXd scale = y;
  for (int i = 0; i < reweightings; ++i) {
    squares_.emplace(basis, scale);
    if (!squares_->full_rank()) {
      reason_ = "the placements do not tell its parameters apart";
      return;
    }
    theta_ = squares_->bounded(y);
    scale = (basis * theta_).cwiseMax(1e-3 * y);
  }
  judge_lack_of_fit();
}

Eigen::VectorXd LawFit::response(std::span<const double> log_times) const {
  Eigen::VectorXd y(static_cast<Eigen::Index>(observations_.size()));
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const double time = std::exp(log_times[i]);
    y(static_cast<Eigen::Index>(i)) = law_->of_rate ? observations_[i].load.work / time : time;
  }
  return y;
}

void LawFit::judge_lack_of_fit() {
  if (!noise_.known()) return;
  const Eigen::VectorXd leverages = squares_->leverages(theta_);
  double squares = 0, expected = 0, per_freedom = 0;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    squares += std::pow(log_times_[i] - std::log(seconds(observations_[i].load)), 2);
    const double own = (1 - leverages(static_cast<Eigen::Index>(i))) * noise_.each[i].variance;
    expected += own;
    per_freedom += own * own / noise_.each[i].freedom;
  }
  const auto n = static_cast<double>(observations_.size());
  const double freedom = n - leverages.sum();
  if (squares < n * rounding * rounding || freedom < 0.5) return;
  if (expected > 0) {
    const double f = squares / expected;
    const boost::math::fisher_f_distribution<double> law(freedom,
                                                         expected * expected / per_freedom);
    if (boost::math::cdf(boost::math::complement(law, f)) > lack_of_fit_level) return;
  }
  noise_.shared = {(squares - expected) / freedom, freedom};
}

std::vector<Estimate> LawFit::estimates() const {
  std::vector<Estimate> out;
  if (!identifiable()) return out;
  const auto parameters = [this](const Eigen::VectorXd& theta) {
    return law_->parameters({theta.data(), static_cast<std::size_t>(theta.size())});
  };
  const std::vector<double> values = parameters(theta_);
  for (std::size_t j = 0; j < values.size(); ++j) {
    Estimate estimate{law_->names[j], values[j], std::nullopt};
    estimate.interval = bootstrap_interval(
        [&](std::span<const double> y) { return parameters(squares_->unbounded(response(y)))[j]; },
        log_times_, noise_);
    if (estimate.interval) {
      const auto within = [&](double x) { return std::clamp(x, 0.0, law_->upper[j]); };
      estimate.interval->low = std::min(within(estimate.interval->low), values[j]);
      estimate.interval->high = std::max(within(estimate.interval->high), values[j]);
    }
    out.push_back(estimate);
  }
  return out;
}

double LawFit::goodness() const {
  const double one = seconds({});
  double mean = 0, squares = 0, total = 0;
  const auto speedup = [&](std::size_t i, double time) {
    return observations_[i].load.work * one / time;
  };
  const auto n = observations_.size();
  for (std::size_t i = 0; i < n; ++i) {
    mean += speedup(i, std::exp(log_times_[i])) / static_cast<double>(n);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double measured = speedup(i, std::exp(log_times_[i]));
    squares += std::pow(measured - speedup(i, seconds(observations_[i].load)), 2);
    total += std::pow(measured - mean, 2);
  }
  return total > 0 ? 1 - squares / total : 0;
}

double LawFit::seconds(const Load& load) const {
  return scalelaw::seconds(*law_, theta_, load);
}

std::optional<Interval> LawFit::band_s(const Load& load, const Noise& measurement) const {
  std::vector<double> centre = log_times_;
  centre.push_back(0);
  NoiseModel noise = noise_;
  noise.each.push_back(measurement);
  auto band = bootstrap_interval(
      [&](std::span<const double> y) {
        const Eigen::VectorXd theta = squares_->bounded(response(y.first(y.size() - 1)));
        return std::log(scalelaw::seconds(*law_, theta, load)) + y.back();
      },
      centre, noise);
  if (!band) return band;
  return Interval{std::exp(band->low), std::exp(band->high), band->confidence};
}

Estimate LawFit::derived(
    std::string_view name,
    const std::function<double(const Eigen::VectorXd& theta)>& quantity) const {
  Estimate estimate{name, quantity(theta_), std::nullopt};
  estimate.interval = bootstrap_interval(
      [&](std::span<const double> y) { return quantity(squares_->bounded(response(y))); },
      log_times_, noise_);
  if (estimate.interval) {
    estimate.interval->low = std::min(estimate.interval->low, estimate.value);
    estimate.interval->high = std::max(estimate.interval->high, estimate.value);
  }
  return estimate;
}

std::vector<Noise> LawFit::noise() const {
  std::vector<Noise> out = noise_.each;
  const double both[] = {1};
  for (Noise& noise : out) {
    noise.freedom = effective_freedom(both, NoiseModel{{noise}, noise_.shared});
    noise.variance += noise_.shared.variance;
  }
  return out;
}

Noise LawFit::typical_noise() const {
  Noise typical;
  double squares = 0;
  const auto n = static_cast<double>(noise_.each.size());
  for (const Noise& noise : noise_.each) {
    typical.variance += noise.variance / n;
    squares += noise.variance * noise.variance / noise.freedom / (n * n);
  }
  typical.freedom = !noise_.known() ? 0
                    : squares > 0   ? typical.variance * typical.variance / squares
                                    : n;
  return typical;
}

}  // namespace scalelaw

#include "harness/laws/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <limits>
#include <set>

namespace scalelaw::harness {
namespace {

constexpr double lack_of_fit_level = 0.05;
constexpr double misses_much = 0.1;  // from the times it was fitted to, for a law to be believed
constexpr double rounding = 1e-9;    // of log times: closer than this is on the law

Eigen::MatrixXd basis_of(const Law& law, const std::vector<Observation>& observations) {
  Eigen::MatrixXd basis(static_cast<Eigen::Index>(observations.size()),
                        static_cast<Eigen::Index>(law.parameters.size()));
  for (Eigen::Index i = 0; i < basis.rows(); ++i) {
    const auto row = law.basis(observations[static_cast<std::size_t>(i)].load);
    for (Eigen::Index j = 0; j < basis.cols(); ++j) basis(i, j) = row[static_cast<std::size_t>(j)];
  }
  return basis;
}

/// The seconds of each point that are measured, not fitted; zeros for a law without exchanges.
Eigen::VectorXd exchanges_of(const Law& law, const std::vector<Observation>& observations) {
  Eigen::VectorXd out = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(observations.size()));
  for (Eigen::Index i = 0; law.exchanges && i < out.size(); ++i) {
    out(i) = observations[static_cast<std::size_t>(i)].load.exchange_s;
  }
  return out;
}

}  // namespace

std::size_t distinct_loads(const Law& law, std::span<const Observation> observations) {
  std::set<std::vector<double>> rows;
  for (const Observation& o : observations) {
    std::vector<double> row = law.basis(o.load);
    if (law.exchanges) row.push_back(o.load.workers);  // each p has messages of its own to tell
    rows.insert(std::move(row));
  }
  return rows.size();
}

LawFit::LawFit(const Law& law, std::vector<Observation> observations, Known known)
    : law_(&law), observations_(std::move(observations)), constants_(std::move(known.constants)) {
  const std::size_t needed = law.parameters.size();
  const std::size_t distinct = distinct_loads(law, observations_);
  if (distinct < needed) {
    reason_ = fmt::format("{} parameters need {} distinct {}, there {} {}", needed, needed,
                          law.varies, distinct == 1 ? "is" : "are", distinct);
    return;
  }
  testable_ = distinct > needed;
  for (const Observation& o : observations_) {
    log_times_.push_back(o.time.centre);
    noise_.each.push_back(o.time.noise);
  }
  inputs_ = log_times_;
  if (law.exchanges) {
    inputs_.push_back(0);
    noise_.each.push_back(known.noise);
  }
  Eigen::VectorXd y;
  response(inputs_, y);
  const Eigen::MatrixXd basis = basis_of(law, observations_);
  const Eigen::VectorXd elsewhere = exchanges_of(law, observations_);
  squares_.emplace(basis, y + elsewhere);  // relative to what was measured
  if (!squares_->full_rank()) {
    reason_ = "the placements cannot distinguish its parameters";
    return;
  }
  theta_ = squares_->bounded(y);
  if (!std::isfinite(squared_misses())) {
    reason_ = "it would give a time of zero, or an endless one, at a measured point";
    return;
  }
  judge_lack_of_fit();
  if (!testable_ && (lacks_fit() || !noise_.known()) && theta_.minCoeff() == 0 &&
      !meets_every_point()) {
    reason_ = fmt::format("{} distinct {} would need a parameter outside its bounds", distinct,
                          law.varies);
  }
  solved_ = observations_.size() == needed && meets_every_point();
}

/// The sum of squared differences between the law's log times and the measured ones.
double LawFit::squared_misses() const {
  double squares = 0;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    squares += std::pow(log_times_[i] - std::log(seconds(observations_[i].load)), 2);
  }
  return squares;
}

bool LawFit::meets_every_point() const {
  const auto n = static_cast<double>(observations_.size());
  return identifiable() && squared_misses() <= n * rounding * rounding;
}

double LawFit::typical_miss() const {
  return std::exp(std::sqrt(squared_misses() / static_cast<double>(observations_.size()))) - 1;
}

bool LawFit::misleads() const {
  return identifiable() && typical_miss() > misses_much && (lacks_fit() || !noise_.known());
}

double LawFit::exchange_scale(std::span<const double> inputs) const {
  return law_->exchanges ? std::exp(inputs[observations_.size()]) : 0;
}

const Eigen::VectorXd& LawFit::response(std::span<const double> inputs, Eigen::VectorXd& y) const {
  y.resize(static_cast<Eigen::Index>(observations_.size()));
  const double exchange_scale = this->exchange_scale(inputs);
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const Load& load = observations_[i].load;
    const double time = std::exp(inputs[i]);
    y(static_cast<Eigen::Index>(i)) =
        law_->of_rate ? load.work / time : time - exchange_scale * load.exchange_s;
  }
  return y;
}

void LawFit::judge_lack_of_fit() {
  if (!noise_.known()) return;
  const Eigen::VectorXd leverages = squares_->leverages(theta_);
  const double squares = squared_misses();
  double expected = 0, per_freedom = 0;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    double own = (1 - leverages(static_cast<Eigen::Index>(i))) * noise_.each[i].variance;
    if (law_->exchanges) {
      const Load& load = observations_[i].load;
      own += std::pow(load.exchange_s / seconds(load), 2) * noise_.each.back().variance;
    }
    expected += own;
    per_freedom += own * own / noise_.each[i].freedom;
  }
  const auto n = static_cast<double>(observations_.size());
  const double freedom = n - leverages.sum();
  if (meets_every_point() || freedom < 0.5) return;
  if (expected > 0) {
    const double f = squares / expected;
    const boost::math::fisher_f_distribution<double> law(freedom,
                                                         expected * expected / per_freedom);
    if (boost::math::cdf(boost::math::complement(law, f)) > lack_of_fit_level) return;
  }
  noise_.shared = {.variance = (squares - expected) / freedom, .freedom = freedom, .errors = {}};
}

/// The parameters.  A law that is solved by two times, one of them at one worker, uses its closed
/// form.  Numbers that are equal by algebra are then equal to the last digit.
std::vector<double> LawFit::values() const {
  if (solved_ && law_->of_two != nullptr) {
    const bool in_order = observations_[0].load.workers < observations_[1].load.workers;
    const Observation& one = observations_[in_order ? 0 : 1];
    const Observation& other = observations_[in_order ? 1 : 0];
    if (one.load.workers == 1) {
      return law_->of_two(one.time.median_s, other.time.median_s, other.load.workers);
    }
  }
  return law_->values({theta_.data(), static_cast<std::size_t>(theta_.size())});
}

std::vector<Estimate> LawFit::estimates() const {
  std::vector<Estimate> out;
  if (!identifiable()) return out;
  const auto parameters = [this](const Coefficients& theta) {
    return law_->values({theta.data(), static_cast<std::size_t>(theta.size())});
  };
  const std::vector<double> values = this->values();
  Eigen::VectorXd response_there;
  for (std::size_t j = 0; j < values.size(); ++j) {
    Estimate estimate{.name = law_->parameters[j].name,
                      .value = values[j],
                      .interval = {},
                      .symbol = law_->parameters[j].symbol};
    estimate.interval = bootstrap_interval(
        [&](std::span<const double> inputs) {
          return parameters(squares_->unbounded(response(inputs, response_there)))[j];
        },
        inputs_, noise_);
    if (estimate.interval) {
      const auto within = [&](double x) { return std::clamp(x, 0.0, law_->parameters[j].upper); };
      estimate.interval->low = std::min(within(estimate.interval->low), values[j]);
      estimate.interval->high = std::max(within(estimate.interval->high), values[j]);
    }
    out.push_back(estimate);
  }
  out.insert(out.end(), constants_.begin(), constants_.end());
  return out;
}

bool LawFit::estimates(std::string_view name) const {
  const auto named = [&](const auto& one) { return one.name == name; };
  return identifiable() &&
         (std::ranges::any_of(law_->parameters, named) || std::ranges::any_of(constants_, named));
}

double LawFit::goodness() const {
  if (!testable_) return std::numeric_limits<double>::quiet_NaN();
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
  for (const Observation& o : observations_) {
    if (solved_ && o.load == load) return o.time.median_s;
  }
  return harness::seconds(*law_, theta_, load);
}

std::optional<Interval> LawFit::band_s(const Load& load, const Noise& measurement) const {
  std::vector<double> centre = inputs_;
  centre.push_back(0);
  NoiseModel noise = noise_;
  noise.each.push_back(measurement);
  Load scaled = load;
  const std::vector<double> basis = law_->basis(load);  // which no law takes from its messages
  Eigen::VectorXd response_there;
  auto band = bootstrap_interval(
      [&](std::span<const double> y) {
        const auto inputs = y.first(y.size() - 1);
        scaled.exchange_s = load.exchange_s * exchange_scale(inputs);
        const Coefficients theta = squares_->bounded(response(inputs, response_there));
        return std::log(harness::seconds(*law_, theta, scaled, basis)) + y.back();
      },
      centre, noise);
  if (!band) return band;
  return Interval{
      .low = std::exp(band->low), .high = std::exp(band->high), .confidence = band->confidence};
}

Estimate LawFit::derived(std::string_view name,
                         const std::function<double(const Coefficients&, double)>& quantity) const {
  Eigen::VectorXd response_there;
  Estimate estimate{name, quantity(theta_, 1), std::nullopt};
  estimate.interval = bootstrap_interval(
      [&](std::span<const double> y) {
        return quantity(squares_->bounded(response(y, response_there)), exchange_scale(y));
      },
      inputs_, noise_);
  if (estimate.interval) {
    estimate.interval->low = std::min(estimate.interval->low, estimate.value);
    estimate.interval->high = std::max(estimate.interval->high, estimate.value);
  }
  return estimate;
}

std::vector<Noise> LawFit::noise() const {
  const auto own = std::span(noise_.each).first(observations_.size());
  std::vector<Noise> out(own.begin(), own.end());
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
  const auto n = static_cast<double>(observations_.size());
  for (const Noise& noise : std::span(noise_.each).first(observations_.size())) {
    typical.variance += noise.variance / n;
    squares += noise.variance * noise.variance / noise.freedom / (n * n);
  }
  typical.freedom = !noise_.known() ? 0
                    : squares > 0   ? typical.variance * typical.variance / squares
                                    : n;
  return typical;
}

}  // namespace scalelaw::harness

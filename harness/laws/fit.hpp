#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/laws/bounded_least_squares.hpp"
#include "harness/laws/law.hpp"
#include "harness/laws/noise.hpp"

namespace scalelaw::harness {

/// One measured point as a law sees it.
struct Observation {
  Load load;
  LogTime time;
};

/// A parameter of a law with its 95 % interval; none when the launches are too few to know one.
struct Estimate {
  std::string_view name;
  double value = 0;
  std::optional<Interval> interval{};
  std::string_view symbol{};  ///< in the law's formula; empty: it stands in none
};

/// The parameters of a law that are measured elsewhere, not fitted.
struct Known {
  std::vector<Estimate> constants;  ///< reported beside the parameters
  Noise noise;                      ///< of the logarithm of Load::exchange_s, all points' alike
};

/// A law fitted to a series: the theta >= 0 that minimises sum_i ((T_i - T(load_i))/T_i)^2, where
/// T_i is the measured median.  A law of rates uses work/T in place of T.
///
/// The noise is that between launches.  When the points stray from the law by more than this noise
/// explains (an F test of lack of fit at 5 %), the excess is estimated and added to the noise.  So
/// a law that is slightly wrong gets wide intervals instead of overconfident ones.
/// Threads: const members are pure.
/// Source:  Draper & Smith, Applied Regression Analysis (1998), section 2.1, for lack of fit
///          against pure error.
class LawFit {
 public:
  /// Fits `law` to `observations`; their order does not matter.
  LawFit(const Law& law, std::vector<Observation> observations, Known known = {});
  /// A law that cannot be fitted here, and why.
  LawFit(const Law& law, std::string reason) : law_(&law), reason_(std::move(reason)) {}

  /// Whether there are at least as many distinct p (for a law of sizes: distinct sizes) as
  /// parameters, T1 included, so that the points determine them.  Otherwise there are no numbers,
  /// and reason() says what is missing.
  [[nodiscard]] bool identifiable() const { return reason_.empty(); }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Whether there are more distinct p than parameters, so that the points can contradict the law.
  /// A law that meets every point by construction has parameters with intervals (from the noise of
  /// the launches, if the law holds), but no goodness, and nothing to hold out.
  [[nodiscard]] bool testable() const { return testable_; }
  /// Whether the curve goes through every measured time.  It does when there are as many points as
  /// parameters, unless a bound keeps it away or placements of one p differ.
  [[nodiscard]] bool meets_every_point() const;
  [[nodiscard]] const Law& law() const { return *law_; }

  /// The fitted parameters, then those that were measured elsewhere.  Intervals come from the fit
  /// without bounds, which keeps their coverage at a bound.  They are clipped to the bounds and
  /// contain the value.
  [[nodiscard]] std::vector<Estimate> estimates() const;
  /// Whether estimates() has one of this name.
  [[nodiscard]] bool estimates(std::string_view name) const;
  /// Coefficient of determination, in speedups; at most 1, negative when worse than their mean. NaN
  /// when not testable().
  [[nodiscard]] double goodness() const;
  /// How far the curve typically is from a measured time: 0.1 is 10 % above or below.
  [[nodiscard]] double typical_miss() const;
  /// Whether it typically misses by more than 10 %, and by more than noise explains.  Such a law
  /// does not describe its own points, and tells nothing about others.
  [[nodiscard]] bool misleads() const;
  /// Whether the points stray from the law by more than their noise explains.
  [[nodiscard]] bool lacks_fit() const { return noise_.shared.freedom > 0; }

  [[nodiscard]] double seconds(const Load& load) const;
  /// The 95 % band for the time that a new measurement with the given noise would show.
  [[nodiscard]] std::optional<Interval> band_s(const Load& load, const Noise& measurement) const;
  /// A number computed from the curve, such as where it peaks, with its 95 % interval.  It depends
  /// on the coefficients, and on how much longer than measured the messages take (1 at the centre).
  [[nodiscard]] Estimate derived(
      std::string_view name,
      const std::function<double(const Coefficients& theta, double exchange_scale)>& quantity)
      const;
  /// The noise of a new measurement, taken as the mean noise of the fitted ones.
  [[nodiscard]] Noise typical_noise() const;

  /// For quantities that depend on several fits at once: the fitted log times, their noise
  /// including the lack of fit, and the coefficients for other log times.
  [[nodiscard]] const std::vector<double>& log_times() const { return log_times_; }
  [[nodiscard]] std::vector<Noise> noise() const;
  [[nodiscard]] Coefficients coefficients(std::span<const double> log_times) const {
    Eigen::VectorXd y;
    return squares_->bounded(response(log_times, y));
  }

 private:
  /// The value that the basis terms should add up to at each point, in `y`.
  const Eigen::VectorXd& response(std::span<const double> inputs, Eigen::VectorXd& y) const;
  [[nodiscard]] double exchange_scale(std::span<const double> inputs) const;
  void judge_lack_of_fit();
  [[nodiscard]] double squared_misses() const;
  [[nodiscard]] std::vector<double> values() const;

  const Law* law_;
  std::vector<Observation> observations_;
  std::string reason_;
  bool testable_ = false;
  /// Whether there are as many observations as parameters, and the curve goes through all of them.
  /// The law is then solved, not fitted, and gives exactly the measured values at these points.
  bool solved_ = false;
  std::vector<Estimate> constants_;
  std::vector<double> log_times_;
  /// The inputs that the bootstrap draws: the log times and, for a law with exchanges, the
  /// logarithm of how much longer than measured these take.
  std::vector<double> inputs_;
  NoiseModel noise_;  ///< of the inputs
  std::optional<BoundedLeastSquares> squares_;
  Coefficients theta_;  ///< within the bounds
};

/// The number of observations that a law can distinguish.
std::size_t distinct_loads(const Law& law, std::span<const Observation> observations);

}  // namespace scalelaw::harness

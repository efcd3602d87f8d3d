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

/// What a law takes as measured elsewhere, and does not fit.
struct Known {
  std::vector<Estimate> constants;  ///< reported beside the parameters
  Noise noise;                      ///< of the logarithm of Load::exchange_s, all points' alike
};

/// A law fitted to a series: the theta >= 0 that makes sum_i ((T_i - T(load_i))/T_i)^2 least, where
/// T_i is the median that was measured; a law of rates likewise, with work/T for T.
///
/// The noise is that between launches.  When the points stray from the law by more than that noise
/// explains (an F test of lack of fit at 5 %), the excess is estimated and joins the noise, so that
/// a law that is a little wrong gets wide intervals and not confident ones.
/// Threads: const members are pure.
/// Source:  Draper & Smith, Applied Regression Analysis (1998), section 2.1, for lack of fit
/// against
///          pure error.
class LawFit {
 public:
  /// Fits `law` to `observations`; their order does not matter.
  LawFit(const Law& law, std::vector<Observation> observations, Known known = {});
  /// A law that cannot be fitted here, and why.
  LawFit(const Law& law, std::string reason) : law_(&law), reason_(std::move(reason)) {}

  /// Whether there are as many distinct p (distinct sizes, for a law of sizes) as parameters, T1
  /// included, so that the points determine them.  When not, reason() says what is missing and
  /// there are no numbers.
  [[nodiscard]] bool identifiable() const { return reason_.empty(); }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Whether there are more distinct p than parameters, so that the law can fail.  One that meets
  /// every point by construction has parameters with intervals (the noise of the launches, if the
  /// law holds), but no goodness, and nothing to hold out.
  [[nodiscard]] bool testable() const { return testable_; }
  /// Whether the curve goes through every measured time: what it does where the points are as many
  /// as the parameters, unless a bound keeps it away or placements of one p differ.
  [[nodiscard]] bool meets_every_point() const;
  [[nodiscard]] const Law& law() const { return *law_; }

  /// The parameters, then what was measured elsewhere.  Intervals come from the fit without bounds,
  /// so that they keep their coverage at a bound, are cut to the bounds, and hold the value.
  [[nodiscard]] std::vector<Estimate> estimates() const;
  /// Coefficient of determination, in speedups; at most 1, negative when worse than their mean. NaN
  /// when not testable().
  [[nodiscard]] double goodness() const;
  /// How far the curve typically is from a measured time: 0.1 is by a tenth, up or down.
  [[nodiscard]] double typical_miss() const;
  /// Whether it misses by more than a tenth, and by more than noise explains: it does not describe
  /// its own points, and says nothing of others.
  [[nodiscard]] bool misleads() const;
  /// Whether the points stray from the law by more than their noise explains.
  [[nodiscard]] bool lacks_fit() const { return noise_.shared.freedom > 0; }

  [[nodiscard]] double seconds(const Load& load) const;
  /// The 95 % band for the time that a new measurement with the given noise would show.
  [[nodiscard]] std::optional<Interval> band_s(const Load& load, const Noise& measurement) const;
  /// A number computed from the curve (where it peaks, say), with its 95 % interval: from the
  /// coefficients, and how much longer than measured the messages take (1 at the centre).
  [[nodiscard]] Estimate derived(
      std::string_view name,
      const std::function<double(const Eigen::VectorXd& theta, double exchange_scale)>& quantity)
      const;
  /// The noise of a measurement like those fitted: the mean of theirs.
  [[nodiscard]] Noise typical_noise() const;

  /// For what depends on several fits at once: the log times that were fitted, their noise with the
  /// lack of fit in it, and the coefficients for other log times.
  [[nodiscard]] const std::vector<double>& log_times() const { return log_times_; }
  [[nodiscard]] std::vector<Noise> noise() const;
  [[nodiscard]] Eigen::VectorXd coefficients(std::span<const double> log_times) const {
    return squares_->bounded(response(log_times));
  }

 private:
  [[nodiscard]] Eigen::VectorXd response(std::span<const double> inputs) const;
  [[nodiscard]] double exchange_scale(std::span<const double> inputs) const;
  void judge_lack_of_fit();
  [[nodiscard]] double squared_misses() const;
  [[nodiscard]] std::vector<double> values() const;

  const Law* law_;
  std::vector<Observation> observations_;
  std::string reason_;
  bool testable_ = false;
  /// Whether there is an observation for each parameter and the curve goes through them all.  Then
  /// the law is solved, and says of these points what was measured, to the last bit.
  bool solved_ = false;
  std::vector<Estimate> constants_;
  std::vector<double> log_times_;
  /// What the bootstrap draws: the log times and, for a law with exchanges, the logarithm of how
  /// much longer these take than measured.
  std::vector<double> inputs_;
  NoiseModel noise_;  ///< of the inputs
  std::optional<BoundedLeastSquares> squares_;
  Eigen::VectorXd theta_;  ///< within the bounds
};

/// How many observations a law can distinguish.
std::size_t distinct_loads(const Law& law, std::span<const Observation> observations);

}  // namespace scalelaw::harness

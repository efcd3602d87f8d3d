#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "harness/laws/bounded_least_squares.hpp"
#include "harness/results/results.hpp"
#include "law_list.hpp"

namespace scalelaw::harness {

struct Exchange;

/// What a law needs to know about a point: its workers, its processes and its work.
struct Load {
  double workers = 1;
  double ranks = 1;
  double work = 1;  ///< operations relative to the series' one-worker point; 1 in strong series
  double exchange_s = 0;  ///< what its messages take by the measured collectives; 0: none

  bool operator==(const Load&) const = default;
};

/// A parameter of a law.  Its lower bound is 0.
struct Parameter {
  std::string_view name;    ///< e.g. serial_fraction
  std::string_view symbol;  ///< in the law's formula, e.g. s
  double upper = std::numeric_limits<double>::infinity();
};

/// A fitted curve whose least time is sought.  Workers are added as ranks with a fixed number of
/// threads.
struct Curve {
  std::span<const double> theta;
  double threads_per_rank = 1;
  const Exchange* exchange = nullptr;  ///< of the series; nullptr: none was measured
  double exchange_scale = 1;           ///< how much longer its messages take than measured
};

/// A scaling law, as a sum of non-negative terms: the time of all the work is
///     T(load) = sum_j theta_j basis_j(load),              or, when `of_rate`,
///     T(load) = work / sum_j theta_j basis_j(load),   or, when `exchanges`,
///     T(load) = sum_j theta_j basis_j(load) + exchange_s, which is measured and not fitted.
/// Every law here has one of these forms.  Its bounds (0 <= s <= 1, a >= 0, b >= 0, T(1) >= 0) are
/// exactly theta_j >= 0.
///
/// A law is one file of the folder laws/laws, with the name of the function in it that returns the
/// law.  CMake writes law_list.hpp, which lists them.
struct Law {
  std::string_view name;
  std::string_view title;    ///< for people
  std::string_view formula;  ///< for people
  int place = 0;             ///< in a report, among the laws of a series: the simplest first
  bool of_rate = false;
  bool exchanges = false;
  std::string_view varies = "worker counts";  ///< what there must be enough of
  std::vector<Parameter> parameters;          ///< the first is always the seconds of one worker
  /// Whether it is fitted to series of this model with this kind of scaling.
  bool (*applies)(Scaling scaling, const Model& model);
  std::vector<double> (*basis)(const Load& load);
  /// Converts theta to the parameters that people know.
  std::vector<double> (*values)(std::span<const double> theta);
  /// The parameters in closed form, from the seconds of one worker and those of `workers`; nullptr:
  /// two times do not determine them.
  std::vector<double> (*of_two)(double one_worker_s, double seconds, double workers) = nullptr;
  /// The seconds of `load`, from the seconds and the serial share of one worker, without messages;
  /// nullptr: the law needs more than these.
  double (*a_priori)(double one_worker_s, double serial_share, const Load& load) = nullptr;
  /// The workers at which T is least.  The steps of a tree count as log2 r, without rounding.
  /// nullptr: T has no minimum.
  double (*peak)(const Curve& curve) = nullptr;
};

/// Whether all workers of a model are ranks.
inline bool only_ranks(const Model& model) {
  return model.ranked && !model.threaded && !model.device;
}

/// Every law of the folder.
std::vector<const Law*> all_laws();

/// The laws to fit to a series, the simplest first.
std::vector<const Law*> laws_for(Scaling scaling, const Model& model);

/// Seconds that the law predicts.
double seconds(const Law& law, const Coefficients& theta, const Load& load);

/// Likewise, from the law's basis() of the load.
double seconds(const Law& law, const Coefficients& theta, const Load& load,
               std::span<const double> basis);

/// part / whole; 0 of nothing.
inline double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

}  // namespace scalelaw::harness

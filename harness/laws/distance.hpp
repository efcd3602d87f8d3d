#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "harness/results/results.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// How far the time lay from a prediction at f times the largest p that was measured: quantiles of
/// x = ln(T/predicted)/ln f in public series, each predicted at its largest p from the earlier
/// ones.  Noise is small beside it: the shape of the curve beyond the data is what is unknown.
/// Calibrated by scripts/score-laws (docs/methodology.md has the corpus and the scores).
struct Distance {
  /// A law's name; a baseline's; "combined"; "interpolated" is between measured points, where f is
  /// the ratio to the nearest.
  std::string_view predictor;
  Scaling scaling = Scaling::strong;
  double typical = 0;     ///< half of the |x|
  double one_in_ten = 0;  ///< a tenth of the |x| is larger
  double down = 0;        ///< 95 % of the x lie in [-down, up]
  double up = 0;

  /// What x means at the factor f: 0.2 when the prediction was too fast by a fifth of the time.
  [[nodiscard]] static double error(double x, double f);
};

/// Of a predictor that the corpus cannot score (it needs measured messages): Amdahl's, Gustafson's.
const Distance& distance_of(std::string_view predictor, Scaling scaling);

/// The 95 % band around `seconds` at f times the largest measured p: at each end the wider one of
/// the noise's band, if known, and what the distance leaves open.  Nothing when neither says
/// anything.  Upward is slower.
std::optional<Interval> widened(double seconds, const std::optional<Interval>& noise_band_s,
                                const Distance& distance, double f);

/// Beyond so many times the largest measured p, a number may not even have the right order of magnitude.
constexpr double too_far = 8;

/// Public series were predicted from at least so many worker counts.
constexpr std::size_t least_counts_scored = 3;

/// The share of public scans whose last step made it slower (weak: by more than 5 %): a turn that
/// no law can see from the points before.
double turned_up(Scaling scaling);

}  // namespace scalelaw::harness

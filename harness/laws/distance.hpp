#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "harness/results/results.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// How far times were from predictions at f times the largest measured p: quantiles of
/// x = ln(T/predicted)/ln f in public series.  In each series, the largest p was predicted from the
/// others.  Noise is small in comparison; the main unknown is the shape of the curve beyond the
/// data.  Calibrated by scripts/score-laws (docs/methodology.md has the corpus and the scores).
struct Distance {
  /// A law's name; a baseline's; "combined"; "interpolated" is between measured points, where f is
  /// the ratio to the nearest.
  std::string_view predictor;
  Scaling scaling = Scaling::strong;
  double typical = 0;     ///< half of the |x| are larger
  double one_in_ten = 0;  ///< a tenth of the |x| are larger
  double down = 0;        ///< 95 % of the x lie in [-down, up]
  double up = 0;

  /// What x means at the factor f: how many times as long as predicted it took, or as short.
  [[nodiscard]] static double times(double x, double f);
};

/// The distances of a predictor.  A law that needs measured messages cannot be scored on the
/// corpus, nor can a prediction from one worker: they get those of Amdahl's or Gustafson's law.
const Distance& distance_of(std::string_view predictor, Scaling scaling);

/// The 95 % band around `seconds` at f times the largest measured p.  Each end is the wider of two:
/// the end of the noise's band, if known, and the end that the distance gives.  Nothing when
/// neither is known.  Upward is slower.
std::optional<Interval> widened(double seconds, const std::optional<Interval>& noise_band_s,
                                const Distance& distance, double f);

/// Beyond this factor of the largest measured p, a prediction may be wrong by orders of magnitude.
constexpr double too_far = 8;

/// The fewest worker counts from which public series were predicted.
constexpr std::size_t least_counts_scored = 3;

/// The share of public scans whose last step made it slower (weak: by more than 5 %): a turn that
/// no law can see from the points before.
double turned_up(Scaling scaling);

}  // namespace scalelaw::harness

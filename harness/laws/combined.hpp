#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/laws/continuation.hpp"
#include "harness/laws/distance.hpp"
#include "harness/laws/fit.hpp"

namespace scalelaw::harness {

/// The combined prediction of a series.  It averages several continuations in ln T.  Each is scaled
/// to the last measured point, and weighted by how well it predicted that point from the earlier
/// ones:
///     weight ~ prior / (|ln(predicted/measured)| + 0.05).
/// Between measured points it interpolates.
///
/// On public series it predicts better than every single law, because the law that fits the
/// measured points best is seldom the one that holds beyond them.  The 0.05 and the list of
/// continuations were chosen on these series, among a few choices that score alike.  The distances
/// (distance.hpp) were calibrated on them, too.
/// Threads: const members are pure.
class Combined {
 public:
  /// The part of one continuation in the combined prediction.
  struct Share {
    const Continuation* continuation = nullptr;
    double weight = 0;           ///< all sum to 1
    std::optional<double> miss;  ///< ln(predicted/measured) at the last point; from 3 points on
  };

  /// Points with equal numbers of workers are replaced by one, with their geometric mean.
  Combined(Scaling scaling, std::span<const Observation> observations);

  /// Whether there are at least two worker counts, without which nothing can be continued.
  [[nodiscard]] bool possible() const { return counts_.size() >= 2; }
  [[nodiscard]] std::size_t counts() const { return counts_.size(); }
  [[nodiscard]] double least() const { return counts_.front().workers; }
  [[nodiscard]] double largest() const { return counts_.back().workers; }
  /// How far `workers` is from the measured points: beyond them, its ratio to the largest; among
  /// them, its ratio to the nearest.
  [[nodiscard]] double factor(double workers) const;

  // These need possible().
  [[nodiscard]] double seconds(const Load& load) const;
  /// How far off it was in public series at such distances.
  [[nodiscard]] const Distance& distance(double workers) const;
  /// The 95 % band for the time that a new measurement with this noise would show.
  [[nodiscard]] std::optional<Interval> band_s(const Load& load, const Noise& measurement) const;
  /// The noise's part of it; nothing when the noise is unknown.
  [[nodiscard]] std::optional<Interval> noise_band_s(const Load& load,
                                                     const Noise& measurement) const;
  /// The noise of a new measurement, taken as the mean noise of those that were measured.
  [[nodiscard]] Noise typical_noise() const;
  [[nodiscard]] const std::vector<Share>& shares() const { return shares_; }
  /// The prediction of a baseline, scaled to the last measured point.
  [[nodiscard]] double seconds(const Continuation& baseline, const Load& load) const;

 private:
  /// Curves with their weights, through these counts.
  struct Mixture {
    std::vector<TimedCount> counts;
    std::vector<LogCurve> curves;
    std::vector<double> weights;
    [[nodiscard]] double log_s(double workers) const;
  };
  [[nodiscard]] Mixture mixture(std::vector<TimedCount> counts) const;
  /// The part of the work that a continuation's time is for: all of it, or one worker's share.
  [[nodiscard]] double part(const Load& load) const;

  Scaling scaling_;
  std::vector<TimedCount> counts_;
  std::vector<Noise> noise_;  ///< of each count
  std::vector<Share> shares_;
  Mixture centre_;
  std::vector<Mixture> nudged_;  ///< with one count's time a little longer, in order
};

}  // namespace scalelaw::harness

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/laws/continuation.hpp"
#include "harness/laws/distance.hpp"
#include "harness/laws/fit.hpp"

namespace scalelaw::harness {

/// The combined prediction of a series: several continuations, each scaled to the last measured
/// point and weighted by how well it predicted that point from the earlier ones, as
///     weight ~ prior / (|ln(predicted/measured)| + 0.05),
/// and averaged in ln T.  Between measured points it interpolates.
///
/// On public series it beats every single law: the law that fits the measured points best is seldom
/// the one that holds beyond them.  The 0.05 and the choice of continuations were made there, among
/// a few that score alike; the distances (distance.hpp) were calibrated there.
/// Threads: const members are pure.
class Combined {
 public:
  /// What one continuation has in it.
  struct Share {
    const Continuation* continuation = nullptr;
    double weight = 0;           ///< all sum to 1
    std::optional<double> miss;  ///< ln(predicted/measured) at the last point; from 3 points on
  };

  /// Points of equal workers count as one, their geometric mean.
  Combined(Scaling scaling, std::span<const Observation> observations);

  /// Whether there are two worker counts, the least from which to continue.
  [[nodiscard]] bool possible() const { return counts_.size() >= 2; }
  [[nodiscard]] std::size_t counts() const { return counts_.size(); }
  [[nodiscard]] double least() const { return counts_.front().workers; }
  [[nodiscard]] double largest() const { return counts_.back().workers; }
  /// How far beyond the measured points: p/largest there; among them, the ratio to the nearest.
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
  /// The noise of a measurement like those it was made from: the mean of theirs.
  [[nodiscard]] Noise typical_noise() const;
  [[nodiscard]] const std::vector<Share>& shares() const { return shares_; }
  /// What a baseline says, scaled to the last measured point.
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
  /// The part of the work that a continuation's time is of: all, or one worker's share.
  [[nodiscard]] double part(const Load& load) const;

  Scaling scaling_;
  std::vector<TimedCount> counts_;
  std::vector<Noise> noise_;  ///< of each count
  std::vector<Share> shares_;
  Mixture centre_;
  std::vector<Mixture> nudged_;  ///< with one count's time a little longer, in order
};

}  // namespace scalelaw::harness

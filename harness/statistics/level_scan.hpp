#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace scalelaw::harness {

/// A candidate for a step: where, and how large a difference in standard deviations.
struct Split {
  std::size_t first = 0;  ///< position of the first value after it
  double score = 0;
};

/// Looks for the largest difference between two adjacent stretches of a sequence of `n` values, of
/// at least `shortest` values each.  It looks at every split of the seeded intervals.
/// Source: Kovacs, Buhlmann, Li & Munk, "Seeded binary segmentation", Biometrika 110 (2023), with
///         intervals that shrink by the root of 2.
class LevelScan {
 public:
  LevelScan(std::size_t n, std::size_t shortest);

  /// The split with the largest sqrt(a b / (a + b)) |mean of a values - mean of the next b|.
  [[nodiscard]] Split largest(std::span<const double> values) const;

 private:
  struct Reach {
    std::size_t begin = 0, end = 0;
    std::size_t weights = 0;  ///< where those of its length begin
  };
  std::size_t n_, shortest_;
  std::vector<double> weights_;  ///< for each length and number of values before the split
  std::vector<Reach> intervals_;
  mutable std::vector<double> sums_;  ///< of the first values
};

/// The best fit of a constant to each of several segments.
struct Pieces {
  std::size_t count = 1;
  double squares = 0;  ///< sum of squared distances from it
};

/// For 1, 2 ... `most` segments of at least `shortest` values, the fit with the least squares.
/// Source: Auger & Lawrence, "Algorithms for the optimal identification of segment neighborhoods",
///         Bulletin of Mathematical Biology 51 (1989).
std::vector<Pieces> best_pieces(std::span<const double> values, std::size_t shortest,
                                std::size_t most);

}  // namespace scalelaw::harness

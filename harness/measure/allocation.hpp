#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/measure/sampling.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The points among `open` whose next launches narrow the campaign's speedups most for their
/// seconds: the best ones, until they take `seconds` together; at least one.
///
/// A speedup is over the best serial program of its experiment, or over one worker of its series.
/// The squared half-width of a ratio is about the sum of those of both medians, and that of a
/// median shrinks with the number of its launches.  A launch of a baseline therefore serves all
/// speedups over it.  Points without an interval come first, those with the fewest launches before
/// others.
std::vector<std::int64_t> most_worthwhile(const std::vector<Point>& points,
                                          std::span<const Tally> tallies,
                                          std::span<const std::int64_t> open, double seconds);

/// The samples that the next launches of points take.
struct SamplePlan {
  const std::vector<Point>* points;
  std::span<const Tally> tallies;
  const Measuring* measuring;
  std::function<LaunchCost(const Point&)> planned;  ///< the cost of a launch, before the first one
  double left_s;                                    ///< of the campaign's budget
};

/// How many samples the next launch of each point in `open` takes, by point.  The numbers are the
/// best for each (choose_samples()).  They are fewer, all by the same factor, where the campaign's
/// budget would not last for the launches that verdicts need.  Where it lasts for more, they are
/// larger, up to SampleChoice::generous: a verdict cannot do with fewer launches, so what is left
/// serves best inside them.
std::map<std::int64_t, SampleChoice> samples_of(const SamplePlan& plan,
                                                std::span<const std::int64_t> open);

/// Before the first launch: the best number where variances within and between launches are equal,
/// from 2 to 20, within the point's budget; without an estimate of the cost, Measuring::samples.
std::int64_t first_samples(const LaunchCost& planned, const Measuring& measuring);

}  // namespace scalelaw::harness

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/laws/noise.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The experimentally determined serial fraction e = (1/S - 1/p)/(1 - 1/p): constant over p when
/// Amdahl's law holds, growing when overhead grows with p.  NaN for p = 1.
/// Source: Karp & Flatt, "Measuring parallel processor performance", CACM 33 (1990).
double karp_flatt(double speedup, double workers);

/// Efficiencies of one point, each in [0, 1].  Useful time is what a worker spends on items.
/// The ratios are formed last, from three medians (median_over_launches): the mean useful time over
/// workers, the largest, and the elapsed time, which is the point's time.  So the parallel
/// efficiency is both mean useful time / elapsed and the product of the other two.
/// Source: POP, "Standard metrics for performance analysis" (2015).
struct PopEfficiency {
  double load_balance = 0;   ///< mean / max useful time over workers
  double communication = 0;  ///< max useful time / elapsed
  double parallel = 0;       ///< mean useful time / elapsed: the product of the two
};

/// The samples of each point; diagnostic ones separately.
struct SampleIndex {
  std::vector<std::vector<const Sample*>> timed;       ///< by point, of the launches that count
  std::vector<std::vector<const Sample*>> diagnostic;  ///< likewise
  std::vector<std::string> allocations;                ///< of each launch (allocation_of())
};
SampleIndex index_samples(const Results& results);

/// Any number of the samples, by launch or by allocation as a point's time counts them
/// (repetitions_s()).  `allocations`: those of a SampleIndex; none: all launches have the same.
std::vector<double> repeated(const std::vector<const Sample*>& samples,
                             std::span<const std::string> allocations,
                             const std::function<double(const Sample&)>& value);

/// The median of repeated(): a number summarised as a point's time is.
/// Errors: throws Error when there are no samples.
double median_over_launches(const std::vector<const Sample*>& samples,
                            std::span<const std::string> allocations,
                            const std::function<double(const Sample&)>& value);

/// Nothing when a sample lacks the phases of its ranks, or nothing was computed.
std::optional<PopEfficiency> pop_efficiency(const std::vector<const Sample*>& timed,
                                            std::span<const std::string> allocations = {});

/// The share of the time that more workers cannot shorten: the phases at one worker that are not
/// parallel, divided by all phases.  It has an interval over launches (none for a single launch).
struct SerialShare {
  double value = 0;
  Noise noise;  ///< of the value; unknown when there was one launch
  [[nodiscard]] std::optional<Interval> interval() const;
};
/// Nothing when the phases do not show it: there are none, none is serial, none is parallel, or
/// together they account for less than nine tenths of the time.
std::optional<SerialShare> serial_share(const std::vector<const Sample*>& timed,
                                        std::span<const std::string> allocations = {});

/// Where a point's lost efficiency went: for each part, how much more of its worker-seconds p T(p)
/// the point spent than the baseline's one worker.  The parts add up to `loss` = 1 - efficiency.  A
/// part is negative where the point did better than one worker (a cache now holds the data).
struct Waterfall {
  double loss = 0;
  double serial = 0;     ///< workers idle or repeating in serial phases
  double imbalance = 0;  ///< workers done with their items before the busiest one
  double wait = 0;  ///< in a parallel phase but not busy (fork, join), and late for other reasons
  double transfer = 0;     ///< transfer phases, without waiting
  double memory = 0;       ///< items slower because workers share the memory's bandwidth
  double unexplained = 0;  ///< the rest
};
constexpr std::array<std::string_view, 6> waterfall_parts{"serial",   "imbalance", "wait",
                                                          "transfer", "memory",    "unexplained"};
std::array<double, 6> parts_of(const Waterfall& waterfall);

/// What the waterfall of one point needs.
struct WaterfallInput {
  std::vector<const Sample*> timed, diagnostic;          ///< of the point
  std::vector<const Sample*> one_timed, one_diagnostic;  ///< of the series' one-worker point
  double workers = 1;
  double work = 1;        ///< relative to the one-worker point's
  double efficiency = 1;  ///< the one shown
  /// Read bandwidth per worker at this placement over that of one worker; nothing when the kernel
  /// is not memory-bound or no ceiling was measured.
  std::optional<double> bandwidth_per_worker;
  std::span<const std::string> allocations{};  ///< of a SampleIndex; none: all launches have one
};
/// Nothing when the samples do not have the phases of their ranks.
std::optional<Waterfall> waterfall(const WaterfallInput& input);

}  // namespace scalelaw::harness

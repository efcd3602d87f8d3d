#include "harness/measure/time_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/launch/job.hpp"
#include "harness/measure/allocation.hpp"

namespace scalelaw::harness {
namespace {

// What a core of a present server does in our kernels, roughly: an estimate may be off by a factor of
// two or three.  The first launches correct it.
constexpr double bytes_per_s = 1e10;
constexpr double operations_per_s = 4e9;
constexpr double filled_bytes_per_s = 3e9;
constexpr double start_s = 0.05;
constexpr double ranked_start_s = 0.2;  ///< mpirun and MPI_Init
constexpr double loops_per_look = 2;  ///< of the gate: one core alone, then all (machine/gate.hpp)

double number_of(const nlohmann::json& work, const char* key) {
  if (!work.is_object() || !work.contains(key) || !work[key].is_number()) return 0;
  return work[key].get<double>();
}

/// The launches of a point that takes `launch_s` each: `wanted`, or as many as the budget allows.
double within_budget(std::int64_t wanted, const Measuring& measuring, double launch_s) {
  const double affordable = std::floor(measuring.budget_s / launch_s);
  return std::max(static_cast<double>(measuring.launches_min),
                  std::min(static_cast<double>(wanted), affordable));
}

/// How many launches would narrow the median's interval to the target, if all scatter like these.
/// Source: the standard error of a normal sample's median, sqrt(pi/2) sigma / sqrt(n).
double launches_to_target(const std::vector<double>& times_s, double target) {
  double mean = 0;
  for (const double time : times_s) mean += std::log(time);
  mean /= static_cast<double>(times_s.size());
  double squares = 0;
  for (const double time : times_s) squares += std::pow(std::log(time) - mean, 2);
  const double variance = squares / static_cast<double>(times_s.size() - 1);
  constexpr double quantile = 2.17;  // of 97 %, as median_interval()
  constexpr double median_factor = 1.5708;
  return median_factor * quantile * quantile * variance / (target * target);
}

}  // namespace

LaunchCost planned_cost(const Point& point, const Measuring& measuring, bool real_time) {
  if (!real_time) return {.launch_s = start_s / 10, .sample_s = 0};
  const double workers = static_cast<double>(point.placement.workers());
  const double pass_s = std::max(number_of(point.work, "compulsory_bytes") / bytes_per_s,
                                 number_of(point.work, "operations") / operations_per_s) /
                        workers;
  const auto untimed = static_cast<double>(measuring.warmups + diagnostics_of(point, measuring));
  const bool is_alone = point.model.alone && point.placement.ranks() == 1;
  return {.launch_s = start_s + (point.model.ranked && !is_alone ? ranked_start_s : 0) +
                      number_of(point.work, "resident_bytes") / filled_bytes_per_s / workers +
                      untimed * pass_s,
          .sample_s = pass_s};
}

double planned_launch_s(const Point& point, const Measuring& measuring, bool real_time) {
  const LaunchCost cost = planned_cost(point, measuring, real_time);
  return cost.launch_s + static_cast<double>(first_samples(cost, measuring)) * cost.sample_s;
}

TimeRange planned_time(std::span<const Point> points, const Measuring& measuring, bool real_time) {
  TimeRange range{.gated = real_time && measuring.gate.enabled};
  double fewest_blocks = 0,
         most_blocks = 0;  // a point has one launch in each block until it is done
  for (const Point& point : points) {
    if (point.state != State::pending || point.shares >= 0) continue;
    if (real_time && !point.is_ours()) ++range.foreign;
    const double launch_s = planned_launch_s(point, measuring, real_time);
    const double most = within_budget(measuring.launches_max, measuring, launch_s);
    const double fewest =
        std::min(most, within_budget(launches_before_looking(measuring), measuring, launch_s));
    range.least_s += launch_s * fewest;
    range.most_s += launch_s * most;
    range.floor_s += launch_s * static_cast<double>(measuring.launches_min);
    fewest_blocks = std::max(fewest_blocks, fewest);
    most_blocks = std::max(most_blocks, most);
  }
  // Every point has its fewest launches, whatever the campaign's budget.
  const double budget_s = std::max(range.floor_s, measuring.campaign_budget_s);
  range.least_s = std::min(range.least_s, budget_s);
  range.most_s = std::min(range.most_s, budget_s);
  if (!range.gated) return range;
  const double look_s = loops_per_look * measuring.gate.spin_s;
  range.least_s += fewest_blocks * look_s;
  range.most_s += most_blocks * look_s;
  return range;
}

double expected_s(const Tally& all, const Measuring& measuring, double launch_s) {
  if (!needs_launch(all, measuring)) return 0;
  const Tally tally = latest_part(all);
  const auto made = static_cast<double>(tally.launches);
  const double each_s = tally.launches > 0 ? tally.spent_s / made : launch_s;
  std::vector<double> times_s;
  for (const LaunchTime& launch : tally.times) times_s.push_back(launch.median_s);
  constexpr std::size_t fewest_for_spread = 3;
  auto wanted = static_cast<double>(launches_wanted(tally, measuring));
  if (times_s.size() >= fewest_for_spread && count_allocations(tally.times) == 1) {
    wanted = std::max(wanted, launches_to_target(times_s, measuring.target_interval));
  }
  const double affordable = std::floor((measuring.budget_s - tally.spent_s) / each_s);
  const double least = std::max(1.0, static_cast<double>(measuring.launches_min) - made);
  const double more = std::min({wanted - static_cast<double>(times_s.size()), affordable,
                                static_cast<double>(measuring.launches_max) - made});
  return each_s * std::max(least, std::ceil(more));
}

}  // namespace scalelaw::harness

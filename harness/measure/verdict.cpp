#include "harness/measure/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <limits>

#include "common/field.hpp"
#include "common/quantity.hpp"
#include "harness/launch/ending.hpp"
#include "harness/measure/assess.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/statistics/bimodality.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

constexpr auto fewest_for_interval = static_cast<std::int64_t>(fewest_repetitions);

std::int64_t good(const Tally& tally) {
  return std::ssize(tally.times);
}

std::int64_t busy_launches(const Tally& tally) {
  return std::ranges::count(tally.times, true, &LaunchTime::busy);
}

std::int64_t failures(const Tally& tally) {
  return tally.crashed + tally.invalid + tally.timeout;
}

/// Whether the point has failed for good.  The first failure may be chance, and one in twenty says
/// little about the other launches.  A batch that was chosen while the machine was slow is too
/// small, but the next may be large enough, unless half of them were too small.
bool failed(const Tally& tally) {
  return tally.wrong_result > 0 || (tally.timeout > 0 && good(tally) == 0) ||
         failures(tally) > 1 + tally.launches / 4 || tally.too_short > 5 + tally.launches;
}

/// The state of most of the failures.
State commonest_failure(const Tally& tally) {
  if (tally.wrong_result > 0) return State::wrong_result;
  const std::int64_t invalid = tally.invalid + tally.too_short;
  if (tally.timeout > 0 && tally.timeout >= std::max(tally.crashed, invalid)) return State::timeout;
  return tally.crashed > 0 && tally.crashed >= invalid ? State::crashed : State::invalid;
}

/// What the interval of the point's median counts, in the order of time.
std::vector<double> times(const Tally& tally) {
  return repetitions_s(counting_launches(tally.times));
}

std::int64_t allocations(const Tally& tally) {
  return static_cast<std::int64_t>(count_allocations(tally.times));
}

/// Whether a job was cut and went on in another allocation, with too few for their own interval.
bool is_split(const Tally& tally) {
  return tally.parts.size() > 1 && allocations(tally) < fewest_for_interval;
}

/// The launches of one allocation, as if the point had no others.
Tally part_in(const Tally& tally, const std::string& allocation) {
  Tally out;
  for (const LaunchTime& launch : tally.times) {
    if (launch.allocation == allocation) out.times.push_back(launch);
  }
  const auto part = tally.parts.find(allocation);
  if (part == tally.parts.end()) return out;
  out.launches = part->second.launches;
  out.spent_s = part->second.spent_s;
  out.parts.insert(*part);
  return out;
}

/// Without the allocations that the interval leaves out.
Tally counting_part(const Tally& tally) {
  const std::vector<LaunchTime> counting = launches_of_counting_allocations(tally.times);
  return counting.size() == tally.times.size() ? tally
                                               : part_in(tally, counting.front().allocation);
}

bool narrow_enough(std::span<const double> times_s, double target) {
  const auto interval = median_interval(times_s);
  return interval && (interval->high - interval->low) / 2 <= target * median(times_s);
}

/// Half of the median's interval, relative to the median; NaN without one.
double half_width_of(std::span<const double> times_s) {
  const auto interval = median_interval(times_s);
  if (!interval) return std::numeric_limits<double>::quiet_NaN();
  return (interval->high - interval->low) / 2 / median(times_s);
}

/// The least half-width that `most` launches would have, if all scatter like these.
double least_half_width(std::span<const double> times_s, std::int64_t most) {
  const auto n = static_cast<double>(times_s.size());
  const double freedom = n / 3 + 1;
  const boost::math::chi_squared_distribution<double> squares(freedom);
  const double shrinkage = std::sqrt(freedom / boost::math::quantile(squares, 0.95));
  return half_width_of(times_s) * shrinkage * std::sqrt(n / static_cast<double>(most));
}

/// How many launches the point can have in the end that count like those so far.
std::int64_t attainable(const Tally& tally, const Measuring& measuring) {
  const double each_s = tally.spent_s / static_cast<double>(tally.launches);
  const double affordable = each_s > 0 ? (measuring.budget_s - tally.spent_s) / each_s
                                       : std::numeric_limits<double>::infinity();
  const double allowed = static_cast<double>(measuring.launches_max - tally.launches);
  return std::ssize(times(tally)) +
         static_cast<std::int64_t>(std::max(0.0, std::floor(std::min(affordable, allowed))));
}

/// Without a budget of the campaign, nobody else gains by what a noisy point leaves.
bool is_too_noisy(const Tally& tally, const Measuring& measuring) {
  const std::vector<double> seen = times(tally);
  return std::isfinite(measuring.campaign_budget_s) && allocations(tally) == 1 &&
         std::ssize(seen) >= launches_before_looking(measuring) &&
         is_hopeless(seen, measuring.target_interval, attainable(tally, measuring));
}

/// Two centres among the launches, or among the samples divided by their launch's median.
std::optional<TwoCentres> two_centres(const Tally& tally, const Measuring& measuring) {
  const double least_gap = 2 * measuring.target_interval;
  std::optional<TwoCentres> found = find_two_centres(times(tally), least_gap);
  if (found) return found;
  found = find_two_centres(tally.ratios, least_gap);
  if (!found) return found;
  const double median_s = median(times(tally));
  return TwoCentres{found->low * median_s, found->high * median_s, found->p_value};
}

std::string launches_text(std::int64_t n) {
  return fmt::format("{} launch{}", n, n == 1 ? "" : "es");
}

/// What an interval counts: "7 launches", "24 launches in 3 allocations".
std::string repetitions_text(const Tally& tally) {
  const Tally counting = counting_part(tally);
  const std::int64_t several = allocations(counting);
  return launches_text(good(counting)) +
         (several > 1 ? fmt::format(" in {} allocations", several) : "");
}

std::string spread(const Tally& tally, const Measuring& measuring) {
  const double half_width = relative_half_width(tally);
  if (std::isnan(half_width)) {
    return fmt::format("{}, and an interval needs {}{}", repetitions_text(tally),
                       fewest_for_interval,
                       allocations(tally) > 1 ? " of these, or 6 launches in one" : "");
  }
  return fmt::format("half-width {:.1f} % of the median after {}, not {:.1f} %", 100 * half_width,
                     repetitions_text(tally), 100 * measuring.target_interval);
}

/// The reason of the point's last launch that counts and ended in this state.
std::string last_reason(const Results& results, std::int64_t point, State state) {
  point = launched_as(results.points, point);
  const auto last =
      std::find_if(results.launches.rbegin(), results.launches.rend(), [&](const Launch& launch) {
        return launch.point == point && launch.state == state && !launch.superseded &&
               !is_of_others(launch.cause);
      });
  return last == results.launches.rend() ? std::string() : last->reason;
}

/// Why a point has no verdict yet.
std::string reason_of_pending(const Results& results, std::int64_t point, const Tally& tally) {
  point = launched_as(results.points, point);
  const Launch* last = nullptr;
  std::int64_t tries = 0;  // the failures of others since anything else happened
  for (auto launch = results.launches.rbegin(); launch != results.launches.rend(); ++launch) {
    if (launch->point != point || launch->superseded) continue;
    if (!is_of_others(launch->cause)) break;
    if (last == nullptr) last = &*launch;
    ++tries;
  }
  if (last != nullptr) {
    return fmt::format("{}; tried {} time{}; {}, then --resume", last->reason, tries,
                       tries == 1 ? "" : "s",
                       speaks_of_room(last->reason) ? "make room" : "correct that");
  }
  if (tally.launches == 0) return "not started";
  return fmt::format("interrupted after {}", launches_text(tally.launches));
}

/// What a reader should know about a point with times, besides its state.
std::string notes(const Tally& tally) {
  std::string text;
  const auto add = [&](const std::string& note) { text += (text.empty() ? "" : "; ") + note; };
  if (tally.crashed > 0) add(launches_text(tally.crashed) + " crashed");
  if (tally.timeout > 0) add(launches_text(tally.timeout) + " timed out");
  if (tally.invalid > 0) add(launches_text(tally.invalid) + " invalid");
  if (tally.too_short > 0) {
    add(launches_text(tally.too_short) + " too short for the clock, repeated");
  }
  if (tally.of_others > 0) {
    add(launches_text(tally.of_others) + " failed for reasons outside the driver, repeated");
  }
  if (const std::int64_t left_out = good(tally) - good(counting_part(tally)); left_out > 0) {
    const std::int64_t others = allocations(tally) - 1;
    add(fmt::format("{} in {} other allocation{} left out", launches_text(left_out), others,
                    others == 1 ? "" : "s"));
  }
  if (const std::int64_t busy = busy_launches(tally); busy > 0) {
    add(fmt::format("machine busy in {} of {}", busy, launches_text(good(tally))));
  }
  return text;
}

/// Why a simulated point with a wide interval has no more replays.
std::string why_no_more_replays(const Tally& tally, const Measuring& measuring) {
  if (tally.launches >= measuring.launches_max) {
    return fmt::format("launches_max = {} allows no more", measuring.launches_max);
  }
  return fmt::format("[simulate] budget_s = {:g} allows no more replays", measuring.budget_s);
}

std::string reason_of(State state, std::int64_t point, const Tally& tally, const Results& results,
                      const Measuring& measuring) {
  std::string reason;
  switch (state) {
    case State::pending:
      return reason_of_pending(results, point, tally);
    case State::converged:
      break;
    case State::not_converged:
      reason = spread(tally, measuring);
      break;
    case State::too_noisy:
      reason = fmt::format("{}; {} would hardly reach that", spread(tally, measuring),
                           launches_text(attainable(counting_part(tally), measuring)));
      break;
    case State::unstable: {
      const auto centres = two_centres(tally, measuring);
      reason =
          fmt::format("two centres, {} and {} (dip test, p = {:.2g})", format_seconds(centres->low),
                      format_seconds(centres->high), centres->p_value);
      break;
    }
    default:
      reason = last_reason(results, point, state);
      if (good(tally) == 0) return reason;
      return fmt::format("{}; {} of {} failed", reason,
                         failures(tally) + tally.wrong_result + tally.too_short,
                         launches_text(tally.launches + tally.too_short));
  }
  const std::string more = notes(tally);
  return reason.empty() || more.empty() ? reason + more : reason + "; " + more;
}

/// needs_launch(), of a point that has not failed, and with allocations that count alike.
bool wants_launch(const Tally& tally, const Measuring& measuring) {
  if (tally.launches >= measuring.launches_max) return false;
  if (tally.launches < measuring.launches_min) return true;
  const double next_s = tally.spent_s / static_cast<double>(tally.launches);
  if (tally.spent_s + next_s > measuring.budget_s) return false;
  if (good(tally) < launches_wanted(tally, measuring)) return true;
  if (allocations(tally) > 1) return false;
  const std::vector<double> seen = times(tally);
  if (std::ssize(seen) < launches_before_looking(measuring)) return true;
  return !settled(seen, measuring.target_interval) && !is_too_noisy(tally, measuring);
}

}  // namespace

void Tally::add(const Launch& launch, std::span<const Sample> samples) {
  if (launch.superseded) return;
  if (is_of_others(launch.cause)) {
    ++of_others;
    return;
  }
  Part& part = parts[allocation_of(launch)];
  spent_s += launch.wall_s;
  part.spent_s += launch.wall_s;
  if (launch.state == State::invalid && !harness::too_short(launch.header, samples).empty()) {
    ++too_short;
    return;
  }
  ++launches;
  ++part.launches;
  switch (launch.state) {
    case State::wrong_result:
      ++wrong_result;
      return;
    case State::timeout:
      ++timeout;
      return;
    case State::invalid:
      ++invalid;
      return;
    case State::crashed:
      ++crashed;
      return;
    default:
      break;
  }
  std::vector<double> totals;
  for (const Sample& sample : samples) {
    if (!sample.diagnostic) totals.push_back(sample.total_s);
  }
  if (totals.empty()) return;
  taken.push_back(launch_samples(launch, samples));
  const double median_s = median(totals);
  times.push_back({.median_s = median_s,
                   .samples = std::ssize(totals),
                   .busy = launch.busy,
                   .allocation = allocation_of(launch)});
  constexpr std::size_t fewest_for_ratios = 3;
  if (totals.size() < fewest_for_ratios) return;
  for (const double total : totals) ratios.push_back(total / median_s);
}

Tally latest_part(const Tally& tally) {
  return is_split(tally) && good(tally) > 0 ? part_in(tally, tally.times.back().allocation) : tally;
}

std::vector<Tally> tally_all(const Results& results) {
  const auto samples = samples_by_launch(results);
  std::vector<Tally> tallies(results.points.size());
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    tallies[static_cast<std::size_t>(results.launches[i].point)].add(results.launches[i],
                                                                     samples[i]);
  }
  give_sharers(results.points, tallies);
  return tallies;
}

bool settled(std::span<const double> times_s, double target) {
  if (!narrow_enough(times_s, target)) return false;
  for (std::size_t n = 3 * times_s.size() / 4; n >= fewest_for_interval; --n) {
    if (narrow_enough(times_s.first(n), target)) return true;
  }
  return false;
}

bool is_hopeless(std::span<const double> times_s, double target, std::int64_t most) {
  const std::size_t earlier = 3 * times_s.size() / 4;
  if (earlier < fewest_for_interval) return false;
  return least_half_width(times_s, most) > target &&
         least_half_width(times_s.first(earlier), most) > target;
}

bool needs_launch(const Tally& tally, const Measuring& measuring) {
  if (failed(tally)) return false;
  if (!is_split(tally)) return wants_launch(tally, measuring);
  return std::ranges::all_of(tally.parts, [&](const auto& part) {
    return wants_launch(part_in(tally, part.first), measuring);
  });
}

std::int64_t launches_before_looking(const Measuring& measuring) {
  return std::max(
      {measuring.launches_min, fewest_for_interval, std::min(first_look, measuring.launches_max)});
}

std::int64_t launches_wanted(const Tally& tally, const Measuring& measuring) {
  const std::int64_t base = launches_before_looking(measuring);
  return base + std::min(busy_launches(tally), measuring.gate.repeats * base);
}

bool is_done_elsewhere(const Tally& tally, const std::string& allocation) {
  const auto is_here = [&](const LaunchTime& launch) { return launch.allocation == allocation; };
  return median_interval(times(tally)) && std::ranges::none_of(tally.times, is_here);
}

double relative_half_width(const Tally& tally) {
  return half_width_of(times(tally));
}

State state_of(const Tally& tally, const Measuring& measuring) {
  if (!failed(tally) && needs_launch(tally, measuring)) return State::pending;
  return last_state_of(tally, measuring);
}

State last_state_of(const Tally& tally, const Measuring& measuring) {
  if (failed(tally) || good(tally) == 0) return commonest_failure(tally);
  if (two_centres(tally, measuring)) return State::unstable;
  if (narrow_enough(times(tally), measuring.target_interval)) return State::converged;
  return is_too_noisy(counting_part(tally), measuring) ? State::too_noisy : State::not_converged;
}

void judge(Results& results, const Measuring& measuring,
           const std::map<std::int64_t, std::string>& ended) {
  const std::vector<Tally> tallies = tally_all(results);
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    Point& point = results.points[i];
    if (point.state != State::pending) continue;
    const auto number = static_cast<std::int64_t>(i);
    const auto end = ended.find(number);
    const bool was_launched = tallies[i].launches + tallies[i].too_short > 0;
    const bool has_ended = end != ended.end() && was_launched;
    point.state =
        has_ended ? last_state_of(tallies[i], measuring) : state_of(tallies[i], measuring);
    std::string reason = reason_of(point.state, number, tallies[i], results, measuring);
    if (has_ended && is_wide(point.state)) {
      reason += "; " + end->second;
    } else if (point.state == State::not_converged && point.clock == TimeSource::simulated) {
      reason += "; " + why_no_more_replays(tallies[i], measuring);
    }
    // What the plan noted of the point stays.
    point.reason += (point.reason.empty() || reason.empty() ? "" : "; ") + reason;
  }
}

}  // namespace scalelaw::harness

#include "harness/measure/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/results/baseline_points.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

/// A speedup: a point and its baseline, as indices; equal for the point's own time.
struct Quotient {
  std::size_t point = 0, baseline = 0;
};

/// Every speedup, and the time of each point that has none.
std::vector<Quotient> quotients(const std::vector<Point>& points) {
  const BaselinePoints known(points);
  const auto is_measured = [&](std::int64_t point) {
    return points[static_cast<std::size_t>(point)].state != State::skipped;
  };
  std::vector<Quotient> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::set<std::size_t> baselines;
    const auto add = [&](std::int64_t point) {
      if (static_cast<std::size_t>(point) != i) baselines.insert(static_cast<std::size_t>(point));
    };
    const std::vector<std::int64_t> serial = known.serial_of(points[i], is_measured);
    if (!serial.empty()) add(serial.front());
    if (const auto one = known.one_worker(points[i].series)) add(*one);
    if (baselines.empty()) baselines.insert(i);
    for (const std::size_t baseline : baselines) out.push_back({i, baseline});
  }
  return out;
}

double launch_s(const Tally& tally) {
  return tally.launches > 0 ? tally.spent_s / static_cast<double>(tally.launches) : 0;
}

/// The squared half-width of the point's median after `more` further launches; 0 without one.
/// Launches in an allocation that has some already narrow no interval that counts allocations.
double squared_width(const Tally& tally, double more) {
  const double half_width = relative_half_width(tally);
  if (std::isnan(half_width)) return 0;
  const std::vector<LaunchTime> counting = counting_launches(tally.times);
  if (count_allocations(counting) > 1) return half_width * half_width;
  const auto launches = static_cast<double>(counting.size());
  return half_width * half_width * launches / (launches + more);
}

/// By how much one more launch of `candidate` narrows these speedups, all together.
double narrowing(const std::vector<Point>& points, std::span<const Quotient> quotients,
                 std::span<const Tally> tallies, std::int64_t candidate) {
  const auto gains = [&](std::size_t point) {
    return launched_as(points, static_cast<std::int64_t>(point)) == candidate;
  };
  const auto width = [&](const Quotient& quotient, double more) {
    const auto square = [&](std::size_t point) {
      return squared_width(tallies[point], gains(point) ? more : 0);
    };
    const double alone = square(quotient.point);
    return std::sqrt(quotient.baseline == quotient.point ? alone
                                                         : alone + square(quotient.baseline));
  };
  double sum = 0;
  for (const Quotient& quotient : quotients) {
    if (!gains(quotient.point) && !gains(quotient.baseline)) continue;
    sum += width(quotient, 0) - width(quotient, 1);
  }
  return sum;
}

/// The most samples with which a launch leaves room for those that a verdict needs, and for its own
/// time limit.
std::int64_t affordable_samples(const LaunchCost& cost, const Measuring& measuring) {
  constexpr double of_timeout = 0.3;  // a launch may be slow
  const auto launches = static_cast<double>(launches_before_looking(measuring));
  const double most_s =
      std::min(measuring.budget_s / launches, of_timeout * measuring.timeout_s) - cost.launch_s;
  constexpr double most = 1e6;
  return static_cast<std::int64_t>(std::clamp(std::floor(most_s / cost.sample_s), 1.0, most));
}

/// The cost and the best samples of a point's next launch.
struct Wish {
  LaunchCost cost;
  SampleChoice choice;
  double launches = 1;  ///< that a verdict still needs
};

Wish wish_of(const SamplePlan& plan, std::int64_t number) {
  const Point& point = (*plan.points)[static_cast<std::size_t>(number)];
  const Tally& tally = plan.tallies[static_cast<std::size_t>(number)];
  const std::int64_t made = latest_part(tally).launches;
  Wish wish;
  wish.launches = static_cast<double>(
      std::max<std::int64_t>(1, launches_before_looking(*plan.measuring) - made));
  if (tally.taken.empty()) {
    wish.cost = plan.planned(point);
    wish.choice.samples = first_samples(wish.cost, *plan.measuring);
    wish.choice.generous = wish.choice.samples;
    wish.choice.why = "the first launch";
    return wish;
  }
  wish.cost = cost_of(tally.taken);
  wish.choice = choose_samples(tally.taken, affordable_samples(wish.cost, *plan.measuring));
  return wish;
}

/// The samples of a launch at `level`: one at 0, the best number at 1, the generous one at 2.
std::int64_t samples_at(const Wish& wish, double level) {
  const auto best = static_cast<double>(wish.choice.samples);
  const double more = static_cast<double>(wish.choice.generous) - best;
  const double samples = level <= 1 ? level * best : best + (level - 1) * more;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(samples)));
}

/// What the launches take that verdicts need.
double needed_s(std::span<const Wish> wishes, double level) {
  double seconds = 0;
  for (const Wish& wish : wishes) {
    const auto samples = static_cast<double>(samples_at(wish, level));
    seconds += wish.launches * (wish.cost.launch_s + samples * wish.cost.sample_s);
  }
  return seconds;
}

/// The highest level with which the budget lasts; 0 where it cannot.  Without a budget of the
/// campaign there is nothing left over: the best numbers.
double level_within(std::span<const Wish> wishes, double left_s) {
  if (std::isinf(left_s)) return 1;
  double low = 0, high = 2;
  if (needed_s(wishes, high) <= left_s) return high;
  for (int step = 0; step < 20; ++step) {
    const double middle = (low + high) / 2;
    (needed_s(wishes, middle) <= left_s ? low : high) = middle;
  }
  return low;
}

}  // namespace

std::vector<std::int64_t> most_worthwhile(const std::vector<Point>& points,
                                          std::span<const Tally> tallies,
                                          std::span<const std::int64_t> open, double seconds) {
  constexpr double first_of_all = 1e12;  // no interval narrows by as much
  const std::vector<Quotient> all = quotients(points);
  std::vector<std::pair<double, std::int64_t>> gains;
  for (const std::int64_t point : open) {
    const Tally& tally = tallies[static_cast<std::size_t>(point)];
    const double gain = std::isnan(relative_half_width(tally))
                            ? first_of_all / static_cast<double>(1 + tally.launches)
                            : narrowing(points, all, tallies, point);
    gains.emplace_back(gain / std::max(1e-9, launch_s(tally)), point);
  }
  std::sort(gains.begin(), gains.end(), [](const auto& a, const auto& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
  });
  std::vector<std::int64_t> chosen;
  double taken_s = 0;
  for (const auto& [gain, point] : gains) {
    taken_s += launch_s(tallies[static_cast<std::size_t>(point)]);
    if (!chosen.empty() && taken_s > seconds) break;
    chosen.push_back(point);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::int64_t first_samples(const LaunchCost& planned, const Measuring& measuring) {
  if (!measuring.choose_samples || !(planned.sample_s > 0)) return measuring.samples;
  constexpr double fewest = 2, most = 20;
  const double best = std::round(std::sqrt(planned.launch_s / planned.sample_s));
  const auto samples = static_cast<std::int64_t>(std::clamp(best, fewest, most));
  return std::min(samples, affordable_samples(planned, measuring));
}

std::map<std::int64_t, SampleChoice> samples_of(const SamplePlan& plan,
                                                std::span<const std::int64_t> open) {
  std::vector<Wish> wishes;
  wishes.reserve(open.size());
  for (const std::int64_t point : open) wishes.push_back(wish_of(plan, point));
  const double level = level_within(wishes, plan.left_s);
  std::map<std::int64_t, SampleChoice> out;
  for (std::size_t i = 0; i < open.size(); ++i) {
    SampleChoice choice = wishes[i].choice;
    const std::int64_t samples = samples_at(wishes[i], level);
    if (samples < choice.samples) choice.why += "; fewer, for the campaign's budget";
    if (samples > choice.samples) choice.why += "; more, as the campaign's budget has room";
    choice.samples = samples;
    out[open[i]] = std::move(choice);
  }
  return out;
}

}  // namespace scalelaw::harness

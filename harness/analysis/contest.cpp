#include "harness/analysis/contest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "common/json_text.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/names.hpp"
#include "harness/laws/efficiency.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {
namespace {

struct Reader {
  const Results& results;
  Entrants entrants = Entrants::ours;
  std::vector<Summary> summaries = summarize_all(results);
  SampleIndex samples = index_samples(results);
  std::optional<Caches> caches = caches_of(results.environment);

  [[nodiscard]] const Point& at(std::int64_t i) const {
    return results.points[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] bool usable(std::int64_t i) const {
    const Point& p = at(i);
    const bool enters = p.is_ours() || entrants == Entrants::all;
    return !is_ceiling(p) && p.scaling == Scaling::strong && enters && !p.oversubscribed &&
           has_time(p, summaries[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] double median_s(std::int64_t i) const {
    return summaries[static_cast<std::size_t>(i)].median_s;
  }
};

nlohmann::json without(nlohmann::json params, const std::string& name) {
  params.erase(name);
  return params;
}

/// The size: the only parameter in which two points differ, numeric and with different operations.
std::optional<std::string> varying_size(const Point& a, const Point& b) {
  if (a.kernel != b.kernel || operations_of(a) == operations_of(b)) return std::nullopt;
  for (const auto& [name, value] : a.params.items()) {
    if (!value.is_number() || !b.params.contains(name) || b.params[name] == value) continue;
    if (without(a.params, name) == without(b.params, name)) return name;
  }
  return std::nullopt;
}

/// What identifies a contest: the kernel, the size parameter, and the other parameters with the
/// clock.
using Key = std::tuple<std::string, std::string, std::string>;

std::map<Key, std::vector<std::int64_t>> groups_of(const Reader& in) {
  std::map<std::string, std::string> size_names;
  std::map<Key, std::vector<std::int64_t>> groups;
  const auto count = static_cast<std::int64_t>(in.results.points.size());
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = i + 1; in.usable(i) && j < count; ++j) {
      if (size_names.contains(in.at(i).kernel) || !in.usable(j)) continue;
      if (const auto name = varying_size(in.at(i), in.at(j))) size_names[in.at(i).kernel] = *name;
    }
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const Point& p = in.at(i);
    const auto name = size_names.find(p.kernel);
    if (name == size_names.end() || !in.usable(i)) continue;
    const std::string others = serialize(without(p.params, name->second));
    groups[{p.kernel, name->second, others + " " + std::string(to_string(p.clock))}].push_back(i);
  }
  return groups;
}

/// The share of its time that a launch spends outside serial and parallel phases; NaN where the
/// phases are unknown.
double overhead_share(const std::vector<const Sample*>& timed) {
  std::vector<double> shares;
  for (const Sample* s : timed) {
    if (s->phases.empty()) continue;
    double worked_s = 0;
    for (const PhaseTime& phase : s->phases) {
      if (phase.role != Role::transfer) worked_s += phase.seconds;
    }
    shares.push_back(1 - std::min(1.0, worked_s / s->total_s));
  }
  return shares.empty() ? std::numeric_limits<double>::quiet_NaN() : median(shares);
}

void fit_strategy(const Reader& in, const Contest& contest, Strategy& strategy) {
  std::vector<Observation> observations;
  std::vector<LogTime> times;
  for (std::size_t k = 0; k < strategy.points.size(); ++k) {
    if (strategy.points[k] < 0) continue;
    const auto index = static_cast<std::size_t>(strategy.points[k]);
    times.push_back(log_time(in.summaries[index].repetitions_s()));
    observations.push_back({{1, 1, contest.rounds[k].operations, 0}, {}});
    if (observations.size() == 1) strategy.overhead_share = overhead_share(in.samples.timed[index]);
  }
  pool_unknown_noise(times);
  for (std::size_t k = 0; k < times.size(); ++k) observations[k].time = times[k];
  strategy.fit.emplace(fixed_and_per_work(), observations);
}

/// The strategies that have a time at size k, the fastest first.
std::vector<std::size_t> ranking_at(const Reader& in, const Contest& contest, std::size_t k) {
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < contest.strategies.size(); ++s) {
    if (contest.strategies[s].points[k] >= 0) order.push_back(s);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return in.median_s(contest.strategies[a].points[k]) <
           in.median_s(contest.strategies[b].points[k]);
  });
  return order;
}

void judge_round(const Reader& in, Contest& contest, std::size_t k) {
  Round& round = contest.rounds[k];
  const std::vector<std::size_t> order = ranking_at(in, contest, k);
  const auto summary_of = [&](std::size_t s) -> const Summary& {
    return in.summaries[static_cast<std::size_t>(contest.strategies[s].points[k])];
  };
  round.fastest = order.front();
  for (const std::size_t s : order) {
    if (!summary_of(s).interval_s) round.intervals = false;
    if (certainly_slower(summary_of(s), summary_of(round.fastest))) continue;
    round.tied.push_back(s);
  }
  // Strategies stand with the simplest first.
  round.choice = *std::min_element(round.tied.begin(), round.tied.end());
  const Model& model = contest.strategies[round.choice].model;
  for (const std::size_t s : order) {
    const bool tied = std::find(round.tied.begin(), round.tied.end(), s) != round.tied.end();
    if (tied || contest.strategies[s].model == model) continue;
    if (!certainly_slower(summary_of(s), summary_of(round.choice))) continue;
    round.next = s;
    round.ratio_to_next = measured_ratio(summary_of(s), summary_of(round.choice));
    break;
  }
  std::erase(round.tied, round.choice);
}

/// A way to run, the simplest first: fewer features of the model, then fewer workers; at last the
/// implementation.
using Way = std::tuple<Model, std::int64_t, Placement, std::string>;

Strategy strategy_of(const Reader& in, const Contest& contest, const Way& way,
                     const std::vector<std::int64_t>& points) {
  Strategy strategy;
  strategy.implementation = std::get<std::string>(way);
  strategy.model = std::get<Model>(way);
  strategy.placement = std::get<Placement>(way);
  strategy.points.assign(contest.rounds.size(), -1);
  for (const std::int64_t i : points) {
    const auto place = std::lower_bound(
        contest.rounds.begin(), contest.rounds.end(), operations_of(in.at(i)),
        [](const Round& round, double operations) { return round.operations < operations; });
    auto& held = strategy.points[static_cast<std::size_t>(place - contest.rounds.begin())];
    if (held < 0 || in.median_s(i) < in.median_s(held)) held = i;  // of several options, the best
  }
  for (const std::int64_t i : strategy.points) {
    const bool known = i >= 0 && in.caches;
    strategy.levels.push_back(known ? level_of(*in.caches, in.at(i)) : std::nullopt);
  }
  return strategy;
}

Contest contest_of(const Reader& in, const Key& key, const std::vector<std::int64_t>& points) {
  Contest contest;
  contest.size_name = std::get<1>(key);
  Point common = in.at(points.front());
  common.params = without(common.params, contest.size_name);
  contest.work = work_label(common);
  std::map<double, nlohmann::json> sizes;
  std::map<Way, std::vector<std::int64_t>> ways;
  for (const std::int64_t i : points) {
    const Placement& placement = in.at(i).placement;
    sizes[operations_of(in.at(i))] = in.at(i).params[contest.size_name];
    ways[{in.at(i).model, placement.workers(), placement, in.at(i).implementation}].push_back(i);
  }
  for (const auto& [count, size] : sizes) {
    Round round;
    round.size = serialize(size);
    round.size_value = size.get<double>();
    round.operations = count;
    contest.rounds.push_back(std::move(round));
  }
  for (const auto& [way, of_way] : ways) {
    Strategy strategy = strategy_of(in, contest, way, of_way);
    fit_strategy(in, contest, strategy);
    contest.strategies.push_back(std::move(strategy));
  }
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) judge_round(in, contest, k);
  return contest;
}

/// The size with this number of operations, on straight lines between the rounds, in logarithms.
double size_at(const Contest& contest, double operations) {
  std::size_t k = 1;
  while (k + 1 < contest.rounds.size() && contest.rounds[k].operations < operations) ++k;
  const Round &a = contest.rounds[k - 1], &b = contest.rounds[k];
  const double along = std::log(operations / a.operations) / std::log(b.operations / a.operations);
  return a.size_value * std::pow(b.size_value / a.size_value, along);
}

Estimate in_sizes(const Contest& contest, const Estimate& operations) {
  Estimate size{"size", size_at(contest, operations.value), std::nullopt};
  if (const auto& interval = operations.interval) {
    size.interval = Interval{size_at(contest, interval->low), size_at(contest, interval->high),
                             interval->confidence};
  }
  return size;
}

/// Where the straight lines a and b (fixed, per work) meet; NaN when that is not at a positive
/// size.
double meeting(const Coefficients& a, const Coefficients& b) {
  const double operations = (b(0) - a(0)) / (a(1) - b(1));
  return operations > 0 ? operations : std::numeric_limits<double>::quiet_NaN();
}

std::optional<Estimate> meeting_of(const LawFit& a, const LawFit& b) {
  if (!a.identifiable() || !b.identifiable()) return std::nullopt;
  std::vector<double> centre = a.log_times();
  const std::size_t split = centre.size();
  centre.insert(centre.end(), b.log_times().begin(), b.log_times().end());
  NoiseModel noise{a.noise(), {}};
  const std::vector<Noise> other = b.noise();
  noise.each.insert(noise.each.end(), other.begin(), other.end());
  const Quantity where = [&](std::span<const double> y) {
    return meeting(a.coefficients(y.first(split)), b.coefficients(y.subspan(split)));
  };
  Estimate estimate{"operations", where(centre), std::nullopt};
  if (std::isnan(estimate.value)) return std::nullopt;
  estimate.interval = bootstrap_interval(where, centre, noise);
  if (estimate.interval) {
    estimate.interval->low = std::min(estimate.interval->low, estimate.value);
    estimate.interval->high = std::max(estimate.interval->high, estimate.value);
  }
  return estimate;
}

/// The rounds at which every strategy that is chosen at some round has a time.
std::vector<std::size_t> rounds_with_all_chosen(const Contest& contest) {
  std::set<std::size_t> chosen;
  for (const Round& round : contest.rounds) chosen.insert(round.choice);
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
    const auto has_time = [&](std::size_t s) { return contest.strategies[s].points[k] >= 0; };
    if (std::ranges::all_of(chosen, has_time)) out.push_back(k);
  }
  return out;
}

}  // namespace

std::vector<Contest> contests_of(const Results& results, Entrants entrants) {
  const Reader in{results, entrants};
  std::vector<Contest> out;
  for (const auto& [key, points] : groups_of(in)) {
    Contest contest = contest_of(in, key, points);
    if (contest.strategies.size() > 1 && contest.rounds.size() > 1)
      out.push_back(std::move(contest));
  }
  return out;
}

std::optional<Estimate> meeting_size(const Contest& contest, const Strategy& a, const Strategy& b) {
  if (a.fit->misleads() || b.fit->misleads()) return std::nullopt;
  const auto operations = meeting_of(*a.fit, *b.fit);
  return operations ? std::optional(in_sizes(contest, *operations)) : std::nullopt;
}

std::vector<Crossover> crossovers_of(const Contest& contest) {
  std::vector<Crossover> out;
  const std::vector<std::size_t> known = rounds_with_all_chosen(contest);
  for (std::size_t i = 1; i < known.size(); ++i) {
    const std::size_t k = known[i - 1], next = known[i];
    const Round &below = contest.rounds[k], &above = contest.rounds[next];
    if (below.choice == above.choice) continue;
    const Strategy &from = contest.strategies[below.choice], &to = contest.strategies[above.choice];
    Crossover crossover{below.choice, above.choice, k, next, {}, {}, {}, false};
    if (from.fit->misleads() || to.fit->misleads()) {
      crossover.refused = "a straight line does not describe the times of both";
    } else {
      crossover.operations = meeting_of(*from.fit, *to.fit);
    }
    if (crossover.operations) {
      crossover.size = in_sizes(contest, *crossover.operations);
      const auto& interval = crossover.size->interval;
      const double low = interval ? interval->low : crossover.size->value;
      const double high = interval ? interval->high : crossover.size->value;
      crossover.agrees = low <= above.size_value && high >= below.size_value;
    }
    out.push_back(crossover);
  }
  return out;
}

}  // namespace scalelaw::harness

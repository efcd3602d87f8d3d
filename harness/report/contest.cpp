#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "common/json_text.hpp"
#include "harness/laws/efficiency.hpp"
#include "harness/laws/series.hpp"
#include "harness/report/advise.hpp"
#include "harness/report/report.hpp"

namespace scalelaw {
namespace {

struct Reader {
  const Results& results;
  std::vector<Summary> summaries = summarize_all(results);
  SampleIndex samples = index_samples(results);

  [[nodiscard]] const Point& at(std::int64_t i) const {
    return results.points[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] bool usable(std::int64_t i) const {
    const Point& p = at(i);
    return !is_ceiling(p) && p.scaling == Scaling::strong && p.implementation == "scalelaw" &&
           !p.oversubscribed && has_time(p, summaries[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] double median_s(std::int64_t i) const {
    return summaries[static_cast<std::size_t>(i)].median_s;
  }
};

nlohmann::json without(nlohmann::json params, const std::string& name) {
  params.erase(name);
  return params;
}

/// The numeric parameter in which two points differ alone, with different operations: the size.
std::optional<std::string> varying_size(const Point& a, const Point& b) {
  if (a.kernel != b.kernel || operations_of(a) == operations_of(b)) return std::nullopt;
  for (const auto& [name, value] : a.params.items()) {
    if (!value.is_number() || !b.params.contains(name) || b.params[name] == value) continue;
    if (without(a.params, name) == without(b.params, name)) return name;
  }
  return std::nullopt;
}

/// Kernel, size parameter and the rest of the parameters: what makes a contest.
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
    groups[{p.kernel, name->second, serialize(without(p.params, name->second))}].push_back(i);
  }
  return groups;
}

/// What a launch spends on other things than the numeric work, as a share of the time.
double overhead_share(const std::vector<const Sample*>& timed) {
  std::vector<double> shares;
  for (const Sample* s : timed) {
    shares.push_back(1 - std::min(1.0, (s->compute_s + s->prepare_s + s->finish_s) / s->total_s));
  }
  return shares.empty() ? 0 : median(shares);
}

void fit_strategy(const Reader& in, const Contest& contest, Strategy& strategy) {
  std::vector<Observation> observations;
  std::vector<LogTime> times;
  for (std::size_t k = 0; k < strategy.points.size(); ++k) {
    if (strategy.points[k] < 0) continue;
    const auto index = static_cast<std::size_t>(strategy.points[k]);
    times.push_back(log_time(in.summaries[index].times_s()));
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

constexpr double as_fast_within = 0.10;

void judge_round(const Reader& in, Contest& contest, std::size_t k) {
  Round& round = contest.rounds[k];
  const std::vector<std::size_t> order = ranking_at(in, contest, k);
  const auto times_of = [&](std::size_t s) {
    return in.summaries[static_cast<std::size_t>(contest.strategies[s].points[k])].times_s();
  };
  round.fastest = round.choice = order.front();
  for (const std::size_t s : order) {
    const Ratio ratio = ratio_over_launches(times_of(s), times_of(round.fastest));
    const bool told_apart = ratio.interval && ratio.interval->low > 1;
    if (s != round.fastest && (told_apart || ratio.value > 1 + as_fast_within)) continue;
    round.as_fast.push_back(s);
    round.choice = std::min(round.choice, s);  // strategies stand with the simplest first
  }
  const Model model = contest.strategies[round.choice].model;
  for (const std::size_t s : order) {
    const bool tied =
        std::find(round.as_fast.begin(), round.as_fast.end(), s) != round.as_fast.end();
    if (tied || contest.strategies[s].model == model) continue;
    round.next = s;
    break;
  }
  std::erase(round.as_fast, round.choice);
}

Contest contest_of(const Reader& in, const Key& key, const std::vector<std::int64_t>& points) {
  Contest contest;
  contest.size_name = std::get<1>(key);
  Point common = in.at(points.front());
  common.params = without(common.params, contest.size_name);
  contest.work = work_label(common);
  std::map<double, nlohmann::json> sizes;
  std::map<std::pair<Model, Placement>, std::vector<std::int64_t>> ways;
  for (const std::int64_t i : points) {
    sizes[operations_of(in.at(i))] = in.at(i).params[contest.size_name];
    ways[{in.at(i).model, in.at(i).placement}].push_back(i);
  }
  std::vector<double> operations;
  for (const auto& [count, size] : sizes) {
    operations.push_back(count);
    contest.rounds.push_back({serialize(size), size.get<double>(), count, 0, 0, {}, {}});
  }
  for (const auto& [way, of_way] : ways) {
    Strategy strategy{way.first, way.second, std::vector<std::int64_t>(sizes.size(), -1), {}, 0};
    for (const std::int64_t i : of_way) {
      const auto place =
          std::lower_bound(operations.begin(), operations.end(), operations_of(in.at(i)));
      auto& held = strategy.points[static_cast<std::size_t>(place - operations.begin())];
      if (held < 0 || in.median_s(i) < in.median_s(held)) held = i;  // of several options, the best
    }
    fit_strategy(in, contest, strategy);
    contest.strategies.push_back(std::move(strategy));
  }
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) judge_round(in, contest, k);
  return contest;
}

/// The size with so many operations: straight lines between the rounds, in logarithms.
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

/// Where two straight lines meet, a (fixed, per work) and b; NaN when they do not at positive
/// sizes.
double meeting(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
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

}  // namespace

std::vector<Contest> contests_of(const Results& results) {
  const Reader in{results};
  std::vector<Contest> out;
  for (const auto& [key, points] : groups_of(in)) {
    Contest contest = contest_of(in, key, points);
    if (contest.strategies.size() > 1 && contest.rounds.size() > 1)
      out.push_back(std::move(contest));
  }
  return out;
}

std::vector<Crossover> crossovers_of(const Contest& contest) {
  std::vector<Crossover> out;
  for (std::size_t k = 0; k + 1 < contest.rounds.size(); ++k) {
    const Round &below = contest.rounds[k], &above = contest.rounds[k + 1];
    if (below.choice == above.choice) continue;
    Crossover crossover{below.choice, above.choice, k, {}, {}, false};
    crossover.operations =
        meeting_of(*contest.strategies[below.choice].fit, *contest.strategies[above.choice].fit);
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

}  // namespace scalelaw

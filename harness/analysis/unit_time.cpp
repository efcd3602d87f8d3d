#include "harness/analysis/unit_time.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "harness/laws/efficiency.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unknown_s = std::numeric_limits<double>::quiet_NaN();

/// The processor time of all workers in a sample's items; NaN where a driver does not say it.
double busy_s(const Sample& sample) {
  double out = 0;
  for (const RankTimes& rank : sample.ranks) {
    if (rank.busy_s.empty()) return unknown_s;
    for (const double seconds : rank.busy_s) out += seconds;
  }
  return sample.ranks.empty() || out <= 0 ? unknown_s : out;
}

/// The unit of work of all points, and how many units each has; nothing where these differ.
struct Units {
  std::string name;
  double count = 0;
};

Units units_of(const Results& results, const Contest& contest) {
  std::set<std::pair<std::string, double>> found;
  for (const Strategy& strategy : contest.strategies) {
    for (const std::int64_t i : strategy.points) {
      if (i < 0) continue;
      const nlohmann::json& work = results.points[static_cast<std::size_t>(i)].work;
      found.emplace(work.value("unit", ""), work.value("amount", 0.0));
    }
  }
  if (found.size() != 1 || !(found.begin()->second > 0)) return {};
  const std::string& plural = found.begin()->first;
  if (!plural.ends_with("s")) return {};
  return {plural.substr(0, plural.size() - 1), found.begin()->second};
}

}  // namespace

double UnitTime::at(const Contest& contest, double size) const {
  std::vector<std::pair<double, double>> known;  // logarithms of sizes and seconds
  for (std::size_t k = 0; k < seconds.size(); ++k) {
    if (!(seconds[k] > 0) || !(contest.rounds[k].size_value > 0)) continue;
    known.emplace_back(std::log(contest.rounds[k].size_value), std::log(seconds[k]));
  }
  if (known.size() < 2 || !(size > 0)) return unknown_s;
  std::size_t k = 1;
  while (k + 1 < known.size() && known[k].first < std::log(size)) ++k;
  const auto &a = known[k - 1], &b = known[k];
  const double along = (std::log(size) - a.first) / (b.first - a.first);
  return std::exp(a.second + along * (b.second - a.second));
}

UnitTime unit_time(const Results& results, const Contest& contest,
                   const std::vector<std::size_t>& entrants) {
  const Units units = units_of(results, contest);
  UnitTime out{units.name, std::vector<double>(contest.rounds.size(), unknown_s)};
  if (units.name.empty()) return out;
  const SampleIndex samples = index_samples(results);
  for (const std::size_t s : entrants) {
    for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
      const std::int64_t point = contest.strategies[s].points[k];
      if (point < 0) continue;
      const double each_s = median_over_launches(samples.timed[static_cast<std::size_t>(point)],
                                                 samples.allocations, busy_s) /
                            units.count;
      if (each_s > 0 && !(out.seconds[k] <= each_s)) out.seconds[k] = each_s;
    }
  }
  return out;
}

}  // namespace scalelaw::harness

#include "harness/statistics/change_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "common/error.hpp"
#include "harness/statistics/level_scan.hpp"
#include "harness/statistics/rank_estimates.hpp"

namespace scalelaw::harness {
namespace {

/// What is known of a line so far.
struct Known {
  const Line* line = nullptr;
  Changes changes;
  double slope = 0;  ///< per campaign, once there is a trend

  /// The ends of its segments: [0, first step), ... up to the last value.
  [[nodiscard]] std::vector<std::size_t> ends() const {
    std::vector<std::size_t> out;
    for (const Step& step : changes.steps) out.push_back(step.first);
    out.push_back(line->value.size());
    return out;
  }
  [[nodiscard]] std::vector<Stretch> stretches() const {
    std::vector<Stretch> out;
    std::size_t begin = 0;
    for (const std::size_t end : ends()) {
      Stretch& stretch = out.emplace_back();
      for (; begin < end; ++begin) {
        stretch.x.push_back(static_cast<double>(line->at[begin]));
        stretch.y.push_back(line->value[begin]);
      }
    }
    return out;
  }
  void refit() {
    if (changes.trend_p_value) slope = common_slope(stretches()).value;
  }
  [[nodiscard]] double without_trend(std::size_t i) const {
    return line->value[i] - slope * static_cast<double>(line->at[i]);
  }
};

/// Values without their trend, Winsorised, with mean 0 and standard deviation 1.
/// Empty when they are all alike: rounding is no noise.
std::vector<double> standardized(const Known& known, std::size_t begin, std::size_t end) {
  std::vector<double> x;
  for (std::size_t i = begin; i < end; ++i) x.push_back(known.without_trend(i));
  const double centre = median(x);
  std::vector<double> distance;
  for (const double value : x) distance.push_back(std::abs(value - centre));
  constexpr double normal = 1.4826;  // standard deviation / median absolute deviation
  const double most = 3 * normal * median(distance);
  if (most > 0) {
    for (double& value : x) value = std::clamp(value, centre - most, centre + most);
  }
  const auto n = static_cast<double>(x.size());
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double squares = 0;
  for (double& value : x) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / n);
  constexpr double rounding = 1e-9;
  if (deviation < rounding) return {};
  for (double& value : x) value = (value - mean) / deviation;
  return x;
}

/// A segment that may hold a step.
struct Segment {
  std::size_t line = 0;
  std::size_t begin = 0;        ///< position in the line
  std::vector<double> scores;   ///< standardized()
  std::vector<double> centred;  ///< its campaigns' numbers less their mean
  std::size_t pattern = 0;      ///< which list of campaigns it has
  const LevelScan* scan = nullptr;
};

/// One statistic: the clearest step of a segment, or the slope of a line.
struct Statistic {
  std::size_t line = 0;
  std::size_t segment = 0;  ///< index; of a slope: the line's first
  bool slope = false;
  Split observed;
  std::vector<double> chance;  ///< its values in the permutations
  double p_value = 1;
};

/// All segments and statistics of one look at the lines, and their distribution without changes.
class Look {
 public:
  explicit Look(const std::vector<Known>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) add(lines[i], i);
  }

  /// Fills the p-values.
  void judge(std::size_t permutations, std::uint64_t seed);

  [[nodiscard]] const std::vector<Statistic>& statistics() const { return statistics_; }
  [[nodiscard]] const Segment& segment(const Statistic& of) const { return segments_[of.segment]; }

 private:
  void add(const Known& known, std::size_t number);
  void add_slope(std::size_t line, std::size_t first_segment);
  [[nodiscard]] double slope_of(const Statistic& statistic,
                                const std::vector<std::vector<std::size_t>>* orders) const;

  std::vector<Segment> segments_;
  std::vector<Statistic> statistics_;
  std::vector<std::vector<std::size_t>> patterns_;  ///< lists of campaigns
  std::map<std::vector<std::size_t>, std::size_t> numbers_;
  std::map<std::size_t, LevelScan> scans_;
};

void Look::add(const Known& known, std::size_t number) {
  const std::size_t first_segment = segments_.size();
  std::size_t begin = 0;
  for (const std::size_t end : known.ends()) {
    const std::size_t from = std::exchange(begin, end), n = end - from;
    if (n < 2 * shortest_segment) continue;
    Segment segment{.line = number,
                    .begin = from,
                    .scores = standardized(known, from, end),
                    .centred = {},
                    .pattern = 0,
                    .scan = &scans_.try_emplace(n, n, shortest_segment).first->second};
    if (segment.scores.empty()) continue;
    const auto at = known.line->at.begin() + static_cast<std::ptrdiff_t>(from);
    const std::vector<std::size_t> campaigns(at, at + static_cast<std::ptrdiff_t>(n));
    const double mean =
        std::accumulate(campaigns.begin(), campaigns.end(), 0.0) / static_cast<double>(n);
    for (const std::size_t c : campaigns) segment.centred.push_back(static_cast<double>(c) - mean);
    segment.pattern = numbers_.try_emplace(campaigns, patterns_.size()).first->second;
    if (segment.pattern == patterns_.size()) patterns_.push_back(campaigns);
    Statistic step;
    step.line = number;
    step.segment = segments_.size();
    step.observed = segment.scan->largest(segment.scores);
    statistics_.push_back(std::move(step));
    segments_.push_back(std::move(segment));
  }
  if (!known.changes.trend_p_value && segments_.size() > first_segment) {
    add_slope(number, first_segment);
  }
}

void Look::add_slope(std::size_t line, std::size_t first_segment) {
  Statistic slope;
  slope.line = line;
  slope.segment = first_segment;
  slope.slope = true;
  slope.observed.score = slope_of(slope, nullptr);
  statistics_.push_back(std::move(slope));
}

/// |sum of products of scores and campaigns| in standard deviations, over the line's segments.
double Look::slope_of(const Statistic& statistic,
                      const std::vector<std::vector<std::size_t>>* orders) const {
  double products = 0, variance = 0;
  for (std::size_t s = statistic.segment;
       s < segments_.size() && segments_[s].line == statistic.line; ++s) {
    const Segment& segment = segments_[s];
    const std::size_t n = segment.scores.size();
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t from = orders == nullptr ? i : (*orders)[segment.pattern][i];
      products += segment.centred[i] * segment.scores[from];
      squares += segment.centred[i] * segment.centred[i];
    }
    variance += squares * static_cast<double>(n) / static_cast<double>(n - 1);
  }
  return std::abs(products) / std::sqrt(variance);
}

/// Turns a statistic and its values by chance into numbers of the same scale for all.
void standardize(Statistic& statistic) {
  const auto n = static_cast<double>(statistic.chance.size() + 1);
  double sum = statistic.observed.score;
  for (const double value : statistic.chance) sum += value;
  const double mean = sum / n;
  double squares = std::pow(statistic.observed.score - mean, 2);
  for (const double value : statistic.chance) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / n);
  const auto scaled = [&](double value) { return deviation > 0 ? (value - mean) / deviation : 0; };
  statistic.observed.score = scaled(statistic.observed.score);
  for (double& value : statistic.chance) value = scaled(value);
}

void Look::judge(std::size_t permutations, std::uint64_t seed) {
  std::size_t campaigns = 0;
  for (const auto& pattern : patterns_) campaigns = std::max(campaigns, pattern.back() + 1);
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> keys(campaigns);
  std::vector<std::vector<std::size_t>> orders(patterns_.size());
  std::vector<double> shuffled;
  for (std::size_t b = 0; b < permutations; ++b) {
    for (std::uint64_t& key : keys) key = random();
    for (std::size_t p = 0; p < patterns_.size(); ++p) {
      const auto& pattern = patterns_[p];
      orders[p].resize(pattern.size());
      std::iota(orders[p].begin(), orders[p].end(), 0);
      std::sort(orders[p].begin(), orders[p].end(),
                [&](std::size_t i, std::size_t j) { return keys[pattern[i]] < keys[pattern[j]]; });
    }
    for (Statistic& statistic : statistics_) {
      if (statistic.slope) {
        statistic.chance.push_back(slope_of(statistic, &orders));
        continue;
      }
      const Segment& segment = segments_[statistic.segment];
      shuffled.clear();
      for (const std::size_t i : orders[segment.pattern]) shuffled.push_back(segment.scores[i]);
      statistic.chance.push_back(segment.scan->largest(shuffled).score);
    }
  }
  std::vector<double> largest(permutations, -1e300);
  for (Statistic& statistic : statistics_) {
    standardize(statistic);
    for (std::size_t b = 0; b < permutations; ++b) {
      largest[b] = std::max(largest[b], statistic.chance[b]);
    }
  }
  constexpr double rounding = 1e-9;
  for (Statistic& statistic : statistics_) {
    const auto as_large = std::count_if(largest.begin(), largest.end(), [&](double value) {
      return value >= statistic.observed.score - rounding;
    });
    statistic.p_value = static_cast<double>(as_large + 1) / static_cast<double>(permutations + 1);
  }
}

/// Whether a straight line describes a segment better than the best steps do.
bool is_straight(const Segment& segment) {
  constexpr std::size_t most_pieces = 10;
  constexpr double exact = 1e-12;  // squares per value below this are rounding
  const auto n = static_cast<double>(segment.scores.size());
  const auto criterion = [&](double squares, double parameters) {
    return n * std::log(std::max(exact, squares / n)) + parameters * std::log(n);
  };
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < segment.scores.size(); ++i) {
    products += segment.centred[i] * segment.scores[i];
    squares += segment.centred[i] * segment.centred[i];
  }
  const double line = criterion(n - products * products / squares, 2);  // their squares sum to n
  for (const Pieces& pieces : best_pieces(segment.scores, shortest_segment, most_pieces)) {
    if (pieces.count == 1) continue;
    const double parameters = 2 * static_cast<double>(pieces.count) - 1;  // levels and places
    if (criterion(pieces.squares, parameters) <= line) return false;
  }
  return true;
}

void add_step(Known& known, const Step& step) {
  auto& steps = known.changes.steps;
  steps.insert(std::upper_bound(steps.begin(), steps.end(), step,
                                [](const Step& a, const Step& b) { return a.first < b.first; }),
               step);
  known.refit();
}

/// Adds what the statistics of each line have found.  Whether they found anything.
bool take(std::vector<Known>& lines, const Look& look, double false_alarms) {
  bool any = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Statistic *step = nullptr, *clearest = nullptr;
    for (const Statistic& statistic : look.statistics()) {
      if (statistic.line != i) continue;
      const bool clearer = step == nullptr || statistic.observed.score > step->observed.score;
      if (!statistic.slope && clearer) step = &statistic;
      if (clearest == nullptr || statistic.p_value < clearest->p_value) clearest = &statistic;
    }
    if (clearest == nullptr || clearest->p_value > false_alarms) continue;
    any = true;
    Known& known = lines[i];
    const Segment& segment = look.segment(*step);
    if (!known.changes.trend_p_value && is_straight(segment)) {
      known.changes.trend_p_value = clearest->p_value;
      known.refit();
    } else {
      add_step(known, {segment.begin + step->observed.first, clearest->p_value});
    }
  }
  return any;
}

/// The sum of distances of values from their median.
double distance_from_median(std::span<const double> values) {
  const double centre = median(values);
  double sum = 0;
  for (const double value : values) sum += std::abs(value - centre);
  return sum;
}

/// Moves each step to the best place between its neighbours, which were not known when it was
/// found: where the values on each side are nearest to their medians.  This takes the values as
/// they are, because a large step would be cut.
void place_steps(Known& known) {
  auto& steps = known.changes.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : steps[i - 1].first;
    const std::size_t end = i + 1 == steps.size() ? known.line->value.size() : steps[i + 1].first;
    std::vector<double> values;
    for (std::size_t k = begin; k < end; ++k) values.push_back(known.without_trend(k));
    const std::span<const double> all(values);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = shortest_segment; k + shortest_segment <= all.size(); ++k) {
      const double distance =
          distance_from_median(all.first(k)) + distance_from_median(all.subspan(k));
      if (distance >= least) continue;
      least = distance;
      steps[i].first = begin + k;
    }
  }
  known.refit();
}

/// A trend that steps found later explain is none.
void drop_explained_trend(Known& known) {
  if (!known.changes.trend_p_value || known.changes.steps.empty()) return;
  const auto interval = common_slope(known.stretches()).interval;
  if (interval && (interval->low > 0 || interval->high < 0)) return;
  known.changes.trend_p_value.reset();
  known.slope = 0;
  place_steps(known);
}

void require_valid(std::span<const Line> lines, double false_alarms) {
  if (!(false_alarms >= 0.001 && false_alarms <= 0.5)) {
    throw Error(fmt::format("a rate of false alarms cannot be {}", false_alarms),
                "give a share from 0.001 to 0.5, or per cent: 1%");
  }
  for (const Line& line : lines) {
    const bool finite = std::all_of(line.value.begin(), line.value.end(),
                                    [](double value) { return std::isfinite(value); });
    if (line.at.size() == line.value.size() && finite &&
        std::adjacent_find(line.at.begin(), line.at.end(), std::greater_equal<>()) ==
            line.at.end()) {
      continue;
    }
    throw Error("a line of a history needs one finite value for each of its campaigns, in order");
  }
}

}  // namespace

std::size_t fewest_for_a_step(double false_alarms) {
  // Two of the ways to choose the values on one side look most like a step: the largest, or the
  // smallest.
  std::size_t n = 2 * shortest_segment;
  for (double ways = 20; 2 / ways > false_alarms; ++n) {
    ways *= static_cast<double>(n + 1) / static_cast<double>(n + 1 - (n + 1) / 2);
  }
  return n;
}

std::vector<Changes> find_changes(std::span<const Line> lines, double false_alarms,
                                  std::uint64_t seed) {
  require_valid(lines, false_alarms);
  // Enough that the rate is known to a seventh of itself.
  const auto permutations = static_cast<std::size_t>(std::max(999.0, 20 / false_alarms - 1));
  std::vector<Known> known;
  for (const Line& line : lines) known.push_back({.line = &line, .changes = {}});
  for (bool more = true; more; ++seed) {
    Look look(known);
    if (look.statistics().empty()) break;
    look.judge(permutations, seed);
    more = take(known, look, false_alarms);
  }
  std::vector<Changes> out;
  for (Known& line : known) {
    place_steps(line);
    drop_explained_trend(line);
    out.push_back(std::move(line.changes));
  }
  return out;
}

}  // namespace scalelaw::harness

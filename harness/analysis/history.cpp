#include "harness/analysis/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "common/error.hpp"
#include "harness/analysis/iso_time.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/simulated_part.hpp"
#include "harness/statistics/change_points.hpp"
#include "harness/statistics/rank_estimates.hpp"

namespace scalelaw::harness {
namespace {

constexpr double seconds_per_day = 86'400, days_per_month = 30, least_days = 7;

Bracketed time_of(const Point& point, const Summary& summary) {
  Bracketed out;
  if (!has_time(point, summary) || !(summary.median_s > 0)) return out;
  out.value = summary.median_s;
  if (summary.interval_s) {
    out.low = summary.interval_s->low;
    out.high = summary.interval_s->high;
  }
  return out;
}

/// Whether one is a copy of the other, or the same campaign at another moment.
bool is_same(const PastCampaign& a, const PastCampaign& b) {
  if (std::tie(a.name, a.started, a.first_launch) != std::tie(b.name, b.started, b.first_launch)) {
    return false;
  }
  for (const auto& [name, value] : a.environment) {  // the driver's is added at the end
    const auto found = b.environment.find(name);
    if (!name.starts_with("driver.") && (found == b.environment.end() || found->second != value)) {
      return false;
    }
  }
  const std::size_t common = std::min(a.samples_s.size(), b.samples_s.size());
  return std::equal(a.samples_s.begin(), a.samples_s.begin() + static_cast<std::ptrdiff_t>(common),
                    b.samples_s.begin());
}

/// Puts the campaigns in order, each once.
void order(History& history, std::vector<PastCampaign> campaigns) {
  std::stable_sort(
      campaigns.begin(), campaigns.end(), [](const PastCampaign& a, const PastCampaign& b) {
        return std::tie(a.started, a.first_launch) < std::tie(b.started, b.first_launch);
      });
  for (PastCampaign& campaign : campaigns) {
    const auto twin =
        std::find_if(history.campaigns.begin(), history.campaigns.end(),
                     [&](const PastCampaign& other) { return is_same(other, campaign); });
    if (twin == history.campaigns.end()) {
      history.campaigns.push_back(std::move(campaign));
      continue;
    }
    if (twin->samples_s.size() < campaign.samples_s.size()) std::swap(*twin, campaign);
    history.omitted.push_back(
        {campaign.file, fmt::format("it has the same campaign as '{}'", twin->file)});
  }
}

void line_up(History& history) {
  std::map<std::pair<std::string, TimeSource>, std::size_t> numbers;
  for (std::size_t c = 0; c < history.campaigns.size(); ++c) {
    for (const PastTime& time : history.campaigns[c].times) {
      const auto key = std::pair(time.point.id, time.point.clock);
      const std::size_t number = numbers.try_emplace(key, history.lines.size()).first->second;
      if (number == history.lines.size()) history.lines.emplace_back();
      PastLine& line = history.lines[number];
      line.point = time.point;
      line.clock = time.point.clock;
      if (std::isfinite(time.time_s.value)) {
        line.at.push_back(c);
        line.time_s.push_back(time.time_s);
        line.marks.push_back(time.marks);
      } else {
        line.left_out.push_back({c, time.point.state, time.point.reason});
      }
    }
  }
}

Line log_line(const PastLine& line) {
  Line out{line.at, {}};
  for (const Bracketed& time : line.time_s) out.value.push_back(std::log(time.value));
  return out;
}

/// The line between its steps, with the campaigns' numbers or their days as x.
std::vector<Stretch> stretches_of(const Line& line, const std::vector<Step>& steps,
                                  const std::vector<double>& x) {
  std::vector<Stretch> out(1);
  for (std::size_t i = 0; i < line.value.size(); ++i) {
    const bool begins =
        std::any_of(steps.begin(), steps.end(), [i](const Step& step) { return step.first == i; });
    if (begins) out.emplace_back();
    out.back().x.push_back(x[i]);
    out.back().y.push_back(line.value[i]);
  }
  return out;
}

/// exp() of a slope or a shift of logarithms.
Ratio as_ratio(const Ratio& logarithm, double factor = 1) {
  Ratio out{std::exp(factor * logarithm.value), std::nullopt};
  if (logarithm.interval) {
    out.interval = Interval{.low = std::exp(factor * logarithm.interval->low),
                            .high = std::exp(factor * logarithm.interval->high),
                            .confidence = logarithm.interval->confidence};
  }
  return out;
}

/// Days since the first campaign of a line; empty where a start is unknown, or in a short history.
std::vector<double> days_of(const History& history, const PastLine& line) {
  std::vector<double> out;
  double first = 0;
  for (const std::size_t c : line.at) {
    const auto seconds = seconds_of_iso(history.campaigns[c].started);
    if (!seconds) return {};
    if (out.empty()) first = static_cast<double>(*seconds);
    out.push_back((static_cast<double>(*seconds) - first) / seconds_per_day);
  }
  return !out.empty() && out.back() >= least_days ? out : std::vector<double>{};
}

LevelTrend trend_of(const History& history, const PastLine& line, const Line& logs,
                    const std::vector<Step>& steps, double p_value) {
  const std::vector<double> numbers(line.at.begin(), line.at.end());
  LevelTrend out{.per_campaign = as_ratio(common_slope(stretches_of(logs, steps, numbers))),
                 .per_month = {},
                 .p_value = p_value};
  if (const std::vector<double> days = days_of(history, line); !days.empty()) {
    out.per_month = as_ratio(common_slope(stretches_of(logs, steps, days)), days_per_month);
  }
  return out;
}

std::vector<EnvironmentChange> changed_at(const History& history, const LevelStep& step) {
  std::vector<EnvironmentChange> out = changes_between(history.campaigns[step.before].explaining,
                                                       history.campaigns[step.first].explaining);
  std::map<std::string, std::size_t> times;
  for (const EnvironmentChange& change : out) {
    times[change.name] = history.times_changed(change.name);
  }
  std::stable_sort(out.begin(), out.end(),
                   [&](const EnvironmentChange& a, const EnvironmentChange& b) {
                     return times[a.name] < times[b.name];
                   });
  return out;
}

/// 1.4826 x the median distance from the segments' medians: the standard deviation of normal noise.
double noise_of(const std::vector<Stretch>& flat) {
  constexpr double normal = 1.4826;
  std::vector<double> distance;
  for (const Stretch& stretch : flat) {
    const double centre = median(stretch.y);
    for (const double y : stretch.y) distance.push_back(std::abs(y - centre));
  }
  return distance.size() < shortest_segment ? unknown_number : normal * median(distance);
}

/// The seconds of each value of a line without its noise: the median between two steps, along the
/// trend whose logarithm per campaign is `slope`.
std::vector<double> levels_of(const std::vector<Stretch>& flat, double slope) {
  std::vector<double> out;
  for (const Stretch& stretch : flat) {
    const double centre = median(stretch.y);
    for (const double number : stretch.x) out.push_back(std::exp(centre + slope * number));
  }
  return out;
}

/// Fills what changed in a line.
void describe(const History& history, PastLine& line, const Changes& changes) {
  if (line.at.empty()) {
    line.noise = unknown_number;
    return;
  }
  Line logs = log_line(line);
  double slope = 0;
  if (changes.trend_p_value) {
    line.trend = trend_of(history, line, logs, changes.steps, *changes.trend_p_value);
    slope = std::log(line.trend->per_campaign.value);
    for (std::size_t i = 0; i < logs.at.size(); ++i) {
      logs.value[i] -= slope * static_cast<double>(logs.at[i]);
    }
  }
  const std::vector<double> numbers(line.at.begin(), line.at.end());
  const std::vector<Stretch> flat = stretches_of(logs, changes.steps, numbers);
  line.noise = noise_of(flat);
  line.level_s = levels_of(flat, slope);
  for (std::size_t i = 0; i < changes.steps.size(); ++i) {
    const Step& found = changes.steps[i];
    LevelStep step{.before = line.at[found.first - 1],
                   .first = line.at[found.first],
                   .ratio = as_ratio(level_shift(flat[i].y, flat[i + 1].y)),
                   .p_value = found.p_value,
                   .changed = {}};
    step.changed = changed_at(history, step);
    line.steps.push_back(std::move(step));
  }
}

}  // namespace

std::string PastCampaign::entry(const std::string& key) const {
  const auto found = environment.find(key);
  return found == environment.end() ? "unknown" : found->second;
}

PastCampaign past_campaign(const std::string& file, Results results,
                           const std::function<bool(const Point&)>& wanted) {
  results = without_measured(std::move(results));
  PastCampaign out{.file = file,
                   .name = results.name,
                   .started = results.started,
                   .first_launch = results.launches.empty() ? "" : results.launches[0].started,
                   .environment = results.environment,
                   .explaining = explaining_entries(results),
                   .times = {},
                   .samples_s = {}};
  const std::vector<Summary> summaries = summarize_all(results);
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (is_ceiling(point) || !wanted(point)) continue;
    out.times.push_back({.point = point,
                         .time_s = time_of(point, summaries[i]),
                         .launches = static_cast<std::int64_t>(summaries[i].launches.size()),
                         .marks = marks_of(point, summaries[i])});
  }
  for (const Sample& sample : results.samples) out.samples_s.push_back(sample.total_s);
  return out;
}

std::size_t History::times_changed(const std::string& name) const {
  std::size_t times = 0;
  for (std::size_t c = 1; c < campaigns.size(); ++c) {
    const auto before = campaigns[c - 1].explaining.find(name);
    const auto after = campaigns[c].explaining.find(name);
    const bool was = before != campaigns[c - 1].explaining.end();
    const bool is = after != campaigns[c].explaining.end();
    times += was != is || (was && before->second != after->second) ? 1 : 0;
  }
  return times;
}

History make_history(std::vector<PastCampaign> campaigns, double false_alarms) {
  if (campaigns.empty()) {
    throw Error("a history of no results files was asked for",
                "name results files (.h5), or folders that contain some");
  }
  History out;
  out.false_alarms = false_alarms;
  out.fewest = fewest_for_a_step(false_alarms);
  order(out, std::move(campaigns));
  line_up(out);
  if (out.lines.empty()) {
    throw Error("no point of these results files is left",
                "check --filter; scalelaw report FILE lists the points of a file");
  }
  std::vector<Line> lines;
  for (const PastLine& line : out.lines) lines.push_back(log_line(line));
  const std::vector<Changes> changes = find_changes(lines, false_alarms);
  for (std::size_t i = 0; i < out.lines.size(); ++i) describe(out, out.lines[i], changes[i]);
  return out;
}

}  // namespace scalelaw::harness

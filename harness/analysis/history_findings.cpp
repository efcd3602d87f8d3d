#include "harness/analysis/history_findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::size_t most_changes = 3;  // of the environment, in one sentence

Finding finding(HistoryFindingKind kind, std::string text) {
  Finding out;
  out.kind = to_string(kind);
  out.text = std::move(text);
  return out;
}

Finding finding(HistoryFindingKind kind, std::string text, const Ratio& ratio, std::size_t line) {
  Finding out = finding(kind, std::move(text));
  out.value = ratio.value;
  if (ratio.interval) {
    out.low = ratio.interval->low;
    out.high = ratio.interval->high;
  }
  out.point = static_cast<std::int64_t>(line);
  return out;
}

/// "5.0 % more time [4.8, 5.2]", "5.0 % less time [4.8, 5.2]".
std::string change_of_time(const Ratio& ratio) {
  const bool more = ratio.value >= 1;
  const auto share = [&](double value) { return 100 * (more ? value - 1 : 1 - value); };
  std::string text = fmt::format("{:.1f} % {} time", share(ratio.value), more ? "more" : "less");
  if (!ratio.interval) return text;
  double low = share(ratio.interval->low), high = share(ratio.interval->high);
  if (!more) std::swap(low, high);
  return text + fmt::format(" [{:.1f}, {:.1f}]", low, high);
}

/// "dot_product length=1000, openmp 1x1x4".
std::string label(const PastLine& line) {
  return point_label(line.point);
}

/// One step of one line.
struct Found {
  std::size_t line = 0;
  const LevelStep* step = nullptr;
  [[nodiscard]] double size() const { return std::abs(std::log(step->ratio.value)); }
};

/// The entries that changed at every one of these steps, and what to say of them.
std::string changed_text(const std::vector<Found>& steps) {
  std::vector<std::string> shown;
  std::size_t common = 0;
  for (const EnvironmentChange& change : steps.front().step->changed) {
    const bool everywhere = std::all_of(steps.begin(), steps.end(), [&](const Found& found) {
      const auto& other = found.step->changed;
      return std::any_of(other.begin(), other.end(),
                         [&](const auto& one) { return one.name == change.name; });
    });
    if (!everywhere) continue;
    ++common;
    if (shown.size() < most_changes) shown.push_back(change_text(change));
  }
  if (common == 0) return "; no recorded entry of the environment changed there";
  std::string text = fmt::format("; changed there: {}", fmt::join(shown, ", "));
  if (common > shown.size()) text += fmt::format(" and {} more", common - shown.size());
  return text;
}

Finding step_finding(const History& history, std::size_t campaign, std::vector<Found> steps) {
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Found& a, const Found& b) { return a.size() > b.size(); });
  const Found& most = steps.front();
  const std::string where = "from " + campaign_label(history, campaign) + " on";
  std::string text;
  if (steps.size() == 1) {
    text = fmt::format("{} takes {} {}", label(history.lines[most.line]),
                       change_of_time(most.step->ratio), where);
  } else {
    text = fmt::format("{} of {} take {} time {}; most: {}, {}", steps.size(),
                       counted(history.lines.size(), "point"),
                       most.step->ratio.value > 1 ? "more" : "less", where,
                       label(history.lines[most.line]), change_of_time(most.step->ratio));
  }
  return finding(HistoryFindingKind::step, text + changed_text(steps), most.step->ratio, most.line);
}

void add_steps(const History& history, std::vector<Finding>& out) {
  std::map<std::pair<std::size_t, bool>, std::vector<Found>> at;  // campaign, slower
  for (std::size_t i = 0; i < history.lines.size(); ++i) {
    for (const LevelStep& step : history.lines[i].steps) {
      at[{step.first, step.ratio.value > 1}].push_back({i, &step});
    }
  }
  for (auto group = at.rbegin(); group != at.rend(); ++group) {
    out.push_back(step_finding(history, group->first.first, group->second));
  }
}

void add_trends(const History& history, std::vector<Finding>& out) {
  for (std::size_t i = 0; i < history.lines.size(); ++i) {
    const auto& trend = history.lines[i].trend;
    if (!trend) continue;
    const Ratio& ratio = trend->per_campaign;
    const char* verb = ratio.value > 1 ? "rises" : "falls";
    const auto interval = ratio.interval;
    std::string text = fmt::format("the time of {} {} by {:.2g} % per campaign",
                                   label(history.lines[i]), verb, 100 * std::abs(ratio.value - 1));
    if (interval) {
      const double a = 100 * std::abs(interval->low - 1), b = 100 * std::abs(interval->high - 1);
      text += fmt::format(" [{:.2g}, {:.2g}]", std::min(a, b), std::max(a, b));
    }
    if (trend->per_month) {
      text += fmt::format(", {} per month", signed_percent(trend->per_month->value - 1));
    }
    out.push_back(finding(HistoryFindingKind::trend, text, ratio, i));
  }
}

void add_machines(const History& history, std::vector<Finding>& out) {
  for (const auto& [name, noun] : {std::pair{"host.name", "hosts"}, {"cpu.model", "processors"}}) {
    std::map<std::string, std::size_t> counts;
    for (const PastCampaign& campaign : history.campaigns) ++counts[campaign.entry(name)];
    if (counts.size() < 2) continue;
    std::vector<std::string> each;
    for (const auto& [value, count] : counts) each.push_back(fmt::format("{} ({})", value, count));
    out.push_back(finding(
        HistoryFindingKind::machines,
        fmt::format("the campaigns ran on {} {}: {}", counts.size(), noun, fmt::join(each, ", "))));
    return;  // other hosts may well have other processors
  }
}

void add_left_out(const History& history, std::vector<Finding>& out) {
  std::map<State, std::size_t> states;
  std::size_t points = 0;
  for (const PastLine& line : history.lines) {
    points += line.left_out.empty() ? 0 : 1;
    for (const LeftOut& left : line.left_out) ++states[left.state];
  }
  if (points == 0) return;
  std::vector<std::string> each;
  for (const auto& [state, count] : states) {
    each.push_back(fmt::format("{} {}", count, to_string(state)));
  }
  out.push_back(
      finding(HistoryFindingKind::left_out,
              fmt::format("{} had no time in some campaigns, which are left out there: {}",
                          counted(points, "point"), fmt::join(each, ", "))));
}

void add_clock(const History& history, std::vector<Finding>& out) {
  Results points;
  for (const PastLine& line : history.lines) points.points.push_back(line.point);
  if (auto warning = clock_warning(points)) {
    out.push_back(finding(HistoryFindingKind::clock, *std::move(warning)));
  }
}

/// What the lines are in which nothing was found.
void add_rest(const History& history, std::vector<Finding>& out) {
  std::size_t judged = 0, changed = 0;
  for (const PastLine& line : history.lines) {
    judged += line.at.size() >= history.fewest ? 1 : 0;
    changed += line.trend || !line.steps.empty() ? 1 : 0;
  }
  if (changed == 0 && judged > 0) {
    out.push_back(finding(
        HistoryFindingKind::unchanged,
        fmt::format("no step and no trend in {}; of histories without changes, {} at most would "
                    "show one",
                    counted(judged, "point"), percent(history.false_alarms, 1))));
  }
  if (const std::size_t few = history.lines.size() - judged; few > 0) {
    out.push_back(finding(
        HistoryFindingKind::too_few,
        fmt::format("{} {} a time in fewer than {} campaigns: too few to tell a step from chance",
                    counted(few, "point"), few == 1 ? "has" : "have", history.fewest)));
  }
}

}  // namespace

std::string campaign_label(const History& history, std::size_t campaign) {
  const PastCampaign& past = history.campaigns[campaign];
  return fmt::format("campaign {} ({}, {})", campaign + 1, past.started,
                     std::filesystem::path(past.file).filename().string());
}

std::string change_text(const EnvironmentChange& change) {
  constexpr std::size_t longest = 40;
  const auto cut = [](std::string text) {
    for (char& c : text) c = c == '\n' ? ' ' : c;
    if (text.size() <= longest) return text;
    std::size_t end = longest - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
  };
  return fmt::format("{} {} -> {}", change.name, cut(change.before), cut(change.after));
}

std::vector<Finding> history_findings(const History& history) {
  std::vector<Finding> out;
  add_clock(history, out);
  add_steps(history, out);
  add_trends(history, out);
  add_rest(history, out);
  add_machines(history, out);
  add_left_out(history, out);
  return out;
}

}  // namespace scalelaw::harness

#include "harness/render/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "common/json_text.hpp"
#include "harness/analysis/history_findings.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/json_number.hpp"
#include "harness/render/point_identity.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::size_t most_bars = 16;

/// The cells that name a line.
std::vector<std::string> name_cells(const PastLine& line) {
  return {scaled_label(line.point), runner_label(line.point),
          placement_label(line.point.placement)};
}

/// "+5.0 %", and its interval beside it.
std::string change_cell(const Ratio& ratio) {
  std::string text = signed_percent(ratio.value - 1);
  if (!ratio.interval) return text;
  return text + fmt::format(" [{:+.1f}, {:+.1f}]", 100 * (ratio.interval->low - 1),
                            100 * (ratio.interval->high - 1));
}

std::string changed_cell(const LevelStep& step) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, step.changed.size()); ++i) {
    text += (i == 0 ? "" : "; ") + change_text(step.changed[i]);
  }
  if (step.changed.size() > most) text += fmt::format("; {} more", step.changed.size() - most);
  return text.empty() ? "nothing recorded" : text;
}

Section steps_section(const History& history) {
  Section section;
  section.heading = "Steps";
  section.table.header = {"work", "model", "NxRxT", "from", "time", "p", "changed there"};
  section.table.left = {0, 1, 2, 4, 6};
  section.table.keys = 4;
  for (const PastLine& line : history.lines) {
    for (const LevelStep& step : line.steps) {
      std::vector<std::string> row = name_cells(line);
      row.insert(row.end(), {fmt::format("#{}", step.first + 1), change_cell(step.ratio),
                             fmt::format("{:.2g}", step.p_value), changed_cell(step)});
      section.table.rows.push_back(std::move(row));
    }
  }
  section.after.push_back(
      "p: how often a history without changes would show anything as clear; the interval is that "
      "of the change of level, if this is its place");
  return section;
}

/// The marks that any of a line's times has, by how many times: "busy (3)".
std::string marks_cell(const PastLine& line) {
  std::map<Mark, std::size_t> counts;
  for (const auto& marks : line.marks) {
    for (const Mark mark : marks) ++counts[mark];
  }
  std::string text;
  for (const auto& [mark, count] : counts) {
    text += text.empty() ? "" : ", ";
    text += count == line.marks.size() ? std::string(to_string(mark))
                                       : fmt::format("{} ({})", to_string(mark), count);
  }
  return text;
}

Section lines_section(const History& history) {
  Section section;
  section.heading = "Points";
  section.table.header = {"work", "model", "NxRxT", "n",     "first",    "last",
                          "time", "noise", "steps", "trend", "left out", "marks"};
  section.table.left = {0, 1, 2, 6, 11};
  section.table.keys = 3;
  for (const PastLine& line : history.lines) {
    std::vector<double> times;
    for (const Bracketed& time : line.time_s) times.push_back(time.value);
    std::vector<std::string> row = name_cells(line);
    const auto count = [](std::size_t n) { return n == 0 ? "-" : fmt::format("{}", n); };
    row.insert(row.end(),
               {count(times.size()), times.empty() ? "-" : precise_seconds(times.front()),
                times.empty() ? "-" : precise_seconds(times.back()), bars(times, most_bars),
                percent(line.noise, 1), count(line.steps.size()),
                line.trend ? signed_percent(line.trend->per_campaign.value - 1) : "-",
                count(line.left_out.size()), marks_cell(line)});
    section.table.rows.push_back(std::move(row));
  }
  section.after.emplace_back(
      "n: campaigns with a time; noise: standard deviation between campaigns, beside steps and "
      "trend; trend: per campaign");
  section.after.emplace_back("NxRxT: nodes x ranks per node x threads per rank");
  return section;
}

Section campaigns_section(const History& history) {
  Section section;
  section.heading = "Campaigns";
  section.table.header = {"", "started", "file", "name", "host", "revision"};
  section.table.left = {1, 2, 3, 4, 5};
  for (std::size_t c = 0; c < history.campaigns.size(); ++c) {
    const PastCampaign& past = history.campaigns[c];
    section.table.rows.push_back({fmt::format("#{}", c + 1), past.started, past.file, past.name,
                                  past.entry("host.name"), past.entry("driver.build.revision")});
  }
  return section;
}

std::string span_of(const History& history) {
  const std::string &first = history.campaigns.front().started,
                    &last = history.campaigns.back().started;
  return first == last ? "of " + first : fmt::format("from {} to {}", first, last);
}

using Json = nlohmann::ordered_json;

Json step_json(const History& history, const LevelStep& step) {
  Json changed = Json::array();
  for (const EnvironmentChange& change : step.changed) {
    changed.push_back({{"name", change.name},
                       {"before", change.before},
                       {"after", change.after},
                       {"times_changed", history.times_changed(change.name)}});
  }
  return {{"campaign", step.first},
          {"campaign_before", step.before},
          {"ratio", json_of(step.ratio.value, step.ratio.interval)},
          {"p_value", json_number(step.p_value)},
          {"changed", std::move(changed)}};
}

Json trend_json(const std::optional<LevelTrend>& trend) {
  if (!trend) return nullptr;
  return {
      {"per_campaign", json_of(trend->per_campaign.value, trend->per_campaign.interval)},
      {"per_month", trend->per_month ? json_of(trend->per_month->value, trend->per_month->interval)
                                     : Json(nullptr)},
      {"p_value", json_number(trend->p_value)}};
}

Json times_json(const PastLine& line) {
  Json times = Json::array();
  for (std::size_t i = 0; i < line.at.size(); ++i) {
    times.push_back({{"campaign", line.at[i]},
                     {"median_s", json_number(line.time_s[i].value)},
                     {"low_s", json_number(line.time_s[i].low)},
                     {"high_s", json_number(line.time_s[i].high)},
                     {"level_s", json_number(line.level_s[i])},
                     {"marks", marks_json(line.marks[i])}});
  }
  return times;
}

Json line_json(const History& history, const PastLine& line) {
  Json steps = Json::array(), left_out = Json::array();
  for (const LevelStep& step : line.steps) steps.push_back(step_json(history, step));
  for (const LeftOut& left : line.left_out) {
    left_out.push_back(
        {{"campaign", left.campaign}, {"state", to_string(left.state)}, {"reason", left.reason}});
  }
  Json out = identity_json(line.point);
  out.update(Json{{"clock", to_string(line.clock)},
                  {"times", times_json(line)},
                  {"noise", json_number(line.noise)},
                  {"steps", std::move(steps)},
                  {"trend", trend_json(line.trend)},
                  {"left_out", std::move(left_out)}});
  return out;
}

Json campaigns_json(const History& history) {
  Json campaigns = Json::array();
  for (const PastCampaign& past : history.campaigns) {
    campaigns.push_back({{"file", past.file},
                         {"campaign", past.name},
                         {"started", past.started},
                         {"host", past.entry("host.name")},
                         {"cpu_model", past.entry("cpu.model")},
                         {"revision", past.entry("build.revision")},
                         {"driver_revision", past.entry("driver.build.revision")}});
  }
  return campaigns;
}

}  // namespace

std::string bars(const std::vector<double>& times_s, std::size_t most) {
  constexpr std::array<const char*, 8> heights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (times_s.empty()) return {};
  const std::size_t n = std::min(most, times_s.size());
  const double least = *std::min_element(times_s.begin(), times_s.end());
  const double range =
      std::max(*std::max_element(times_s.begin(), times_s.end()) - least, 0.1 * least);
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    const auto begin = times_s.begin() + static_cast<std::ptrdiff_t>(i * times_s.size() / n);
    const auto end = times_s.begin() + static_cast<std::ptrdiff_t>((i + 1) * times_s.size() / n);
    const double share = (*std::max_element(begin, end) - least) / range;
    out += heights[static_cast<std::size_t>(std::lround(7 * share))];
  }
  return out;
}

std::vector<Section> history_sections(const History& history, bool findings_only) {
  Section findings;
  findings.level = 1;
  findings.heading = fmt::format("History of {} in {} {}", counted(history.lines.size(), "point"),
                                 counted(history.campaigns.size(), "campaign"), span_of(history));
  for (const Finding& finding : history_findings(history)) findings.list.push_back(finding.text);
  for (const OmittedFile& file : history.omitted) {
    findings.after.push_back(fmt::format("omitted: '{}': {}", file.file, file.reason));
  }
  std::vector<Section> out{findings};
  if (findings_only) return out;
  if (Section steps = steps_section(history); !steps.table.rows.empty()) out.push_back(steps);
  out.push_back(lines_section(history));
  out.push_back(campaigns_section(history));
  return out;
}

std::string history_json(const History& history) {
  Json lines = Json::array(), omitted = Json::array(), findings = Json::array();
  for (const PastLine& line : history.lines) lines.push_back(line_json(history, line));
  for (const OmittedFile& file : history.omitted) {
    omitted.push_back({{"file", file.file}, {"reason", file.reason}});
  }
  for (const Finding& finding : history_findings(history)) {
    findings.push_back({{"kind", finding.kind},
                        {"text", finding.text},
                        {"value", json_number(finding.value)},
                        {"low", json_number(finding.low)},
                        {"high", json_number(finding.high)},
                        {"line", finding.point < 0 ? Json(nullptr) : Json(finding.point)}});
  }
  return serialize(Json{{"schema", 1},
                        {"false_alarms", history.false_alarms},
                        {"fewest_campaigns", history.fewest},
                        {"findings", std::move(findings)},
                        {"campaigns", campaigns_json(history)},
                        {"lines", std::move(lines)},
                        {"omitted", std::move(omitted)}},
                   2) +
         "\n";
}

std::string history_csv(const History& history) {
  const auto cell = [](double x) { return std::isfinite(x) ? fmt::format("{}", x) : ""; };
  std::vector<std::string> names = identity_columns();
  names.insert(names.end(),
               {"clock", "campaign", "file", "started", "median_s", "median_low_s", "median_high_s",
                "marks", "step_ratio", "step_ratio_low", "step_ratio_high"});
  std::string out = csv_line(names);
  for (const PastLine& line : history.lines) {
    for (std::size_t i = 0; i < line.at.size(); ++i) {
      const PastCampaign& past = history.campaigns[line.at[i]];
      const auto step = std::find_if(line.steps.begin(), line.steps.end(),
                                     [&](const LevelStep& s) { return s.first == line.at[i]; });
      const bool steps = step != line.steps.end();
      const bool bracketed = steps && step->ratio.interval;
      std::vector<std::string> row = identity_cells(line.point);
      row.insert(row.end(), {std::string(to_string(line.clock)), fmt::format("{}", line.at[i]),
                             past.file, past.started, cell(line.time_s[i].value),
                             cell(line.time_s[i].low), cell(line.time_s[i].high),
                             marks_text(line.marks[i]), steps ? cell(step->ratio.value) : "",
                             bracketed ? cell(step->ratio.interval->low) : "",
                             bracketed ? cell(step->ratio.interval->high) : ""});
      out += csv_line(row);
    }
  }
  return out;
}

}  // namespace scalelaw::harness

#include "harness/render/failures.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {

namespace {

constexpr std::size_t line_width = page_width - 6;

const Launch& launch_at(const Results& results, std::int64_t index) {
  return results.launches[static_cast<std::size_t>(index)];
}

/// The command, wrapped between words.  Lines end in a backslash, so that a shell reads one
/// command.
std::vector<std::string> command_lines(const std::string& command) {
  std::vector<std::string> lines{""};
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= command.size(); ++i) {
    if (i < command.size() && command[i] == '\'') quoted = !quoted;
    if (i < command.size() && (command[i] != ' ' || quoted)) continue;
    const std::string word = command.substr(begin, i - begin);
    begin = i + 1;
    const std::size_t room = display_width(lines.back()) + display_width(word) + 3;
    if (!lines.back().empty() && room > line_width) {
      lines.back() += " \\";
      lines.push_back("  " + word);
    } else {
      lines.back() += (lines.back().empty() ? "" : " ") + word;
    }
  }
  return lines;
}

/// The lines of the log, wrapped where they are too long.
std::vector<std::string> log_lines(const std::string& log) {
  std::vector<std::string> lines;
  std::istringstream in(log);
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    for (std::string& part : wrapped(line, line_width)) lines.push_back(std::move(part));
  }
  return lines;
}

void add_quoted(std::vector<std::string>& out, const std::string& title,
                const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out.push_back(title);
  for (const std::string& line : lines) out.push_back("    " + line);
}

Section launch_section(const Results& results, std::int64_t index) {
  const Launch& launch = launch_at(results, index);
  Section section{3, fmt::format("launch {} at {}", index, launch.started), {}, {}, {}};
  section.before.push_back(
      fmt::format("{}, exit code {}, after {}; cause: {}{}", to_string(launch.state),
                  launch.exit_code, format_seconds(launch.wall_s),
                  launch.cause == Cause::none ? "unknown" : to_string(launch.cause),
                  launch.busy ? "; the machine was busy" : ""));
  section.before.push_back("reason: " + (launch.reason.empty() ? "none given" : launch.reason));
  add_quoted(section.verbatim, "command:", command_lines(launch.command));
  add_quoted(section.verbatim, "end of its log:", log_lines(launch.log_tail));
  return section;
}

Section point_section(const Results& results, const Summary& summary, const PointFailures& of) {
  const Point& point = results.points[static_cast<std::size_t>(of.point)];
  const std::string state = state_text(point.state, marks_text(marks_of(point, summary)));
  Section section{2, fmt::format("{}: {}", point_label(point), state), {}, {}, {}};
  if (!point.reason.empty()) section.before.push_back("reason: " + point.reason);
  section.before.push_back(
      fmt::format("{} failed, {} succeeded", counted(of.launches.size(), "launch"), of.good));
  return section;
}

}  // namespace

std::vector<Section> failures_sections(const Results& results) {
  const std::vector<PointFailures> failures = failures_of(results);
  const std::vector<Summary> summaries = summarize_all(results);
  std::vector<Section> out{{1, "Failures of campaign '" + results.name + "'", {}, {}, {}}};
  if (const auto warning = clock_warning(results)) out.front().before.push_back(*warning);
  if (failures.empty()) {
    out.front().before.emplace_back("no point failed or is pending, and no launch failed");
  }
  for (const PointFailures& of : failures) {
    out.push_back(point_section(results, summaries[static_cast<std::size_t>(of.point)], of));
    for (const std::int64_t launch : of.launches) out.push_back(launch_section(results, launch));
  }
  return out;
}

std::string failures_json(const Results& results) {
  using Json = nlohmann::ordered_json;
  Json out{{"schema", 1}, {"campaign", results.name}, {"failures", Json::array()}};
  const std::vector<Summary> summaries = summarize_all(results);
  for (const PointFailures& of : failures_of(results)) {
    const auto place = static_cast<std::size_t>(of.point);
    const Point& point = results.points[place];
    Json launches = Json::array();
    for (const std::int64_t index : of.launches) {
      const Launch& launch = launch_at(results, index);
      launches.push_back({{"launch", index},
                          {"started", launch.started},
                          {"wall_s", launch.wall_s},
                          {"state", to_string(launch.state)},
                          {"cause", to_string(launch.cause)},
                          {"exit_code", launch.exit_code},
                          {"reason", launch.reason},
                          {"busy", launch.busy},
                          {"command", launch.command},
                          {"log_tail", launch.log_tail}});
    }
    out["failures"].push_back({{"point", of.point},
                               {"id", point.id},
                               {"experiment", point.experiment},
                               {"state", to_string(point.state)},
                               {"reason", point.reason},
                               {"marks", marks_json(marks_of(point, summaries[place]))},
                               {"launches_ended_well", of.good},
                               {"launches", std::move(launches)}});
  }
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness

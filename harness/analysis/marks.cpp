#include "harness/analysis/marks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "common/field.hpp"

namespace scalelaw::harness {
namespace {

std::int64_t count_of(const Results& results, TimeSource clock) {
  return std::count_if(results.points.begin(), results.points.end(),
                       [clock](const Point& point) { return point.clock == clock; });
}

}  // namespace

std::string_view meaning_of(Mark mark) {
  switch (mark) {
    case Mark::pending:
      return "not measured to the end: few launches, or none";
    case Mark::not_converged:
      return "the 95 % interval is wider than the target, or missing";
    case Mark::unstable:
      return "the times have two centres";
    case Mark::wrong_result:
      return "failed: the result is not the expected one";
    case Mark::invalid:
      return "failed: it did not run as asked, so its time would mislead";
    case Mark::timeout:
      return "failed: it took longer than the time limit";
    case Mark::crashed:
      return "failed: it ended with an error, or with no time that counts";
    case Mark::skipped:
      return "not measured: it cannot run here";
    case Mark::oversubscribed:
      return "more workers than cores";
    case Mark::busy:
      return "measured while other work used the machine";
    case Mark::unproven:
      return "no proof that each thread had a core of its own";
    case Mark::pretended:
      return "invented by the fake launcher";
    case Mark::simulated:
      return "from a model of a machine";
    case Mark::imported:
      return "measured by another program";
  }
  return "";
}

bool lacks_proof(const Point& point, const Summary& summary) {
  return summary.unproven && !point.oversubscribed &&
         are_comparable(point.clock, TimeSource::measured);
}

std::vector<Mark> marks_of(const Point& point, const Summary& summary) {
  std::vector<Mark> marks;
  if (is_wide(point.state)) {
    marks.push_back(Mark::not_converged);
  } else if (point.state != State::converged && point.state != State::ok) {
    marks.push_back(enum_from<Mark>(to_string(point.state)));
  }
  if (point.oversubscribed) marks.push_back(Mark::oversubscribed);
  if (summary.busy) marks.push_back(Mark::busy);
  if (lacks_proof(point, summary)) marks.push_back(Mark::unproven);
  if (point.clock != TimeSource::measured) {
    marks.push_back(enum_from<Mark>(to_string(point.clock)));
  }
  return marks;
}

std::vector<Mark> joined(std::vector<Mark> marks, const std::vector<Mark>& others) {
  marks.insert(marks.end(), others.begin(), others.end());
  std::ranges::sort(marks);
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  return marks;
}

std::string marks_text(const std::vector<Mark>& marks) {
  std::string text;
  for (const Mark mark : marks) text += (text.empty() ? "" : ", ") + std::string(to_string(mark));
  return text;
}

std::vector<Mark> marks_in(std::string_view text) {
  constexpr std::string_view between = ", ";
  std::vector<Mark> marks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(between), text.size());
    marks.push_back(enum_from<Mark>(text.substr(0, end), "mark"));
    text.remove_prefix(std::min(end + between.size(), text.size()));
  }
  return marks;
}

std::string joined_marks(const std::vector<std::string>& texts) {
  std::vector<Mark> marks;
  for (const std::string& text : texts) marks = joined(std::move(marks), marks_in(text));
  return marks_text(marks);
}

std::string marked_list(const std::vector<std::pair<std::string, std::string>>& points) {
  if (points.empty()) return {};
  const std::string& first = points.front().second;
  const bool alike = std::all_of(points.begin(), points.end(),
                                 [&](const auto& point) { return point.second == first; });
  if (alike && first.ends_with(to_string(Mark::imported))) return "all " + first;
  std::string text;
  for (const auto& [name, marks] : points) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", name, marks);
  }
  return text;
}

nlohmann::ordered_json marks_json(const std::vector<Mark>& marks) {
  auto names = nlohmann::ordered_json::array();
  for (const Mark mark : marks) names.push_back(to_string(mark));
  return names;
}

std::string state_text(State state, const std::string& marks) {
  if (state != State::converged && state != State::ok) return marks;
  return std::string(to_string(state)) + (marks.empty() ? "" : ", " + marks);
}

std::optional<std::string> clock_warning(const Results& results) {
  std::vector<std::string> parts;
  const auto warn = [&](TimeSource clock, std::string_view head, std::string_view source,
                        const std::string& means) {
    const std::int64_t count = count_of(results, clock);
    if (count == 0) return;
    const auto all = static_cast<std::int64_t>(results.points.size());
    const std::string which =
        count == all ? std::string() : fmt::format(" of {} of {} points", count, all);
    parts.push_back(
        fmt::format("{}{}: {}{}", head, which, source, count == all ? "; " + means : ""));
  };
  warn(TimeSource::pretended, "PRETENDED TIMES", "the fake launcher invented them",
       "nothing was measured");
  warn(TimeSource::simulated, "SIMULATED TIMES", "they come from a model of a machine",
       "nothing was measured");
  warn(TimeSource::imported, "IMPORTED TIMES", "another program measured them",
       "the machine, binding and seed are unknown");
  if (parts.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(parts, ". "));
}

bool is_imported(const Results& results) {
  return !results.points.empty() &&
         count_of(results, TimeSource::imported) == std::ssize(results.points);
}

std::string clock_text(const Results& results) {
  if (results.points.empty()) return std::string(to_string(TimeSource::measured));
  const TimeSource first = results.points.front().clock;
  const bool one = count_of(results, first) == static_cast<std::int64_t>(results.points.size());
  return one ? std::string(to_string(first)) : "mixed";
}

}  // namespace scalelaw::harness

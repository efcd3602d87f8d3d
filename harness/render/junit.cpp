#include "harness/render/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/xml.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

/// How a test ended.
enum class Verdict { passed, failure, error, skipped };
constexpr auto enum_names(Verdict) {
  return std::array<std::string_view, 4>{"passed", "failure", "error", "skipped"};
}

struct TestCase {
  std::string group, name;
  double seconds = 0;
  Verdict verdict = Verdict::passed;
  std::string type;     ///< of a failure or an error, e.g. "slower"
  std::string message;  ///< one line
  std::string details;
  std::string output;
};

struct TestSuite {
  std::string name, started, host;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<TestCase> cases;

  [[nodiscard]] std::size_t count(Verdict verdict) const {
    return static_cast<std::size_t>(
        std::count_if(cases.begin(), cases.end(),
                      [verdict](const TestCase& one) { return one.verdict == verdict; }));
  }
  [[nodiscard]] double seconds() const {
    double total = 0;
    for (const TestCase& one : cases) total += one.seconds;
    return total;
  }
};

std::string seconds_text(double seconds) {
  return fmt::format("{:.3f}", std::isfinite(seconds) ? seconds : 0);
}

void write(XmlWriter& xml, const TestCase& one) {
  const XmlAttributes name{
      {"classname", one.group}, {"name", one.name}, {"time", seconds_text(one.seconds)}};
  if (one.verdict == Verdict::passed && one.output.empty()) {
    xml.element("testcase", name);
    return;
  }
  xml.begin("testcase", name);
  if (one.verdict == Verdict::skipped) {
    xml.element("skipped", {{"message", one.message}});
  } else if (one.verdict != Verdict::passed) {
    xml.element(to_string(one.verdict), {{"type", one.type}, {"message", one.message}},
                one.details);
  }
  if (!one.output.empty()) xml.element("system-out", {}, one.output);
  xml.end();
}

void write(XmlWriter& xml, const TestSuite& suite) {
  // JUnit's times have no zone.
  const std::string started = suite.started.substr(0, suite.started.find('Z'));
  const auto counted = [&](Verdict verdict) { return fmt::format("{}", suite.count(verdict)); };
  xml.begin("testsuite", {{"name", suite.name},
                          {"tests", fmt::format("{}", suite.cases.size())},
                          {"failures", counted(Verdict::failure)},
                          {"errors", counted(Verdict::error)},
                          {"skipped", counted(Verdict::skipped)},
                          {"time", seconds_text(suite.seconds())},
                          {"timestamp", started},
                          {"hostname", suite.host}});
  xml.begin("properties");
  for (const auto& [name, value] : suite.properties) {
    xml.element("property", {{"name", name}, {"value", value}});
  }
  xml.end();
  for (const TestCase& one : suite.cases) write(xml, one);
  xml.end();
}

std::string document(const std::string& name, const std::vector<TestSuite>& suites) {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
  for (const TestSuite& suite : suites) {
    tests += suite.cases.size();
    failures += suite.count(Verdict::failure);
    errors += suite.count(Verdict::error);
    skipped += suite.count(Verdict::skipped);
    seconds += suite.seconds();
  }
  XmlWriter xml;
  xml.begin("testsuites", {{"name", name},
                           {"tests", fmt::format("{}", tests)},
                           {"failures", fmt::format("{}", failures)},
                           {"errors", fmt::format("{}", errors)},
                           {"skipped", fmt::format("{}", skipped)},
                           {"time", seconds_text(seconds)}});
  for (const TestSuite& suite : suites) write(xml, suite);
  xml.end();
  return xml.text();
}

std::string entry(const Results& results, const std::string& name) {
  const auto found = results.environment.find(name);
  return found == results.environment.end() ? "unknown" : found->second;
}

TestSuite suite_of(const Results& results) {
  return {.name = results.name,
          .started = results.started,
          .host = entry(results, "host.name"),
          .properties = {{"clock", clock_text(results)},
                         {"cpu.model", entry(results, "cpu.model")},
                         {"build.revision", entry(results, "build.revision")},
                         {"driver.build.revision", entry(results, "driver.build.revision")}},
          .cases = {}};
}

TestCase case_of(const Point& point) {
  TestCase out;
  out.group = fmt::format("{}.{}", point.experiment, point.kernel);
  out.name = point.id;
  return out;
}

/// How long the launches of each point took; 0 for a point that shares those of another.
std::vector<double> wall_times(const Results& results) {
  std::vector<double> out(results.points.size());
  for (const Launch& launch : results.launches) {
    if (std::isfinite(launch.wall_s)) out[static_cast<std::size_t>(launch.point)] += launch.wall_s;
  }
  return out;
}

/// The last failed launch of each point, as its failure's details.
std::vector<std::string> failure_details(const Results& results) {
  std::vector<std::string> out(results.points.size());
  for (const Launch& launch : results.launches) {
    if (!is_failure(launch.state) || launch.superseded) continue;
    std::string& text = out[static_cast<std::size_t>(launch.point)];
    text = fmt::format("{}\ncommand: {}\nexit code: {}\n{}", launch.reason, launch.command,
                       launch.exit_code, launch.log_tail);
  }
  give_sharers(results.points, out);
  return out;
}

std::string time_text(const Summary& summary, const std::vector<Mark>& marks) {
  std::string text =
      fmt::format("median {} of {}\n", seconds_interval(summary.median_s, summary.interval_s),
                  counted(summary.launches.size(), "launch"));
  if (!marks.empty()) text += fmt::format("marks: {}\n", marks_text(marks));
  return text;
}

std::string compared_text(const ComparedPoint& p) {
  return fmt::format("old {}, new {}, ratio {}: {}\n", precise_seconds(p.base_s),
                     precise_seconds(p.now_s), with_interval(p.ratio.value, p.ratio.interval),
                     to_string(p.change));
}

TestCase compared_case(const ComparedPoint& p, const Point& before, const Point& now,
                       double tolerance) {
  TestCase out = case_of(now);
  out.details = compared_text(p);
  if (p.change == Change::slower) {
    out.verdict = Verdict::failure;
    out.type = "slower";
    out.message =
        fmt::format("{} times as long, beyond the tolerance of {}",
                    with_interval(p.ratio.value, p.ratio.interval), percent(tolerance, 1));
  } else if (std::isfinite(p.base_s) && is_failure(now.state)) {
    out.verdict = Verdict::error;
    out.type = to_string(now.state);
    out.message = fmt::format("had a time before: {}", now.reason);
  } else if (p.change == Change::missing) {
    out.verdict = Verdict::skipped;
    const Point& without = std::isfinite(p.base_s) ? now : before;
    out.message =
        fmt::format("no time in the {} file: {} {}", std::isfinite(p.base_s) ? "new" : "old",
                    to_string(without.state), without.reason);
  } else {
    out.output = out.details;
  }
  const auto marked = [&](const char* which, const std::vector<Mark>& marks) {
    if (!marks.empty())
      out.output += fmt::format("marks of the {} time: {}\n", which, marks_text(marks));
  };
  marked("old", p.base_marks);
  marked("new", p.now_marks);
  return out;
}

TestCase lone_case(const Point& point, const char* where) {
  TestCase out = case_of(point);
  out.verdict = Verdict::skipped;
  out.message = fmt::format("only in the {} file", where);
  return out;
}

TestSuite compared_suite(const ComparedFile& file, const Results& base) {
  const Results& now = *file.results;
  const Comparison& comparison = file.comparison;
  TestSuite suite = suite_of(now);
  suite.name = fmt::format("{} compared with {} of {}", file.name, base.name, base.started);
  suite.properties.emplace_back("tolerance", fmt::format("{}", comparison.tolerance));
  for (const std::string& difference : comparison.differences) {
    suite.properties.emplace_back("differs", difference);
  }
  const std::vector<double> wall = wall_times(now);
  for (const ComparedPoint& p : comparison.points) {
    suite.cases.push_back(
        compared_case(p, base.point(p.base), now.point(p.now), comparison.tolerance));
    suite.cases.back().seconds = wall[static_cast<std::size_t>(p.now)];
  }
  for (const std::int64_t i : comparison.only_base) {
    suite.cases.push_back(lone_case(base.point(i), "old"));
  }
  for (const std::int64_t i : comparison.only_now) {
    suite.cases.push_back(lone_case(now.point(i), "new"));
    suite.cases.back().seconds = wall[static_cast<std::size_t>(i)];
  }
  return suite;
}

}  // namespace

std::string run_junit(const Results& results) {
  TestSuite suite = suite_of(results);
  const std::vector<Summary> summaries = summarize_all(results);
  const std::vector<double> wall = wall_times(results);
  const std::vector<std::string> details = failure_details(results);
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    TestCase one = case_of(point);
    one.seconds = wall[i];
    one.message = point.reason;
    one.type = to_string(point.state);
    if (is_failure(point.state)) {
      one.verdict = Verdict::failure;
      one.details = details[i];
    } else if (point.state == State::pending) {
      one.verdict = Verdict::error;
      one.details = details[i];
      if (one.message.empty()) one.message = "it was not measured to the end";
    } else if (point.state == State::skipped) {
      one.verdict = Verdict::skipped;
    } else {
      one.output = time_text(summaries[i], marks_of(point, summaries[i]));
    }
    suite.cases.push_back(std::move(one));
  }
  return document("scalelaw run", {suite});
}

std::string compare_junit(const std::vector<ComparedFile>& files, const Results& base) {
  std::vector<TestSuite> suites;
  for (const ComparedFile& file : files) suites.push_back(compared_suite(file, base));
  return document("scalelaw compare", suites);
}

}  // namespace scalelaw::harness

#include "harness/report/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/laws/series.hpp"
#include "harness/report/formats.hpp"
#include "harness/report/names.hpp"
#include "harness/report/numbers.hpp"

namespace scalelaw {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const Point& at(const Results& results, std::int64_t index) {
  return results.points[static_cast<std::size_t>(index)];
}

/// Two points of one identity, with what is known of their times.
struct Pair {
  const Point &base, &now;
  const Summary &before, &after;
};

ComparedPoint compared(std::int64_t base, std::int64_t now, const Pair& pair, double tolerance) {
  ComparedPoint out{.base = base,
                    .now = now,
                    .base_s = pair.before.median_s,
                    .now_s = pair.after.median_s,
                    .ratio = {unknown, {}},
                    .change = Change::missing,
                    .base_marks = marks_of(pair.base, pair.before),
                    .now_marks = marks_of(pair.now, pair.after)};
  if (!has_time(pair.base, pair.before) || !has_time(pair.now, pair.after)) return out;
  out.ratio = ratio_over_launches(pair.after.times_s(), pair.before.times_s());
  out.change = judge_change(out.ratio, tolerance);
  return out;
}

void require_same_clock(const Point& base, const Point& now) {
  if (base.clock == now.clock) return;
  throw Error(fmt::format("the times of '{}' are {} in the old file and {} in the new one", base.id,
                          to_string(base.clock), to_string(now.clock)),
              "compare measured times with measured ones: run both campaigns with the same kind of "
              "launcher");
}

/// "not_converged", "old: busy; new: busy, not_converged": the marks of the two times.
std::string marks_cell(const ComparedPoint& point) {
  const std::string before = marks_text(point.base_marks), after = marks_text(point.now_marks);
  if (before == after) return before;
  std::string text = before.empty() ? "" : "old: " + before;
  if (!after.empty()) text += (text.empty() ? "new: " : "; new: ") + after;
  return text;
}

bool is_busy(const std::vector<Mark>& marks) {
  return std::find(marks.begin(), marks.end(), Mark::busy) != marks.end();
}

/// Names of the environment that a change of times may come from, when they differ.
std::vector<std::string> differences(const Results& base, const Results& now) {
  std::vector<std::string> out;
  for (const char* name : {"host.name", "cpu.model", "cpu.governor", "cores.allowed", "os.kernel",
                           "huge_pages.transparent", "driver.build.compiler", "driver.build.flags",
                           "driver.build.revision", "driver.mpi.library"}) {
    const auto value = [&](const Results& results) -> std::string {
      const auto found = results.environment.find(name);
      return found == results.environment.end() ? "unknown" : found->second;
    };
    const std::string before = value(base), after = value(now);
    if (before != after) out.push_back(fmt::format("{}: {}, now {}", name, before, after));
  }
  return out;
}

}  // namespace

Change judge_change(const Ratio& ratio, double tolerance) {
  if (!std::isfinite(ratio.value)) return Change::missing;
  if (!ratio.interval) return Change::undecided;
  const double most = 1 + tolerance, least = 1 / most;
  if (ratio.interval->low > most) return Change::slower;
  if (ratio.interval->high < least) return Change::faster;
  if (ratio.interval->low >= least && ratio.interval->high <= most) return Change::same;
  return Change::undecided;
}

std::int64_t Comparison::count(Change change) const {
  return std::count_if(points.begin(), points.end(),
                       [change](const ComparedPoint& p) { return p.change == change; });
}

std::int64_t Comparison::newly_failed(const Results& now) const {
  return std::count_if(points.begin(), points.end(), [&](const ComparedPoint& p) {
    return std::isfinite(p.base_s) && is_failure(at(now, p.now).state);
  });
}

Comparison compare(const Results& base, const Results& now, double tolerance) {
  if (!(tolerance >= 0)) throw Error("a tolerance cannot be negative", "give --tolerance 0.05");
  const auto before = summarize_all(base), after = summarize_all(now);
  std::map<std::string, std::int64_t> place;
  for (std::size_t i = 0; i < now.points.size(); ++i) {
    if (is_ceiling(now.points[i])) continue;
    place.emplace(now.points[i].id, static_cast<std::int64_t>(i));
  }
  Comparison out;
  out.tolerance = tolerance;
  out.differences = differences(base, now);
  for (std::size_t i = 0; i < base.points.size(); ++i) {
    if (is_ceiling(base.points[i])) continue;
    const auto found = place.find(base.points[i].id);
    if (found == place.end()) {
      out.only_base.push_back(static_cast<std::int64_t>(i));
      continue;
    }
    const auto j = static_cast<std::size_t>(found->second);
    require_same_clock(base.points[i], now.points[j]);
    out.points.push_back(compared(static_cast<std::int64_t>(i), found->second,
                                  {base.points[i], now.points[j], before[i], after[j]}, tolerance));
    place.erase(found);
  }
  for (const auto& [id, index] : place) out.only_now.push_back(index);
  std::sort(out.only_now.begin(), out.only_now.end());
  if (out.points.empty()) {
    throw Error(
        "the two files have no point in common",
        "compare runs of one config: kernels, parameters, models and placements must agree");
  }
  return out;
}

std::vector<Section> compare_sections(const Comparison& comparison, const Results& base,
                                      const Results& now) {
  Section section;
  section.heading = fmt::format("'{}' of {} against '{}' of {} (new seconds / old)", now.name,
                                now.started, base.name, base.started);
  if (const auto warning = clock_warning(now)) section.before.push_back(*warning);
  section.table.header = {"work", "model", "n x r x t", "old", "new", "ratio", "verdict", "marks"};
  section.table.left = {0, 1, 2, 5, 6, 7};
  section.table.keys = 3;
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    const bool skipped = point.state == State::skipped && at(now, p.now).state == State::skipped;
    section.table.rows.push_back(
        {scaled_label(point), runner_label(point), placement_label(point.placement),
         precise_seconds(p.base_s), precise_seconds(p.now_s),
         std::isfinite(p.ratio.value) ? with_interval(p.ratio.value, p.ratio.interval) : "-",
         skipped ? "skipped in both" : std::string(to_string(p.change)), marks_cell(p)});
  }
  std::string counts;
  for (const Change change :
       {Change::faster, Change::slower, Change::same, Change::undecided, Change::missing}) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", comparison.count(change),
                          to_string(change));
  }
  section.after.push_back(
      fmt::format("{} at a tolerance of {}", counts, percent(comparison.tolerance, 1)));
  if (!comparison.only_base.empty() || !comparison.only_now.empty()) {
    section.after.push_back(fmt::format("not compared: {} only in the old file, {} only in the new",
                                        counted(comparison.only_base.size(), "point"),
                                        comparison.only_now.size()));
  }
  for (const std::string& difference : comparison.differences) {
    section.after.push_back("differs: " + difference);
  }
  return {section};
}

std::string compare_json(const Comparison& comparison, const Results& base, const Results& now) {
  using Json = nlohmann::ordered_json;
  const auto number = [](double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); };
  Json out{{"schema", 1},
           {"base", base.name},
           {"base_started", base.started},
           {"new", now.name},
           {"new_started", now.started},
           {"clock", clock_text(now)},
           {"tolerance", comparison.tolerance},
           {"points", Json::array()}};
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    const auto& interval = p.ratio.interval;
    out["points"].push_back({{"id", point.id},
                             {"experiment", point.experiment},
                             {"kernel", point.kernel},
                             {"implementation", point.implementation},
                             {"params", point.params},
                             {"options", point.options},
                             {"scaling", to_string(point.scaling)},
                             {"model", to_string(point.model)},
                             {"nodes", point.placement.nodes},
                             {"ranks_per_node", point.placement.ranks_per_node},
                             {"threads", point.placement.threads},
                             {"base_s", number(p.base_s)},
                             {"new_s", number(p.now_s)},
                             {"ratio", number(p.ratio.value)},
                             {"low", interval ? number(interval->low) : Json(nullptr)},
                             {"high", interval ? number(interval->high) : Json(nullptr)},
                             {"verdict", to_string(p.change)},
                             {"busy", is_busy(p.base_marks) || is_busy(p.now_marks)},
                             {"base_marks", marks_json(p.base_marks)},
                             {"new_marks", marks_json(p.now_marks)}});
  }
  const auto ids = [](const Results& results, const std::vector<std::int64_t>& points) {
    Json list = Json::array();
    for (const std::int64_t i : points) list.push_back(at(results, i).id);
    return list;
  };
  out["differences"] = comparison.differences;
  out["only_base"] = ids(base, comparison.only_base);
  out["only_new"] = ids(now, comparison.only_now);
  return serialize(out, 2) + "\n";
}

std::string compare_csv(const Comparison& comparison, const Results& base, const Results&) {
  const auto number = [](double x) { return std::isfinite(x) ? fmt::format("{}", x) : ""; };
  std::string out =
      csv_line({"id",        "experiment", "kernel",  "implementation", "params",
                "options",   "scaling",    "model",   "nodes",          "ranks_per_node",
                "threads",   "clock",      "base_s",  "new_s",          "ratio",
                "ratio_low", "ratio_high", "verdict", "base_marks",     "new_marks"});
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    const auto& interval = p.ratio.interval;
    out += csv_line({point.id,
                     point.experiment,
                     point.kernel,
                     point.implementation,
                     serialize(point.params),
                     serialize(point.options),
                     std::string(to_string(point.scaling)),
                     std::string(to_string(point.model)),
                     fmt::format("{}", point.placement.nodes),
                     fmt::format("{}", point.placement.ranks_per_node),
                     fmt::format("{}", point.placement.threads),
                     std::string(to_string(point.clock)),
                     number(p.base_s),
                     number(p.now_s),
                     number(p.ratio.value),
                     interval ? number(interval->low) : "",
                     interval ? number(interval->high) : "",
                     std::string(to_string(p.change)),
                     marks_text(p.base_marks),
                     marks_text(p.now_marks)});
  }
  return out;
}

}  // namespace scalelaw

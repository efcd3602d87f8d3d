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
#include "harness/report/numbers.hpp"

namespace scalelaw {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const Point& at(const Results& results, std::int64_t index) {
  return results.points[static_cast<std::size_t>(index)];
}

ComparedPoint compared(std::int64_t base, std::int64_t now, const Summary& before,
                       const Summary& after, bool timed, double tolerance) {
  ComparedPoint out{base, now, before.median_s, after.median_s, {unknown, {}}, Change::missing,
                    false};
  if (!timed) return out;
  out.busy = before.busy || after.busy;
  out.ratio = ratio_over_launches(after.times_s(), before.times_s());
  out.change = judge_change(out.ratio, tolerance);
  return out;
}

std::string point_label(const Point& point) {
  std::string label = work_label(point);
  if (point.implementation != "scalelaw") label += " by " + point.implementation;
  if (!point.options.is_object()) return label;
  for (const auto& [name, value] : point.options.items()) {
    label += fmt::format(", {}={}", name, json_text(value));
  }
  return label;
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
    const bool timed = has_time(base.points[i], before[i]) && has_time(now.points[j], after[j]);
    out.points.push_back(compared(static_cast<std::int64_t>(i), found->second, before[i], after[j],
                                  timed, tolerance));
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
  section.table.header = {"work", "scaling", "model", "n x r x t",
                          "old",  "new",     "ratio", "verdict"};
  section.table.left = {0, 1, 2, 3, 6, 7};
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    std::string verdict(to_string(p.change));
    const bool skipped = point.state == State::skipped && at(now, p.now).state == State::skipped;
    if (skipped) verdict = "skipped in both";
    if (p.change == Change::missing && !skipped) {
      const bool old_has = std::isfinite(p.base_s);
      verdict += fmt::format(": {} {}", old_has ? "new" : "old",
                             to_string(old_has ? at(now, p.now).state : point.state));
    }
    if (p.busy) verdict += ", busy";
    section.table.rows.push_back(
        {point_label(point), std::string(to_string(point.scaling)),
         std::string(to_string(point.model)), placement_label(point.placement),
         precise_seconds(p.base_s), precise_seconds(p.now_s),
         std::isfinite(p.ratio.value) ? with_interval(p.ratio.value, p.ratio.interval) : "-",
         verdict});
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
    section.after.push_back(
        fmt::format("not compared: {} points only in the old file, {} only in the new",
                    comparison.only_base.size(), comparison.only_now.size()));
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
           {"tolerance", comparison.tolerance},
           {"points", Json::array()}};
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    const auto& interval = p.ratio.interval;
    out["points"].push_back({{"id", point.id},
                             {"kernel", point.kernel},
                             {"implementation", point.implementation},
                             {"params", point.params},
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
                             {"busy", p.busy}});
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
  std::string out = csv_line({"id", "kernel", "implementation", "params", "scaling", "model",
                              "nodes", "ranks_per_node", "threads", "base_s", "new_s", "ratio",
                              "ratio_low", "ratio_high", "verdict"});
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = at(base, p.base);
    const auto& interval = p.ratio.interval;
    out += csv_line({point.id, point.kernel, point.implementation, serialize(point.params),
                     std::string(to_string(point.scaling)), std::string(to_string(point.model)),
                     fmt::format("{}", point.placement.nodes),
                     fmt::format("{}", point.placement.ranks_per_node),
                     fmt::format("{}", point.placement.threads), number(p.base_s), number(p.now_s),
                     number(p.ratio.value), interval ? number(interval->low) : "",
                     interval ? number(interval->high) : "", std::string(to_string(p.change))});
  }
  return out;
}

}  // namespace scalelaw

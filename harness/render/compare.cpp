#include "harness/render/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/json_text.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/json_number.hpp"
#include "harness/render/point_identity.hpp"

namespace scalelaw::harness {

namespace {

/// "not_converged", "old: busy; new: busy, not_converged": the marks of the two times.
std::string marks_cell(const ComparedPoint& point) {
  const std::string before = marks_text(point.base_marks), after = marks_text(point.now_marks);
  if (before == after) return before;
  std::string text = before.empty() ? "" : "old: " + before;
  if (!after.empty()) text += (text.empty() ? "new: " : "; new: ") + after;
  return text;
}

/// "the clock rate alone explains 2 of the 3 that differ: mpi 1x2x1 (3.100 GHz, now 2.600 GHz)".
std::string clock_finding(const Comparison& comparison, const Results& base) {
  constexpr std::size_t most = 3;
  std::string named;
  std::size_t count = 0;
  for (const ComparedPoint& p : comparison.points) {
    if (!p.clock_explains || ++count > most) continue;
    named += fmt::format("{}{} ({:.3f} GHz, now {:.3f} GHz)", named.empty() ? "" : ", ",
                         point_label(base.point(p.base)), p.base_hz * 1e-9, p.now_hz * 1e-9);
  }
  const std::int64_t differ = comparison.count(Change::faster) + comparison.count(Change::slower);
  return fmt::format("the clock rate alone explains {} of the {} that are faster or slower: {}{}",
                     count, differ, named, count > most ? ", ..." : "");
}

bool is_busy(const std::vector<Mark>& marks) {
  return std::find(marks.begin(), marks.end(), Mark::busy) != marks.end();
}

}  // namespace

std::vector<Section> compare_sections(const Comparison& comparison, const Results& base,
                                      const Results& now) {
  Section section;
  section.heading = fmt::format("'{}' of {} compared with '{}' of {} (ratio: new seconds / old)",
                                now.name, now.started, base.name, base.started);
  if (const auto warning = clock_warning(now)) section.before.push_back(*warning);
  section.table.header = {"work", "model", "NxRxT", "old", "new", "ratio", "verdict", "marks"};
  section.table.left = {0, 1, 2, 5, 6, 7};
  section.table.keys = 3;
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = base.point(p.base);
    const bool skipped = point.state == State::skipped && now.point(p.now).state == State::skipped;
    section.table.rows.push_back(
        {scaled_label(point), runner_label(point), placement_label(point.placement),
         precise_seconds(p.base_s), precise_seconds(p.now_s),
         std::isfinite(p.ratio.value) ? with_interval(p.ratio.value, p.ratio.interval) : "-",
         skipped ? "skipped in both" : std::string(to_string(p.change)), marks_cell(p)});
  }
  section.after.emplace_back("NxRxT: nodes x ranks per node x threads per rank");
  std::string counts;
  for (const Change change :
       {Change::faster, Change::slower, Change::same, Change::undecided, Change::missing}) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", comparison.count(change),
                          to_string(change));
  }
  section.after.push_back(
      fmt::format("{} at a tolerance of {}", counts, percent(comparison.tolerance, 1)));
  if (comparison.explained_by_clock() > 0) {
    section.after.push_back(clock_finding(comparison, base));
  }
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

namespace {

using Json = nlohmann::ordered_json;

Json comparison_json(const Comparison& comparison, const Results& base, const Results& now) {
  Json out{{"schema", 1},
           {"base", base.name},
           {"base_started", base.started},
           {"new", now.name},
           {"new_started", now.started},
           {"clock", clock_text(now)},
           {"tolerance", comparison.tolerance},
           {"points", Json::array()}};
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = base.point(p.base);
    const auto& interval = p.ratio.interval;
    Json row = identity_json(point);
    row.update(Json{{"base_s", json_number(p.base_s)},
                    {"new_s", json_number(p.now_s)},
                    {"ratio", json_number(p.ratio.value)},
                    {"low", interval ? json_number(interval->low) : Json(nullptr)},
                    {"high", interval ? json_number(interval->high) : Json(nullptr)},
                    {"verdict", to_string(p.change)},
                    {"busy", is_busy(p.base_marks) || is_busy(p.now_marks)},
                    {"base_marks", marks_json(p.base_marks)},
                    {"new_marks", marks_json(p.now_marks)},
                    {"base_clock_hz", json_number(p.base_hz)},
                    {"new_clock_hz", json_number(p.now_hz)},
                    {"clock_explains", p.clock_explains}});
    out["points"].push_back(std::move(row));
  }
  const auto ids = [](const Results& results, const std::vector<std::int64_t>& points) {
    Json list = Json::array();
    for (const std::int64_t i : points) list.push_back(results.point(i).id);
    return list;
  };
  out["differences"] = comparison.differences;
  out["only_base"] = ids(base, comparison.only_base);
  out["only_new"] = ids(now, comparison.only_now);
  return out;
}

std::vector<std::string> csv_names() {
  std::vector<std::string> names = identity_columns();
  names.insert(names.end(),
               {"clock", "base_s", "new_s", "ratio", "ratio_low", "ratio_high", "verdict",
                "base_marks", "new_marks", "base_clock_hz", "new_clock_hz", "clock_explains"});
  return names;
}

std::vector<std::vector<std::string>> csv_rows(const Comparison& comparison, const Results& base) {
  const auto number = [](double x) { return std::isfinite(x) ? fmt::format("{}", x) : ""; };
  std::vector<std::vector<std::string>> out;
  for (const ComparedPoint& p : comparison.points) {
    const Point& point = base.point(p.base);
    const auto& interval = p.ratio.interval;
    std::vector<std::string> row = identity_cells(point);
    row.insert(row.end(), {std::string(to_string(point.clock)), number(p.base_s), number(p.now_s),
                           number(p.ratio.value), interval ? number(interval->low) : "",
                           interval ? number(interval->high) : "", std::string(to_string(p.change)),
                           marks_text(p.base_marks), marks_text(p.now_marks), number(p.base_hz),
                           number(p.now_hz), p.clock_explains ? "true" : "false"});
    out.push_back(std::move(row));
  }
  return out;
}

/// How the points of each file did.
Section overview(const std::vector<ComparedFile>& files, const Results& base) {
  Section section;
  section.heading = fmt::format("{} compared with '{}' of {}", counted(files.size(), "file"),
                                base.name, base.started);
  section.table.header = {"file", "started", "faster", "slower", "same", "undecided", "missing"};
  section.table.left = {0, 1};
  for (const ComparedFile& file : files) {
    std::vector<std::string> row{file.name, file.results->started};
    for (const Change change :
         {Change::faster, Change::slower, Change::same, Change::undecided, Change::missing}) {
      row.push_back(fmt::format("{}", file.comparison.count(change)));
    }
    section.table.rows.push_back(std::move(row));
  }
  return section;
}

}  // namespace

std::string compare_json(const Comparison& comparison, const Results& base, const Results& now) {
  return serialize(comparison_json(comparison, base, now), 2) + "\n";
}

std::string compare_csv(const Comparison& comparison, const Results& base, const Results&) {
  std::string out = csv_line(csv_names());
  for (const auto& row : csv_rows(comparison, base)) out += csv_line(row);
  return out;
}

std::vector<Section> compare_sections(const std::vector<ComparedFile>& files, const Results& base) {
  std::vector<Section> out;
  if (files.size() > 1) out.push_back(overview(files, base));
  for (const ComparedFile& file : files) {
    for (Section& section : compare_sections(file.comparison, base, *file.results)) {
      if (files.size() > 1) section.heading = file.name + ": " + section.heading;
      out.push_back(std::move(section));
    }
  }
  return out;
}

std::string compare_json(const std::vector<ComparedFile>& files, const Results& base) {
  if (files.size() == 1) return compare_json(files[0].comparison, base, *files[0].results);
  Json comparisons = Json::array();
  for (const ComparedFile& file : files) {
    Json one{{"new_file", file.name}};
    one.update(comparison_json(file.comparison, base, *file.results));
    comparisons.push_back(std::move(one));
  }
  return serialize(Json{{"schema", 1},
                        {"base", base.name},
                        {"base_started", base.started},
                        {"comparisons", std::move(comparisons)}},
                   2) +
         "\n";
}

std::string compare_csv(const std::vector<ComparedFile>& files, const Results& base) {
  if (files.size() == 1) return compare_csv(files[0].comparison, base, *files[0].results);
  std::vector<std::string> names = csv_names();
  names.insert(names.begin(), "new_file");
  std::string out = csv_line(names);
  for (const ComparedFile& file : files) {
    for (std::vector<std::string> row : csv_rows(file.comparison, base)) {
      row.insert(row.begin(), file.name);
      out += csv_line(row);
    }
  }
  return out;
}

}  // namespace scalelaw::harness

#include "harness/render/predict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/analysis/forecast.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/caches.hpp"
#include "harness/laws/predictions.hpp"
#include "harness/render/next_step.hpp"

namespace scalelaw::harness {
namespace {

std::string reach_cell(const std::optional<Estimate>& estimate) {
  if (!estimate) return "-";
  if (std::isinf(estimate->value)) return "never";
  // More digits would pretend to tell 42305 workers from 42306.
  const auto rounded = [](double x) {
    return std::isinf(x) ? std::string("never") : three_digits(std::round(x));
  };
  return with_interval(estimate->value, estimate->interval, rounded);
}

std::string speedup_cell(const Prediction& p) {
  const auto band = std::isnan(p.low) ? std::nullopt : std::optional(Interval{p.low, p.high, 0.95});
  return with_interval(p.speedup, band, aligned_digits);
}

/// The names of the shown laws that miss their own measurements; empty when there are none.
std::string crooked(const SeriesLaws& laws, const std::vector<Outlook>& shown) {
  std::string names;
  for (const LawFit& fit : laws.fits) {
    const bool seen = std::any_of(shown.begin(), shown.end(), [&](const Outlook& outlook) {
      return outlook.law == fit.law().name && outlook.kind == PredictionKind::extrapolated;
    });
    if (!seen || !fit.misleads()) continue;
    names += fmt::format("{}{} (misses by {})", names.empty() ? "" : ", ", fit.law().title,
                         percent(fit.typical_miss()));
  }
  return names;
}

/// A caution for the least requested count at which each worker's data stay in another level than
/// at all measured counts.
std::optional<std::string> cache_caution(const Results& results, const Series& series,
                                         const std::vector<std::int64_t>& workers) {
  const auto caches = caches_of(results.environment);
  if (!caches) return std::nullopt;
  std::set<CacheLevel> measured;
  for (const Series::Member& member : series.members) {
    const auto level = level_of(*caches, results.points[static_cast<std::size_t>(member.point)]);
    if (member.fitted && level) measured.insert(*level);
  }
  for (const std::int64_t p : std::set<std::int64_t>(workers.begin(), workers.end())) {
    const auto level = level_at(*caches, *series.first, static_cast<double>(p));
    if (measured.empty() || !level || measured.contains(*level)) continue;
    return fmt::format(
        "CAUTION: at p={} the data stay in {}, unlike at any measured point: the laws do not model "
        "that",
        p, to_string(*level));
  }
  return std::nullopt;
}

std::string workers_text(double workers) {
  return fmt::format("{:.0f}", workers);
}

/// "23 [17, 41]"; "more than 512" where the efficiency stayed high as far as was looked.
std::string efficient_cell(const EfficientUpTo& answer) {
  const auto text = [&](double workers) {
    return std::isinf(workers) ? "more than " + workers_text(answer.looked_to)
                               : workers_text(workers);
  };
  return fmt::format("{} [{}, {}]", text(answer.workers), text(answer.low), text(answer.high));
}

std::vector<std::string> row_of(const Outlook& outlook, const Foresight& seen, std::size_t levels) {
  std::vector<std::string> cells{outlook.title};
  auto prediction = outlook.predictions.begin();
  for (const Target& target : seen.targets) {
    cells.push_back(target.refused ? "too far" : speedup_cell(*prediction++));
  }
  const bool answers = outlook.law == combined_name && !seen.efficient.empty();
  for (std::size_t level = 0; level < levels; ++level) {
    cells.push_back(answers ? efficient_cell(seen.efficient[level]) : "");
  }
  const bool has_reach = outlook.peak || outlook.kind == PredictionKind::a_priori;
  cells.push_back(has_reach ? reach_cell(outlook.peak) : "");
  cells.push_back(has_reach ? reach_cell(outlook.half) : "");
  return cells;
}

/// "23 %" longer or shorter than predicted; "2.1 times" where that is more than half.
std::string off_by(double times) {
  return times < 1.5 ? percent(times - 1) : three_digits(times) + " times";
}

/// "half of the times were within 23 % of such a prediction, and one in ten took more than 2.1 times
/// as long or as short": of times in public series.
std::string expectation(double typical, double one_in_ten) {
  const std::string half = typical < 1.5 ? "within " + off_by(typical) + " of"
                                         : "at most " + off_by(typical) + " as long or as short as";
  const std::string tenth = one_in_ten < 1.5
                                ? "was off by more than " + off_by(one_in_ten)
                                : "took more than " + off_by(one_in_ten) + " as long or as short";
  return fmt::format("half of the times were {} such predictions, and one in ten {}", half, tenth);
}

/// How far off such predictions usually were, the nearest target first.
void add_expectations(const Foresight& seen, Section& section) {
  std::map<double, std::int64_t> beyond;
  for (const Target& target : seen.targets) {
    if (!target.refused && target.factor > 1) beyond.emplace(target.factor, target.workers);
  }
  const double largest = seen.laws.combined->largest();
  for (const auto& [factor, workers] : beyond) {
    const Distance& distance = seen.laws.combined->distance(static_cast<double>(workers));
    section.after.push_back(
        fmt::format("p={} is {} times the largest measured p={:.0f}: in public series, {}", workers,
                    three_digits(factor), largest,
                    expectation(Distance::times(distance.typical, factor),
                                Distance::times(distance.one_in_ten, factor))));
  }
}

void add_few_counts(const Foresight& seen, Section& section) {
  const std::size_t counts = seen.laws.combined->counts();
  if (counts >= least_counts_scored) return;
  section.after.push_back(fmt::format(
      "only {} worker counts were measured, and public series had at least {}: expect more error",
      counts, least_counts_scored));
}

void add_turn_up(const Foresight& seen, Scaling scaling, Section& section) {
  const bool beyond =
      std::any_of(seen.targets.begin(), seen.targets.end(),
                  [](const Target& target) { return !target.refused && target.factor > 1; });
  if (!beyond) return;
  section.after.push_back(fmt::format(
      "assumes no new bottleneck beyond p={:.0f}: a turn cannot be seen from below, and {} of the "
      "public scans ended {}slower than one step before",
      seen.laws.combined->largest(), percent(turned_up(scaling)),
      scaling == Scaling::weak ? "more than 5 % " : ""));
}

void add_refusals(const Foresight& seen, Section& section) {
  for (const Target& target : seen.targets) {
    if (!target.refused) continue;
    section.after.push_back(fmt::format(
        "p={} is {} times the largest measured p={:.0f}: too far for even the order of magnitude; "
        "measure up to p={:.0f} first, or give --far",
        target.workers, three_digits(target.factor), seen.laws.combined->largest(),
        std::ceil(static_cast<double>(target.workers) / too_far)));
  }
}

/// What the speedups and the efficiency are against, where one worker was not measured.
void add_baseline(const Foresight& seen, Section& section) {
  if (!seen.laws.base_by.empty()) {
    section.before.push_back(fmt::format("baseline: one worker, {}: {}; it was not measured",
                                         seen.laws.base_by, precise_seconds(seen.laws.base_s)));
  }
  if (!seen.efficient.empty() && seen.efficient.front().against != 1) {
    section.after.push_back(
        fmt::format("the efficiency asked for is against p={:.0f}, the fewest measured",
                    seen.efficient.front().against));
  }
}

/// The speedup of a member over the median of one worker, with its interval.
Ratio held_out_speedup(const View& view, const Foresight& seen,
                       const std::vector<Summary>& summaries) {
  const Series::Member& member = *view.held_out;
  const Summary& summary = summaries[static_cast<std::size_t>(member.point)];
  if (const auto* one = view.series.one_worker()) {
    return measured_speedup(summaries[static_cast<std::size_t>(one->point)], summary,
                            member.load.work);
  }
  return measured_speedup(Ratio{seen.laws.base_s, std::nullopt}, summary, member.load.work);
}

/// The row of what was held out, and how the predictions compare with it.
void add_held_out(const Results& results, const std::vector<Summary>& summaries, const View& view,
                  const Foresight& seen, Section& section) {
  const Ratio measured = held_out_speedup(view, seen, summaries);
  std::vector<std::string> row{"measured, held out",
                               with_interval(measured.value, measured.interval, aligned_digits)};
  row.resize(section.table.header.size());
  section.table.rows.insert(section.table.rows.begin(), std::move(row));
  for (const Outlook& outlook : seen.rows) {
    if (outlook.law != combined_name || outlook.predictions.empty()) continue;
    const Prediction& p = outlook.predictions.front();
    section.after.push_back(
        fmt::format("the {} prediction is {} from what was measured, which lies {}", outlook.title,
                    signed_percent(p.speedup / measured.value - 1),
                    std::isnan(p.low)                                     ? "beside no band"
                    : p.low <= measured.value && measured.value <= p.high ? "inside its band"
                                                                          : "outside its band"));
  }
  const auto place = static_cast<std::size_t>(view.held_out->point);
  const std::string marks = marks_text(marks_of(results.points[place], summaries[place]));
  if (!marks.empty()) section.after.push_back("what was held out is marked: " + marks);
}

void add_rows(const View& view, const Foresight& seen, Section& section) {
  section.table.header = {"law"};
  for (const Target& target : seen.targets) {
    section.table.header.push_back(fmt::format("p={}", target.workers));
  }
  for (const double level : view.question.efficiencies) {
    section.table.header.push_back(fmt::format("above {} up to p", exact_percent(level)));
  }
  section.table.header.insert(section.table.header.end(), {"fastest at p", "half efficient at p"});
  section.table.left = {0};
  section.table.keys = 1;
  for (const Outlook& outlook : seen.rows) {
    if (outlook.reason.empty()) {
      std::vector<std::string> row = row_of(outlook, seen, view.question.efficiencies.size());
      const bool says_something =
          std::any_of(row.begin() + 1, row.end(), [](const auto& cell) { return !cell.empty(); });
      if (says_something) section.table.rows.push_back(std::move(row));
      continue;
    }
    section.after.push_back(fmt::format(
        "{}: {}: {}", outlook.title,
        outlook.kind == PredictionKind::a_priori ? "unknown" : "not identifiable", outlook.reason));
  }
}

Section section_of(const Results& results, const View& view, const Foresight& seen,
                   const std::vector<Summary>& summaries) {
  const Point& first = *view.series.first;
  Section section;
  section.heading = fmt::format("{}, {}, {}: {} against one worker", study_label(first),
                                runner_label(first), to_string(first.scaling),
                                first.scaling == Scaling::weak ? "scaled speedup" : "speedup");
  add_rows(view, seen, section);
  if (view.held_out) add_held_out(results, summaries, view, seen, section);
  add_baseline(seen, section);
  if (seen.laws.combined && seen.laws.combined->possible()) {
    add_expectations(seen, section);
    add_few_counts(seen, section);
    add_turn_up(seen, first.scaling, section);
    add_refusals(seen, section);
  }
  if (const std::string names = crooked(seen.laws, seen.rows); !names.empty()) {
    section.after.push_back(
        fmt::format("CAUTION: {} does not describe even the points that it was fitted to", names));
  }
  if (auto caution = cache_caution(results, view.series, view.question.workers)) {
    section.after.push_back(std::move(*caution));
  }
  return section;
}

/// Replaces the lines that stand below several sections by numbers of notes, which a last section
/// has.
void say_once(std::vector<Section>& sections) {
  std::map<std::string, std::size_t> times, numbers;
  for (const Section& section : sections) {
    for (const std::string& line : section.after) ++times[line];
  }
  Section notes;
  notes.heading = "Notes";
  for (Section& section : sections) {
    std::vector<std::string> own, shared;
    for (std::string& line : section.after) {
      if (times.at(line) == 1) {
        own.push_back(std::move(line));
        continue;
      }
      const auto [entry, is_new] = numbers.try_emplace(line, numbers.size() + 1);
      if (is_new) notes.list.push_back(fmt::format("note {}: {}", entry->second, line));
      shared.push_back(fmt::format("{}", entry->second));
    }
    if (!shared.empty()) {
      own.push_back(fmt::format("see {} {} below", shared.size() == 1 ? "note" : "notes",
                                fmt::join(shared, ", ")));
    }
    section.after = std::move(own);
  }
  if (!notes.list.empty()) sections.push_back(std::move(notes));
}

}  // namespace

std::vector<Section> predict_sections(const Results& results, const Question& question,
                                      const NextCommands& commands) {
  const SampleIndex samples = index_samples(results);
  const std::vector<Summary> summaries = summarize_all(results);
  std::map<std::string, int> seen;
  std::vector<Section> out;
  const std::vector<View> views = views_of(results, question);
  std::vector<NextStep> steps;
  for (const View& view : views) {
    const Foresight foresight = foresight_of(view, samples);
    if (foresight.next) steps.push_back({&view.series, *foresight.next});
    out.push_back(section_of(results, view, foresight, summaries));
    const int twin = ++seen[out.back().heading];
    if (twin > 1) out.back().heading += fmt::format(" #{}", twin);
    const std::string marked = marked_points(results, summaries, view.series);
    if (!marked.empty()) out.back().after.push_back("based on marked points: " + marked);
  }
  if (out.empty()) {
    out.push_back({2, "", {"No scaling series: no model ran with several workers."}, {}, {}});
  }
  const std::size_t omitted = scaling_series(results).size() - views.size();
  if (omitted > 0 && !views.empty()) {
    out.back().after.push_back(
        fmt::format("omitted, because fewer than two worker counts remain: {} series", omitted));
  }
  say_once(out);
  if (!views.empty()) {
    out.front().before.insert(out.front().before.begin(),
                              "p: workers; [low, high]: a 95 % band, wider with the distance from "
                              "the data");
  }
  for (Section& section : next_step_sections(results, steps, commands)) {
    out.push_back(std::move(section));
  }
  if (const auto warning = clock_warning(results)) {
    out.front().before.insert(out.front().before.begin(), *warning);
  }
  return out;
}

}  // namespace scalelaw::harness

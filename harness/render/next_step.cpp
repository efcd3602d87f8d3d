#include "harness/render/next_step.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

using Counts = std::set<std::int64_t>;

/// The placements of a campaign, each number in a set of its own as in a config.
struct Placements {
  Counts nodes, ranks, threads;
};

const Point& point_of(const Results& results, const Series::Member& member) {
  return results.points[static_cast<std::size_t>(member.point)];
}

/// The point with the most workers that the laws see.
const Point& largest_of(const Results& results, const Series& series) {
  const auto last = std::find_if(series.members.rbegin(), series.members.rend(),
                                 [](const Series::Member& member) { return member.fitted; });
  return point_of(results, last == series.members.rend() ? series.members.back() : *last);
}

/// Those that the series of the steps have.
Placements measured(const Results& results, const std::vector<NextStep>& steps) {
  Placements out;
  for (const NextStep& step : steps) {
    for (const Series::Member& member : step.series->members) {
      const Point& point = point_of(results, member);
      if (point.model.ranked) {
        out.nodes.insert(point.placement.nodes);
        out.ranks.insert(point.placement.ranks_per_node);
      }
      if (point.model.threaded) out.threads.insert(point.placement.threads);
    }
  }
  return out;
}

/// Adds what gives the workers of the step: more nodes where several were measured, else more
/// threads, else more ranks.
void add_step(const Results& results, const NextStep& step, Placements& out) {
  const Point& largest = largest_of(results, *step.series);
  const Placement& at = largest.placement;
  const auto times = [&](std::int64_t others) {
    return std::max<std::int64_t>(1, step.next.workers / others);
  };
  if (at.nodes > 1) {
    out.nodes.insert(times(at.ranks_per_node * at.threads));
  } else if (!largest.model.threaded) {
    out.ranks.insert(times(1));
  } else {
    out.threads.insert(times(out.ranks.empty() ? 1 : *out.ranks.begin()));
  }
}

std::string option(const char* name, const Counts& before, const Counts& after) {
  return before == after ? "" : fmt::format(" --{} {}", name, fmt::join(after, ","));
}

/// The most launches that any point had.
std::int64_t most_launches(const Results& results) {
  std::vector<std::int64_t> count(results.points.size());
  std::int64_t most = 0;
  for (const Launch& launch : results.launches) {
    if (!gives_times(launch)) continue;
    most = std::max(most, ++count[static_cast<std::size_t>(launch.point)]);
  }
  return most;
}

std::string options_of(const Results& results, const std::vector<NextStep>& steps,
                       const NextStep& widest) {
  if (widest.next.workers == 0) return fmt::format(" --launches {}", 2 * most_launches(results));
  const Placements before = measured(results, steps);
  Placements after = before;
  for (const NextStep& step : steps) {
    if (step.next.workers > 0) add_step(results, step, after);
  }
  return option("nodes", before.nodes, after.nodes) + option("ranks", before.ranks, after.ranks) +
         option("threads", before.threads, after.threads);
}

std::string sentence_of(const Results& results, const NextStep& widest, bool alone) {
  const NextMeasurement& next = widest.next;
  const Point& first = *widest.series->first;
  const bool one_node = largest_of(results, *widest.series).placement.nodes == 1;
  const std::string what = next.workers == 0 ? "twice as many launches of each point"
                                             : fmt::format("p={}", next.workers);
  const std::string needs =
      one_node && next.workers > 0 ? fmt::format(" (it needs {} cores)", next.workers) : "";
  const std::string whose = alone ? ""
                                  : fmt::format(" of {}, {}, {}", study_label(first),
                                                runner_label(first), to_string(first.scaling));
  const std::string now =
      fmt::format("the time{} at p={} may be up to {} times as long as predicted", whose,
                  next.target, three_digits(next.times_now));
  if (next.workers == next.target) {
    return fmt::format("Measure {} next{}, because {}.", what, needs, now);
  }
  return fmt::format("Measure {} next{}, because {}; after that, up to {} times.", what, needs, now,
                     three_digits(next.times_then));
}

}  // namespace

std::vector<Section> next_step_sections(const Results& results, const std::vector<NextStep>& steps,
                                        const NextCommands& commands) {
  if (steps.empty()) return {};
  const NextStep& widest = *std::max_element(
      steps.begin(), steps.end(),
      [](const NextStep& a, const NextStep& b) { return a.next.times_now < b.next.times_now; });
  Section section;
  section.heading = "Next";
  section.before.push_back(sentence_of(results, widest, steps.size() == 1));
  if (!is_imported(results) && !commands.init.empty()) {
    section.verbatim.push_back(fmt::format("{}{} -o next.toml && {}", commands.init,
                                           options_of(results, steps, widest), commands.run));
  }
  return {section};
}

}  // namespace scalelaw::harness

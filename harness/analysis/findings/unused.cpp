#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/processes.hpp"

namespace scalelaw::harness {
namespace {

// What a program with one thread uses.  One that uses less waits for something else.
constexpr double least_of_one = 0.8, most_of_one = 1.15;
constexpr double judged_share = 0.5;  // of a process must be timed, or its start hides the threads
constexpr double no_change = 0.1;     // of a speedup from 1

/// A point whose processes are known, with what each of its ranks used.
struct Used {
  Case at;
  double processors = 0;  ///< by a rank: processor time over wall time
};

/// The points of a series with a core for each worker, on a quiet machine, whose driver starts processes and times most
/// of what they do.
std::vector<Used> used_in(const Report& report, const ReportSeries& series,
                          const std::map<std::int64_t, PointProcesses>& processes) {
  std::vector<Used> out;
  for (const ReportRow& row : series.rows) {
    const Point& point = report.point(row.point);
    const auto found = processes.find(row.point);
    if (found == processes.end() || point.oversubscribed || !report.of(row).timed) continue;
    if (report.of(row).busy) continue;  // others took its processors
    const PointProcesses& took = found->second;
    if (!(took.wall_s > 0) || !(took.timed_s >= judged_share * took.wall_s)) continue;
    const auto ranks = static_cast<double>(point.placement.ranks());
    out.push_back({.at = {&series, &row, &report.of(row), &point},
                   .processors = (took.user_s + took.system_s) / (took.wall_s * ranks)});
  }
  return out;
}

/// That no point with several threads used more than one processor in a rank.
std::vector<Draft> unused_threads(std::vector<Used> points) {
  std::erase_if(points, [](const Used& one) { return one.at.point->placement.threads == 1; });
  const auto has_one = [](const Used& one) {
    return one.processors > least_of_one && one.processors < most_of_one;
  };
  if (points.empty() || !std::ranges::all_of(points, has_one)) return {};
  const Used& most = *std::ranges::max_element(
      points, {}, [](const Used& one) { return one.at.point->placement.threads; });
  const Point& point = *most.at.point;
  const std::string text = fmt::format(
      "{} used {:.1f} processors with {} threads{} (user and system time over wall time): does the "
      "command pass {{threads}} on? Put {{threads}} into its words or its env, unless the program "
      "reads OMP_NUM_THREADS.",
      point.implementation, most.processors, point.placement.threads,
      point.placement.ranks() > 1 ? " in each rank" : "");
  return {finding(FindingKind::unused, text, {.value = most.processors}, most.at)};
}

/// That a strong series takes as long with any number of workers as with one, although they work.
std::vector<Draft> repeated_work(std::vector<Used> points) {
  std::erase_if(points, [](const Used& one) { return one.at.numbers->workers == 1; });
  const auto is_alike = [](const Used& one) {
    const auto threads = static_cast<double>(one.at.point->placement.threads);
    return std::abs(one.at.numbers->own_speedup.value - 1) < no_change &&  // not for NaN
           one.processors > least_of_one * threads;
  };
  if (points.empty() || !std::ranges::all_of(points, is_alike)) return {};
  const Used& most = *std::ranges::max_element(
      points, {}, [](const Used& one) { return one.at.numbers->workers; });
  const Point& point = *most.at.point;
  if (point.scaling == Scaling::weak) return {};
  const bool ranked = point.model.ranked;
  const std::string text = fmt::format(
      "{} took {} with one worker and {} with {}, which all worked: does each {} do all of the "
      "work? {}.",
      point.implementation, precise_seconds(most.at.numbers->own.seconds.value),
      precise_seconds(most.at.numbers->time_s.value), workers_of(most.at),
      ranked ? "rank" : "thread",
      ranked ? "Build the program with the MPI whose mpirun or srun starts it, or give it {ranks}"
             : "Look at how the program shares its work among the threads");
  return {finding(FindingKind::unused, text, most.at.numbers->own_speedup, most.at,
                  times_over_own(most.at))};
}

}  // namespace

std::vector<Draft> unused(const Report& report) {
  std::map<std::int64_t, PointProcesses> processes;
  for (const PointProcesses& one : processes_of(*report.results, report.summaries)) {
    processes[one.point] = one;
  }
  std::vector<Draft> out;
  for (const ReportSeries& series : report.series) {
    const std::vector<Used> points = used_in(report, series, processes);
    std::vector<Draft> found = unused_threads(points);
    if (found.empty()) found = repeated_work(points);
    for (Draft& one : found) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace scalelaw::harness

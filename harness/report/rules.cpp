#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/laws/normality.hpp"
#include "harness/report/report.hpp"

namespace scalelaw {
namespace {

/// Counts what is wrong among what is looked at.
struct Tally {
  int wrong = 0, seen = 0;
  void add(bool good) {
    ++seen;
    wrong += good ? 0 : 1;
  }
};

RuleVerdict verdict(int number, std::string rule, const Tally& tally, const std::string& kept,
                    const std::string& broken) {
  const bool good = tally.wrong == 0;
  return {number, good, std::move(rule),
          good ? kept : fmt::format("{} of {} {}", tally.wrong, tally.seen, broken)};
}

template <class F>
void for_each_row(const Report& report, F&& visit) {
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) visit(series, row);
  }
}

RuleVerdict baselines(const Report& report) {
  Tally tally;
  for (const ReportSeries& series : report.series) {
    if (series.series.first->model != Model::serial) tally.add(series.serial || series.own);
  }
  return verdict(1, "name the base case of a speedup, and its time", tally,
                 "every series names its baselines with their seconds",
                 "series have neither a serial nor a one-worker time");
}

RuleVerdict subsets(const Report& report) {
  Tally tally;
  for (const Point& p : report.results->points) {
    if (p.state == State::skipped) tally.add(!p.reason.empty());
  }
  return verdict(2, "say why work or resources were left out", tally,
                 tally.seen == 0
                     ? "no planned point was left out"
                     : fmt::format("{} skipped, each with its reason",
                                   tally.seen == 1 ? "1 point was"
                                                   : fmt::format("{} points were", tally.seen)),
                 "skipped points have no reason");
}

RuleVerdict intervals(const Report& report) {
  Tally tally;
  for_each_row(report, [&](const ReportSeries&, const ReportRow& row) {
    if (!row.summary.launches.empty()) tally.add(row.summary.interval_s.has_value());
  });
  return verdict(5, "give confidence intervals", tally,
                 "every median has its rank interval over launches",
                 "medians have too few launches (6) for an interval");
}

/// No interval assumes it; what the launches look like is said for those who do their own
/// statistics.
RuleVerdict normality(const Report& report) {
  std::vector<Summary> summaries;
  for_each_row(
      report, [&](const ReportSeries&, const ReportRow& row) { summaries.push_back(row.summary); });
  const Normality n = judge_normality(summaries);
  return {6, true, "do not assume normality unchecked",
          fmt::format(
              "medians and ratios by ranks, laws by launches drawn anew; log times of launches {}",
              n.judged ? fmt::format("{} normal (Anderson-Darling {:.2f}, limit 0.75)",
                                     n.normal ? "look" : "are not", n.statistic)
                       : "are too few to tell")};
}

RuleVerdict sound_comparison(const Report& report) {
  Tally tally;
  for_each_row(report, [&](const ReportSeries& series, const ReportRow& row) {
    if (row.speedup_own && !(series.own && series.own->point == row.point)) {
      tally.add(row.speedup_own->interval.has_value());
    }
  });
  for (const PeerRatio& peer : report.peers) tally.add(peer.ratio.interval.has_value());
  return verdict(7, "compare in a statistically sound way", tally,
                 "every ratio has an interval (Mann-Whitney, over launches)",
                 "ratios have too few launches (4 a side) for an interval");
}

RuleVerdict centre(const Report& report) {
  Tally tally;
  for (const Point& p : report.results->points) tally.add(p.state != State::unstable);
  return verdict(8, "check that the median is the right summary", tally,
                 "no point's samples have two centres; every sample is stored",
                 "points are bimodal, so that a median hides something");
}

/// What nobody can repeat a measurement without knowing.
constexpr std::array<const char*, 6> essentials{"cpu.model", "cores.allowed",  "memory.total_bytes",
                                                "os.kernel", "build.compiler", "build.flags"};

RuleVerdict setup(const Report& report) {
  const auto& environment = report.results->environment;
  const std::string rule = "document the setup and all factors";
  const auto known = [&](const std::string& name) {
    const auto found = environment.find(name);
    return found != environment.end() && found->second != "unknown" && !found->second.empty();
  };
  std::vector<std::string> missing;
  for (const char* name : essentials) {
    if (!known(name)) missing.emplace_back(name);
  }
  if (!missing.empty())
    return {9, false, rule, fmt::format("unknown: {}", fmt::join(missing, ", "))};
  const auto unknown = std::count_if(environment.begin(), environment.end(),
                                     [](const auto& entry) { return entry.second == "unknown"; });
  return {
      9, true, rule,
      fmt::format("environment, build, config and commands are stored{}",
                  unknown > 0 ? fmt::format("; {} details could not be found out", unknown) : "")};
}

RuleVerdict techniques(const Report& report) {
  Tally tally;
  for (const Launch& launch : report.results->launches) {
    if (launch.state == State::ok) {
      tally.add(launch.header.is_object() && launch.header.contains("timer"));
    }
  }
  return verdict(10, "tell how parallel time was measured", tally,
                 "a barrier, then each rank's own clock to its last action; the slowest counts",
                 "launches do not tell their timer");
}

RuleVerdict bounds(const Report& report) {
  Tally tally;
  for_each_row(report, [&](const ReportSeries& series, const ReportRow& row) {
    const auto& work = series.series.first->work;
    const bool memory = work.is_object() && work.value("memory_bound", false);
    if (memory && !row.summary.launches.empty()) tally.add(row.ceiling_share.has_value());
  });
  return verdict(11, "show upper bounds of performance", tally,
                 "linear speedup and the laws; ceilings of memory and messages where they bind",
                 "memory-bound points have no ceiling at their placement");
}

}  // namespace

std::vector<RuleVerdict> judge_rules(const Report& report) {
  return {baselines(report),
          subsets(report),
          {3, true, "means: arithmetic for costs, harmonic for rates",
           "no rate is averaged: rates are work over the median seconds"},
          {4, true, "do not average ratios", "no ratio is averaged: ratios are of medians"},
          intervals(report),
          normality(report),
          sound_comparison(report),
          centre(report),
          setup(report),
          techniques(report),
          bounds(report),
          {12, true, "plot what is needed; lines only for trends",
           "every sample is stored; plots join only points of one series"}};
}

}  // namespace scalelaw

#include "harness/analysis/rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "harness/analysis/convergence.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/read_ceilings.hpp"
#include "harness/analysis/report.hpp"
#include "harness/laws/normality.hpp"
#include "harness/results/timer_span.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

/// Counts the faults among the cases.
struct Tally {
  std::size_t wrong = 0, seen = 0;
  void add(bool good) {
    ++seen;
    wrong += good ? 0 : 1;
  }
};

Standing standing_of(const Tally& tally) {
  if (tally.seen == 0) return Standing::not_applicable;
  if (tally.wrong == 0) return Standing::kept;
  return 2 * tally.wrong <= tally.seen ? Standing::partly : Standing::broken;
}

/// The text of a verdict: `nothing` when there are no cases, "62 NOUNs KEPT" when all keep the
/// rule, "3 of 62 NOUNs BROKEN" otherwise.
struct Words {
  std::string_view noun;
  std::string nothing, kept, broken;
};

std::string reason_of(const Tally& tally, const Words& words) {
  if (tally.seen == 0) return words.nothing;
  const std::string all = counted(tally.seen, words.noun);
  if (tally.wrong == 0) return fmt::format("{} {}", all, words.kept);
  return fmt::format("{} of {} {}", tally.wrong, all, words.broken);
}

RuleVerdict verdict(int number, std::string rule, const Tally& tally, const Words& words) {
  return {number, standing_of(tally), std::move(rule), reason_of(tally, words)};
}

/// The verdict on a rule with two parts: the worse of those parts that the file has cases of.
RuleVerdict joined(const RuleVerdict& first, const RuleVerdict& second) {
  if (first.standing == Standing::not_applicable) return second;
  if (second.standing == Standing::not_applicable) return first;
  return {first.number, std::max(first.standing, second.standing), first.rule,
          first.reason + "; " + second.reason};
}

/// Visits the points of series that have a time.
template <class F>
void for_each_timed(const Report& report, F&& visit) {
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      if (report.of(row).timed) visit(report.of(row));
    }
  }
}

/// Whether it has a speedup over a measured time.
bool has_baseline(const ScalingRow& row) {
  return row.serial.point >= 0 || row.own.point >= 0;
}

/// A speedup that is shown, of a point over another.
struct ShownRatio {
  const Baseline* base;
  const Bracketed* speedup;
};

/// The speedups of a row over measured times: over the best serial one and over its own one worker.
/// A point is not compared with itself.
std::vector<ShownRatio> shown_ratios(const ScalingRow& row) {
  std::vector<ShownRatio> out{{&row.serial, &row.serial_speedup}, {&row.own, &row.own_speedup}};
  std::erase_if(out, [&](const ShownRatio& one) {
    return one.base->point < 0 || one.base->point == row.point || !is_known(*one.speedup);
  });
  return out;
}

RuleVerdict baselines(const Report& report) {
  Tally tally;
  for_each_timed(report, [&](const ScalingRow& row) {
    if (row.workers > 1) tally.add(has_baseline(row));
  });
  return verdict(
      1, "name the base case of a speedup, and its time", tally,
      {"parallel point", "no point has more than one worker",
       "with a named baseline and its seconds", "without a serial or a one-worker time"});
}

RuleVerdict subsets(const Report& report) {
  Tally tally;
  const auto& points = report.results->points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!has_time(points[i], report.summaries[i])) tally.add(!points[i].reason.empty());
  }
  RuleVerdict out = verdict(2, "say why work or resources were left out", tally,
                            {"untimed point", "", "with a reason", "without a reason"});
  if (tally.seen > 0) return out;
  out.standing = points.empty() ? Standing::not_applicable : Standing::kept;
  out.reason = fmt::format("nothing was left out of {}", counted(points.size(), "planned point"));
  return out;
}

RuleVerdict means(const Report& report) {
  Tally tally;
  for_each_timed(report,
                 [&](const ScalingRow& row) { tally.add(std::isfinite(row.rate_per_s.value)); });
  return verdict(3, "means: arithmetic for costs, harmonic for rates", tally,
                 {"point", "no rate is shown",
                  "with a rate: the work over the median seconds, nothing averaged",
                  "without a rate: the work model does not state the amount of work"});
}

/// The speedups in the file's tables must be ratios of medians.  A mean of ratios over launches, or
/// of their logarithms, is a different number.
RuleVerdict ratios(const Report& report) {
  std::map<std::int64_t, double> over_serial, over_own;
  Tally tally;
  for_each_timed(report, [&](const ScalingRow& row) {
    for (const ShownRatio& one : shown_ratios(row)) {
      (one.base == &row.own ? over_own : over_serial)[row.point] = one.speedup->value;
      tally.add(true);
    }
  });
  const auto add_stored = [&](const auto& of_medians, std::int64_t point, double speedup) {
    const auto found = of_medians.find(point);
    if (found == of_medians.end() || !std::isfinite(speedup)) return;
    tally.add(std::abs(speedup - found->second) <= 1e-6 * found->second);
  };
  for (const Prediction& p : report.results->predictions) {
    add_stored(over_own, p.point, p.measured);
  }
  for (const ScalingRow& row : report.results->scaling) {
    add_stored(over_own, row.point, row.own_speedup.value);
    add_stored(over_serial, row.point, row.serial_speedup.value);
  }
  tally.seen += report.peers.size();
  return verdict(4, "do not average ratios", tally,
                 {"ratio", "no ratio is shown", "of two medians",
                  "not of two medians: the stored tables average"});
}

/// An interval of times beside other work does not count, because that work stretched them.
RuleVerdict intervals(const Report& report) {
  Tally both, converged, quiet;
  for_each_timed(report, [&](const ScalingRow& row) {
    converged.add(has_converged(report, row.point));
    quiet.add(!row.busy);
    both.add(has_converged(report, row.point) && !row.busy);
  });
  const std::string target = percent(report.results->target_interval, 1);
  const Words words{"median", "no point has a time",
                    "with a 95 % rank interval within the target of " + target,
                    is_imported(*report.results)  // nobody let them converge
                        ? "have no interval, or one wider than the target of " + target
                        : "did not converge to an interval within the target of " + target};
  RuleVerdict out = verdict(5, "give confidence intervals", both, words);
  if (both.wrong == 0) return out;
  out.reason = reason_of(converged, words);
  if (quiet.wrong > 0) {
    out.reason += "; " + reason_of(quiet, {"median", "", "", "measured on a busy machine"});
  }
  return out;
}

/// No interval assumes normality.  The verdict is for readers who do their own statistics.
RuleVerdict normality(const Report& report) {
  std::vector<Summary> summaries;
  for_each_timed(report,
                 [&](const ScalingRow& row) { summaries.push_back(report.summary(row.point)); });
  const Normality n = judge_normality(summaries);
  RuleVerdict out{6, Standing::not_applicable, "do not assume normality unchecked",
                  "no point has a time"};
  if (summaries.empty()) return out;
  out.standing = n.judged ? Standing::kept : Standing::broken;
  out.reason = n.judged ? fmt::format(
                              "intervals are by ranks; log times of {} {} normal "
                              "(Anderson-Darling {:.2f}, limit 0.75)",
                              counted(static_cast<std::size_t>(n.residuals), "launch"),
                              n.normal ? "look" : "are not", n.statistic)
                        : "unchecked: there are too few launches";
  return out;
}

/// What an interval counts in this file.
std::string_view repetitions_word(const Report& report) {
  return std::ranges::any_of(report.summaries,
                             [](const Summary& summary) { return summary.allocations > 1; })
             ? "launches or allocations"
             : "launches";
}

RuleVerdict sound_comparison(const Report& report) {
  Tally tally;
  for_each_timed(report, [&](const ScalingRow& row) {
    for (const ShownRatio& one : shown_ratios(row)) {
      tally.add(interval_of(*one.speedup) && !row.busy && !report.numbers(one.base->point).busy);
    }
  });
  for (const PeerRatio& peer : report.peers) {
    tally.add(peer.ratio.interval && !report.numbers(peer.ours).busy &&
              !report.numbers(peer.peer).busy);
  }
  return verdict(7, "compare in a statistically sound way", tally,
                 {"ratio", "nothing is compared",
                  fmt::format("with an interval (of ranks over {}) on a quiet machine",
                              repetitions_word(report)),
                  fmt::format("without an interval (6 {} on each side), or on a busy machine",
                              repetitions_word(report))});
}

/// A median of too few launches cannot be checked.  A median of times beside other work is not that
/// of the program alone.
RuleVerdict centre(const Report& report) {
  Tally tally;
  for_each_timed(report, [&](const ScalingRow& row) {
    const bool one_centre =
        row.state == State::converged || is_wide(row.state) || row.state == State::ok;
    tally.add(one_centre && interval_of(row.time_s) && !row.busy);
  });
  return verdict(8, "check that the median is the right summary", tally,
                 {"median", "no point has a time", "of times with one centre (dip test)",
                  fmt::format("of times with two centres, of fewer than 6 {}, or on a busy machine",
                              repetitions_word(report))});
}

/// The facts that are needed to repeat a measurement.
constexpr std::array<const char*, 6> essentials{"cpu.model", "cores.allowed",  "memory.total_bytes",
                                                "os.kernel", "build.compiler", "build.flags"};

/// Other work on the machine is a factor that cannot be documented; so is a thread that may have run
/// anywhere.  Of imported times nobody knows either.
RuleVerdict setup(const Report& report) {
  const auto& environment = report.results->environment;
  std::vector<std::string> missing;
  for (const char* name : essentials) {
    const auto found = environment.find(name);
    const bool known =
        found != environment.end() && found->second != "unknown" && !found->second.empty();
    if (!known) missing.emplace_back(name);
  }
  Tally machine, quiet, bound, placed;
  bool imported = false;
  machine.seen = essentials.size();
  machine.wrong = missing.size();
  for (const Launch& launch : report.results->launches) {
    if (!gives_times(launch)) continue;
    const Point& point = report.results->points[static_cast<std::size_t>(launch.point)];
    quiet.add(!launch.busy && point.clock != TimeSource::imported);
    imported = imported || point.clock == TimeSource::imported;
    if (!launch.allocation.empty()) placed.add(!launch.nodes.empty());
  }
  for_each_timed(report, [&](const ScalingRow& row) {
    const Point& point = report.point(row.point);
    if (point.oversubscribed || !are_comparable(point.clock, TimeSource::measured)) return;
    bound.add(!lacks_proof(point, report.summaries[static_cast<std::size_t>(row.point)]));
  });
  const std::string rule = "document the setup and all factors";
  const RuleVerdict around =
      joined(verdict(9, rule, machine,
                     {"essential", "", "of machine and build stored",
                      fmt::format("unknown: {}", fmt::join(missing, ", "))}),
             verdict(9, rule, quiet,
                     {"launch", "", "on a quiet machine",
                      imported ? "on a machine that was busy or that nobody looked at"
                               : "on a busy machine"}));
  const RuleVerdict nodes = verdict(9, rule, placed,
                                    {"launch", "", "in an allocation whose nodes are named",
                                     "in an allocation whose nodes are unknown"});
  return joined(joined(around, nodes),
                verdict(9, rule, bound,
                        {"point", "", "with cores of its own for each thread, read back",
                         "without proof that each thread had a core of its own"}));
}

/// What times span, for a reader who asks how ranks were synchronised.
std::string_view span_text(TimerSpan span) {
  switch (span) {
    case TimerSpan::pass:
      return "from a barrier to the slowest rank's last action";
    case TimerSpan::process:
      return "by the wall clock of the slowest process, its start included";
    case TimerSpan::own:
      break;
  }
  return "by the program's own clock, from where and to where it chose";
}

/// "from ... (24 launches), by ... (12 launches)"; the numbers only where there are several.
std::string spans_text(const std::map<TimerSpan, std::size_t>& spans) {
  std::vector<std::string> parts;
  for (const auto& [span, count] : spans) {
    parts.push_back(std::string(span_text(span)) +
                    (spans.size() > 1 ? fmt::format(" ({})", counted(count, "launch")) : ""));
  }
  return fmt::format("with a timer: {}", fmt::join(parts, ", "));
}

RuleVerdict techniques(const Report& report) {
  Tally tally;
  std::map<TimerSpan, std::size_t> spans;
  for (const Launch& launch : report.results->launches) {
    if (!gives_times(launch)) continue;
    const Point& point = report.results->points[static_cast<std::size_t>(launch.point)];
    const bool told = point.clock == TimeSource::measured && launch.header.is_object() &&
                      launch.header.contains("timer");
    tally.add(told);
    if (told) ++spans[timer_span(launch.header)];
  }
  return verdict(10, "report how parallel time was measured", tally,
                 {"launch", "nothing was launched", spans_text(spans),
                  "without a timer, or not measured here"});
}

RuleVerdict bounds(const Report& report) {
  Tally memory, speedup;
  for_each_timed(report, [&](const ScalingRow& row) {
    if (is_memory_bound(report.point(row.point))) {
      memory.add(row.ceiling_share <= suspicious_share);  // not for NaN
    } else if (row.workers > 1) {
      speedup.add(has_baseline(row));
    }
  });
  const std::string rule = "show upper bounds of performance";
  return joined(verdict(11, rule, speedup,
                        {"parallel point", "no point has a bound", "beside linear speedup",
                         "without a baseline, and so without a bound"}),
                verdict(11, rule, memory,
                        {"memory-bound point", "no point has a bound",
                         "beside a ceiling of the same placement and size",
                         "without a ceiling of the same placement and size, or above it"}));
}

/// A plot can show only what is stored, so the times of every sample must be.
RuleVerdict plots(const Report& report) {
  const Results& results = *report.results;
  std::vector<std::int64_t> stored(results.launches.size());
  for (const Sample& sample : results.samples) {
    if (!sample.diagnostic) ++stored[static_cast<std::size_t>(sample.launch)];
  }
  Tally tally;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const Launch& launch = results.launches[i];
    if (!gives_times(launch)) continue;
    const std::int64_t taken =
        launch.header.is_object() ? launch.header.value("samples", std::int64_t{1}) : 1;
    tally.add(stored[i] >= taken);
  }
  return verdict(12, "plot what is needed; lines only for trends", tally,
                 {"launch", "nothing was launched",
                  "with every sample stored; lines join points of one series",
                  "without all the samples that were taken"});
}

}  // namespace

std::vector<RuleVerdict> judge_rules(const Report& report) {
  return {baselines(report),        subsets(report),   means(report),
          ratios(report),           intervals(report), normality(report),
          sound_comparison(report), centre(report),    setup(report),
          techniques(report),       bounds(report),    plots(report)};
}

}  // namespace scalelaw::harness

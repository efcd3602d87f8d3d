// Each rule is judged by what a file holds: a file that keeps it, one that breaks it.
#include "harness/analysis/rules.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "harness/render/formats.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Serial, OpenMP and MPI, a memory-bound kernel with its ceilings, a point that was skipped.
Results sound() {
  SyntheticCampaign out(1, 8, 0.002);
  const auto phases = [](double p) {
    return SyntheticPhases{.prepare_s = 0.1, .compute_s = 0.9 / p};
  };
  out.add(0, "k", models::serial, {1, 1, 1}, phases(1));
  for (const std::int64_t p : {1, 2, 4}) {
    const auto x = static_cast<double>(p);
    out.add(1, "k", models::openmp, {1, 1, p}, phases(x));
    out.add(2, "m", models::openmp, {1, 1, p}, {.compute_s = 1 / x}).work["memory_bound"] = true;
    out.add(3, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 0.9 / x}).experiment =
        "ceilings";
  }
  Results results = out.results();
  Point skipped = results.points[1];
  skipped.placement = {1, 1, 16};
  skipped.state = State::skipped;
  skipped.reason = "16 workers on 8 cores";
  results.points.push_back(skipped);
  return results;
}

RuleVerdict rule(const Results& results, int number) {
  return make_report(results).rules.at(static_cast<std::size_t>(number - 1));
}

void for_points(Results& results, const std::string& kernel,
                const std::function<void(Point&)>& change) {
  for (Point& point : results.points) {
    if (point.kernel == kernel) change(point);
  }
}

using Change = std::function<void(Results&)>;

/// A rule, and what breaks it in a file that is sound otherwise.
struct Broken {
  int number;
  Standing standing;
  Change change;
  std::string because;
};

const std::vector<Broken>& broken_files() {
  static const std::vector<Broken> all{
      {1, Standing::partly,
       [](Results& r) {
         for (Point& p : r.points) {
           if (p.kernel == "m" && p.placement.threads == 1) p.state = State::crashed;
         }
       },
       "2 of 4 parallel points without a serial or a one-worker time"},
      {1, Standing::broken,
       [](Results& r) {
         for (Point& p : r.points) {
           if (p.placement.threads == 1) p.state = State::crashed;
         }
       },
       "4 of 4 parallel points"},
      {2, Standing::broken, [](Results& r) { r.points.back().reason.clear(); },
       "1 of 1 untimed point without a reason"},
      {3, Standing::broken,
       [](Results& r) {
         for (Point& p : r.points) p.work.erase("amount");
       },
       "7 of 7 points without a rate"},
      {4, Standing::partly,
       [](Results& r) {
         Prediction& stored = r.predictions.emplace_back();
         stored.point = 4;
         stored.measured = 1.9;
       },
       "1 of 8 ratios not of two medians"},
      {4, Standing::partly,
       [](Results& r) {
         ScalingRow& stored = r.scaling.emplace_back();
         stored.point = 4;
         stored.own_speedup.value = 1.9;
       },
       "1 of 8 ratios not of two medians"},
      {4, Standing::partly,
       [](Results& r) {
         ScalingRow& stored = r.scaling.emplace_back();
         stored.point = 4;
         stored.own_speedup.value = std::nan("");
         stored.serial_speedup.value = 1.9;
       },
       "of two medians"},
      {5, Standing::broken,
       [](Results& r) {
         for (Point& p : r.points) p.state = State::not_converged;
       },
       "7 of 7 medians did not converge"},
      {5, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) l.busy = true;
       },
       "7 of 7 medians measured on a busy machine"},
      {5, Standing::broken,
       [](Results& r) {  // five launches are left of each point: no interval, whatever its state
         for (Launch& l : r.launches) {
           if (l.block % 8 > 4) l.state = State::crashed;
         }
       },
       "7 of 7 medians did not converge to an interval"},
      {5, Standing::broken,
       [](Results& r) {
         for (Point& p : r.points) {
           p.state = State::ok;
           p.clock = TimeSource::imported;
         }
         for (Launch& l : r.launches) {
           if (l.block % 8 > 4) l.state = State::crashed;
         }
       },
       "7 of 7 medians have no interval, or one wider than the target"},
      {6, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) {
           if (l.block % 8 > 0) l.state = State::crashed;
         }
       },
       "too few launches"},
      {7, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) l.busy = true;
       },
       "7 of 7 ratios"},
      {7, Standing::partly,
       [](Results& r) {  // the serial baseline alone
         for (Launch& l : r.launches) l.busy = l.point == 0;
       },
       "3 of 7 ratios"},
      {7, Standing::broken,
       [](Results& r) {  // without one worker, the speedups over it are left
         for (Launch& l : r.launches) l.busy = l.point == 0;
         for (Point& p : r.points) {
           if (p.model == models::openmp && p.placement.threads == 1) p.state = State::crashed;
         }
       },
       "2 of 2 ratios"},
      {8, Standing::partly, [](Results& r) { r.points[1].state = State::unstable; },
       "1 of 7 medians of times with two centres"},
      {8, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) l.busy = true;
       },
       "7 of 7 medians of times with two centres, of fewer than 6 launches, or on a busy machine"},
      {8, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) {
           if (l.block % 8 > 4) l.state = State::crashed;
         }
       },
       "7 of 7 medians"},
      {8, Standing::partly, [](Results& r) { r.points[1].state = State::pending; },
       "1 of 7 medians"},
      {9, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) l.busy = true;
       },
       "80 of 80 launches on a busy machine"},
      {9, Standing::partly, [](Results& r) { r.environment["cpu.model"] = "unknown"; },
       "1 of 6 essentials unknown: cpu.model"},
      {9, Standing::broken,
       [](Results& r) {
         for (Launch& l : r.launches) l.header.erase("ranks");
       },
       "7 of 7 points without proof that each thread had a core of its own"},
      {9, Standing::partly,
       [](Results& r) { r.launches[9].header["ranks"][0]["threads"][0]["cpus"] = "unknown"; },
       "1 of 7 points without proof"},
      {10, Standing::partly, [](Results& r) { r.launches[3].header = nullptr; },
       "1 of 80 launches without a timer"},
      {10, Standing::broken,
       [](Results& r) {
         for (Point& p : r.points) p.clock = TimeSource::pretended;
       },
       "80 of 80 launches"},
      {11, Standing::broken,
       [](Results& r) {
         for_points(r, "memory_read", [](Point& p) { p.work["compulsory_bytes"] = 1e3; });
       },
       "3 of 3 memory-bound points without a ceiling"},
      {12, Standing::partly, [](Results& r) { r.launches[0].header["samples"] = 6; },
       "1 of 80 launches without all the samples"}};
  return all;
}

TEST(Rules, AreKeptByAFileWhoseResultsKeepThem) {
  const Report report = make_report(sound());
  ASSERT_EQ(report.rules.size(), 12U);
  for (const RuleVerdict& r : report.rules) {
    EXPECT_EQ(r.standing, Standing::kept) << r.number << ": " << r.reason;
    EXPECT_NE(r.reason.find_first_of("0123456789"), std::string::npos)
        << r.number << " tells no number: " << r.reason;
  }
}

TEST(Rules, AreBrokenByAFileWhoseResultsBreakThem) {
  for (const Broken& broken : broken_files()) {
    Results results = sound();
    broken.change(results);
    const RuleVerdict found = rule(results, broken.number);
    EXPECT_EQ(found.standing, broken.standing) << broken.number << ": " << found.reason;
    EXPECT_NE(found.reason.find(broken.because), std::string::npos)
        << broken.number << ": " << found.reason;
  }
}

TEST(Rules, OfTheResultAreNotKeptByAFileThatWasBusyThroughout) {
  Results results = sound();
  for (Launch& launch : results.launches) launch.busy = true;
  for (const int number : {5, 7, 8, 9}) {
    EXPECT_NE(rule(results, number).standing, Standing::kept) << number;
  }
}

TEST(Rules, DoNotApplyToWhatAFileDoesNotHave) {
  Results empty = sound();
  empty.points.clear();
  empty.launches.clear();
  empty.samples.clear();
  for (const RuleVerdict& r : make_report(empty).rules) {
    if (r.number == 9) continue;  // the machine is described all the same
    EXPECT_EQ(r.standing, Standing::not_applicable) << r.number << ": " << r.reason;
  }
}

TEST(Rules, ForgetLaunchesThatWereSuperseded) {
  Results results = sound();
  Launch old = results.launches[0];
  old.busy = true;
  old.header = nullptr;
  old.state = State::crashed;
  old.superseded = true;
  results.launches.push_back(old);
  EXPECT_EQ(rule(results, 9).standing, Standing::kept);
}

TEST(Rules, SayWhatTimesSpan) {
  Results results = sound();
  EXPECT_NE(rule(results, 10).reason.find("80 launches with a timer: from a barrier to"),
            std::string::npos);
  for (Launch& launch : results.launches) launch.header["timer"]["span"] = "own";
  EXPECT_EQ(
      rule(results, 10).reason,
      "80 launches with a timer: by the program's own clock, from where and to where it chose");
  results.launches.front().header["timer"]["span"] = "process";
  const std::string mixed = rule(results, 10).reason;
  EXPECT_NE(
      mixed.find("by the wall clock of the slowest process, its start included (1 launch), by "
                 "the program's own clock"),
      std::string::npos)
      << mixed;
  EXPECT_EQ(mixed.find("barrier"), std::string::npos) << mixed;
}

TEST(Rules, SayInWordsAndInJsonHowTheyStand) {
  Results results = sound();
  for (Launch& launch : results.launches) launch.busy = true;
  const Report report = make_report(results);
  EXPECT_NE(render(report, Format::table).find("BROKEN"), std::string::npos);
  const auto json = nlohmann::json::parse(render(report, Format::json));
  EXPECT_EQ(json["rules"][8]["kept"], false);
  EXPECT_EQ(json["rules"][8]["standing"], "broken");
  EXPECT_EQ(json["rules"][0]["standing"], "kept");
}

}  // namespace
}  // namespace scalelaw::harness

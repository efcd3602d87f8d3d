// Commands that do not use their threads, or repeat all of the work in each worker.
#include <gtest/gtest.h>

#include <functional>

#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

/// What a command with p workers takes: its time, and the processor time of each rank over its time.
struct Took {
  double seconds = 1, processors = 1;
  double timed_share = 1;  ///< of the wall clock of its process
};

/// A command's strong series on 1, 2 and 4 threads, or ranks.
Results command(const Model& model, const std::function<Took(double)>& took) {
  SyntheticCampaign out(1, 8, 0.001);
  for (const std::int64_t p : {1, 2, 4}) {
    const Placement at = model.ranked ? Placement{1, p, 1} : Placement{1, 1, p};
    const Took one = took(static_cast<double>(p));
    out.add(1, "app", model, at, {.compute_s = one.seconds}).implementation = "app";
  }
  Results results = out.results();
  for (Sample& sample : results.samples) {
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    const Placement& at = results.points[static_cast<std::size_t>(launch.point)].placement;
    const Took one = took(static_cast<double>(at.workers()));
    for (RankTimes& rank : sample.ranks) {
      rank.process_s = sample.total_s / one.timed_share;
      rank.user_s = one.processors * rank.process_s;
      rank.system_s = 0;
      rank.peak_bytes = 1000;
    }
  }
  return results;
}

Finding unused(const Results& results) {
  return of_kind(results, FindingKind::unused);
}

const Model& threads = models::openmp;
const Model& ranks = models::mpi;

TEST(Unused, ThreadsOfAProgramThatIgnoresTheirNumber) {
  const Finding finding = unused(command(threads, [](double) { return Took{}; }));
  expect_says(finding,
              "app used 1.0 processors with 4 threads (user and system time over wall time)");
  expect_says(finding, "does the command pass {threads} on?");
  expect_says(finding, "unless the program reads OMP_NUM_THREADS");
  EXPECT_NEAR(finding.value, 1, 0.01);
  EXPECT_EQ(finding.point, 2);
}

TEST(Unused, SaysNothingOfAProgramThatUsesThem) {
  const auto used = [](double p) { return Took{.seconds = 1 / p, .processors = p}; };
  EXPECT_EQ(unused(command(threads, used)).text, "");
  // One number of threads is enough to show that it can.
  const auto some = [](double p) {
    return Took{.seconds = 1 / p, .processors = p == 2 ? 2.0 : 1.0};
  };
  EXPECT_EQ(unused(command(threads, some)).text, "");
}

TEST(Unused, DoesNotJudgeAProgramThatTimesLittleOfItself) {
  const auto short_part = [](double p) {
    return Took{.seconds = 1 / p, .processors = 1.01, .timed_share = 0.1};
  };
  EXPECT_EQ(unused(command(threads, short_part)).text, "");
}

TEST(Unused, DoesNotJudgeWhereProcessesAreUnknownOrShareCores) {
  Results results = command(threads, [](double) { return Took{}; });
  for (Point& point : results.points) point.oversubscribed = point.placement.threads > 1;
  EXPECT_EQ(unused(results).text, "");
  EXPECT_EQ(unused(good().results()).text, "");
  Results busy = command(threads, [](double) { return Took{}; });
  for (Launch& launch : busy.launches) launch.busy = true;
  EXPECT_EQ(unused(busy).text, "");
  const auto waiting = [](double) { return Took{.processors = 0.3}; };
  EXPECT_EQ(unused(command(threads, waiting)).text, "");
}

TEST(Unused, RanksThatAllDoAllOfTheWork) {
  const Finding finding = unused(command(ranks, [](double) { return Took{}; }));
  expect_says(finding, "app took ");
  expect_says(finding, "with 4 workers, which all worked: does each rank do all of the work?");
  expect_says(finding, "Build the program with the MPI whose mpirun or srun starts it");
  const auto shared = [](double p) { return Took{.seconds = 1 / p}; };
  EXPECT_EQ(unused(command(ranks, shared)).text, "");
}

TEST(Unused, ThreadsThatAllDoAllOfTheWork) {
  const auto repeated = [](double p) { return Took{.processors = p}; };
  expect_says(unused(command(threads, repeated)), "does each thread do all of the work?");
}

TEST(Unused, AConstantTimeIsWhatWeakScalingIsFor) {
  Results results = command(ranks, [](double) { return Took{}; });
  for (Point& point : results.points) {
    point.scaling = Scaling::weak;
    point.work["operations"] = 1e9 * static_cast<double>(point.placement.workers());
  }
  EXPECT_EQ(unused(results).text, "");
}

}  // namespace
}  // namespace scalelaw::harness

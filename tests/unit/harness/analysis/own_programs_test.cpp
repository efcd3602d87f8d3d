// Files of other people's programs alone: everything that a report says of ours, it says of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/processes.hpp"
#include "harness/analysis/report.hpp"
#include "harness/render/formats.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

const Model threads{.name = "threads", .title = "threads", .threaded = true};
const Model process{.name = "process", .title = "one process"};

/// A command with 1, 2 and 4 threads, without phases: all that its runs give.
Results of_command(double size = 1e9, const std::string& name = "jacobi",
                   const std::string& primary = "jacobi") {
  SyntheticCampaign out(1, 8, 0.001);
  for (const std::int64_t p : {1, 2, 4}) {
    Point& point = out.add(0, "jacobi", threads, {1, 1, p},
                           {.prepare_s = 0.05, .compute_s = 0.95 / static_cast<double>(p)}, size);
    point.implementation = name;
    point.primary = primary;
    point.work = {{"operations", 1.0}, {"resident_bytes", 0.0}, {"memory_bound", false}};
  }
  for (Sample& sample : out.results().samples) {
    sample.phases.clear();
    for (RankTimes& rank : sample.ranks) {
      rank.phases.clear();
      rank.busy_s.clear();
      rank.wait_s = std::nan("");
      rank.items = -1;
    }
  }
  return out.results();
}

TEST(OwnPrograms, HaveOneWorkerAsTheirBaseline) {
  const Results results = of_command();
  const Report report = make_report(results);
  const ScalingRow& four = report.scaling[2];
  EXPECT_EQ(four.serial.name, "jacobi, one worker");
  EXPECT_EQ(four.serial.point, 0);
  EXPECT_NEAR(four.serial_speedup.value, 1 / (0.05 + 0.95 / 4), 0.05);
  EXPECT_NEAR(four.own_speedup.value, four.serial_speedup.value, 1e-12);
  EXPECT_FALSE(report.series[0].laws.fits.empty());
}

TEST(OwnPrograms, HaveFindings) {
  const Report report = make_report(of_command());
  const auto scaling = std::ranges::find(report.findings, "scaling", &Finding::kind);
  ASSERT_NE(scaling, report.findings.end());
  EXPECT_NE(scaling->text.find("jacobi with 4 workers (threads 1x1x4) runs 3."), std::string::npos)
      << scaling->text;
  EXPECT_NE(scaling->text.find("jacobi, one worker"), std::string::npos) << scaling->text;
  EXPECT_EQ(scaling->text.find("scalelaw-"), std::string::npos) << scaling->text;
}

TEST(OwnPrograms, AreNotNamedTwice) {
  const std::string text = render(make_report(of_command()), Format::table);
  EXPECT_EQ(text.find("by jacobi"), std::string::npos) << text;
  const std::string other = render(make_report(of_command(1e9, "v2", "v2")), Format::table);
  EXPECT_NE(other.find("by v2"), std::string::npos) << other;
}

TEST(OwnPrograms, ArePeersOfTheFirst) {
  Results results = of_command();
  Results old = of_command(1e9, "old");
  const auto points = static_cast<std::int64_t>(results.points.size());
  const auto launches = static_cast<std::int64_t>(results.launches.size());
  for (Point point : old.points) {
    point.series = 1;
    point.id += " old";
    results.points.push_back(point);
  }
  for (Launch launch : old.launches) {
    launch.point += points;
    results.launches.push_back(launch);
  }
  for (Sample sample : old.samples) {
    sample.launch += launches;
    results.samples.push_back(sample);
  }
  const Report report = make_report(results);
  ASSERT_EQ(report.peers.size(), 3U);
  EXPECT_EQ(report.peers[2].ours, 2);
  EXPECT_EQ(report.peers[2].peer, 5);
  EXPECT_EQ(report.scaling[5].serial.name, "jacobi, one worker");
}

TEST(OwnPrograms, ShowWhatTheirProcessesTook) {
  Results results = of_command();
  EXPECT_TRUE(processes_of(results, make_report(results).summaries).empty());
  for (std::size_t i = 0; i < results.samples.size(); ++i) {
    if (i % 5 != 0) continue;  // as a run that prints five times
    RankTimes& rank = results.samples[i].ranks[0];
    rank.process_s = 2;
    rank.user_s = 1;
    rank.system_s = 0.5;
    rank.peak_bytes = 3 << 20;
    results.samples[i].ranks.push_back(rank);
    results.samples[i].ranks[1].process_s = 4;
    results.samples[i].ranks[1].peak_bytes = 5 << 20;
  }
  const Report report = make_report(results);
  const auto processes = processes_of(results, report.summaries);
  ASSERT_EQ(processes.size(), 3U);
  EXPECT_EQ(processes[2].point, 2);
  EXPECT_EQ(processes[2].wall_s, 4);
  EXPECT_EQ(processes[2].user_s, 2);
  EXPECT_EQ(processes[2].system_s, 1);
  EXPECT_EQ(processes[2].peak_bytes, 8 << 20);
  EXPECT_EQ(processes[2].largest_peak_bytes, 5 << 20);
  const std::string full = render(report, Format::table, Detail::full);
  EXPECT_NE(full.find("Processes (of one run"), std::string::npos) << full;
  EXPECT_NE(full.find("8.00 MiB"), std::string::npos) << full;
}

TEST(OwnPrograms, OfOneProcessAreSerialPrograms) {
  Results results = of_command();
  results.points[0].model = process;
  EXPECT_EQ(make_report(results).scaling[2].serial.name, "jacobi");
}

}  // namespace
}  // namespace scalelaw::harness

// Whether times that nobody measured here may be published, and what would help.
#include <gtest/gtest.h>

#include <cmath>

#include "harness/results/preview_mark.hpp"
#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

Finding publication(const Results& results) {
  return of_kind(results, FindingKind::publication);
}

void set_clock(Results& results, TimeSource clock) {
  for (Point& point : results.points) point.clock = clock;
}

TEST(Publication, IsNotForTimesOfAPretendedMachine) {
  Results results = good().results();
  set_clock(results, TimeSource::pretended);
  EXPECT_EQ(publication(results).text, "Not publishable: times of a pretended machine.");
  set_clock(results, TimeSource::simulated);
  EXPECT_EQ(publication(results).text,
            "Not publishable as measurements: times of a simulated machine.");
  set_clock(results, TimeSource::measured);
  results.points[2].clock = TimeSource::pretended;
  EXPECT_EQ(publication(results).text, "Not publishable: 1 of 5 times are of a pretended machine.");
}

TEST(Publication, IsNoQuestionOfAPreview) {
  EXPECT_EQ(publication(good().results()).text.find("preview"), std::string::npos);
  Results preview = good().results();
  mark_as_preview(preview);
  for (Point& point : preview.points) point.state = State::not_converged;
  const std::string text = publication(preview).text;
  EXPECT_TRUE(text.starts_with("This is a preview: ")) << text;
  EXPECT_EQ(text.find("publish"), std::string::npos) << text;
  for (const Finding& finding : make_report(preview).findings) {
    EXPECT_NE(finding.kind, to_string(FindingKind::convergence)) << finding.text;
  }
}

TEST(Publication, SaysOfAPreviewHowManyMediansAreExact) {
  Results preview = good().results();
  mark_as_preview(preview);
  for (Sample& sample : preview.samples) {
    const Launch& launch = preview.launches[static_cast<std::size_t>(sample.launch)];
    if (launch.point != 0) sample.total_s *= 1 + static_cast<double>(sample.launch % 3);
  }
  const std::string text = publication(preview).text;
  EXPECT_TRUE(text.starts_with("This is a preview: 1 of 5 medians is within ")) << text;
}

TEST(Publication, SaysNothingOfAPreviewThatTimedNothing) {
  Results preview = good().results();
  mark_as_preview(preview);
  preview.launches.clear();
  preview.samples.clear();
  for (Point& point : preview.points) point.state = State::pending;
  for (const Finding& finding : make_report(preview).findings) {
    EXPECT_NE(finding.kind, to_string(FindingKind::publication)) << finding.text;
  }
}

/// Imported times with `launches` of each count of workers; `noun`: what a launch is in the file.
Results imported(std::size_t launches, const std::string& noun, double noise = 0.001) {
  SyntheticCampaign out(1, static_cast<int>(launches), noise);
  Results& results = out.results();
  results.target_interval = 0.02;
  for (const std::int64_t p : {1, 2, 4, 8}) {
    Point& point =
        out.add(1, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)));
    point.state = State::ok;
    point.clock = TimeSource::imported;
    point.work.erase("amount");
  }
  for (Launch& launch : results.launches) {
    launch.header = nullptr;
    launch.wall_s = std::nan("");
  }
  for (auto& [name, value] : results.environment) value = "unknown";
  results.environment["import.launch"] = noun;
  return results;
}

TEST(Publication, OfImportsAsksForWhatTheirFileCanHave) {
  const std::string text = publication(imported(2, "row")).text;
  EXPECT_NE(text.find("4 of 4 medians have no interval"), std::string::npos) << text;
  EXPECT_NE(text.find("What would help: at least 6 rows for each count of workers; "),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("rule"), std::string::npos) << "no file can keep them: " << text;
  EXPECT_EQ(text.find("quiet machine"), std::string::npos) << text;
  EXPECT_EQ(text.find("of measuring"), std::string::npos) << text;
  EXPECT_EQ(text.find("worker counts"), std::string::npos) << "it has four: " << text;
}

TEST(Publication, OfImportsSaysWhatTheReaderMustAdd) {
  const std::string all = publication(imported(10, "run")).text;
  EXPECT_EQ(all,
            "Do not publish this yet: an imported file does not say how its times were measured. "
            "What would help: the machine, the compiler, the binding and the clock, stated beside "
            "the numbers.");
  const std::string wide = publication(imported(8, "run", 0.05)).text;
  EXPECT_NE(wide.find(" runs more in all; the machine, "), std::string::npos) << wide;
}

TEST(Publication, OfImportsNamesTheMissingOneWorker) {
  Results results = imported(10, "run");
  results.points.front().state = State::crashed;
  for (Launch& launch : results.launches) {
    if (launch.point == 0) launch.state = State::crashed;
  }
  const std::string text = publication(results).text;
  EXPECT_NE(text.find("rule 1 (name the base case of a speedup, and its time) of Hoefler"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("times of the serial driver or of one worker"), std::string::npos) << text;
}

}  // namespace
}  // namespace scalelaw::harness

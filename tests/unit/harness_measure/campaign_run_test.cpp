#include "harness/measure/campaign_run.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <set>

#include "harness/launch/drivers.hpp"
#include "harness/launch/fake.hpp"
#include "harness/measure/summary.hpp"
#include "harness/measure/verdict.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

/// A campaign on a pretended machine: four placements of one kernel, 1 to 4 threads.
class Campaigns : public ::testing::Test {
 protected:
  Campaigns() {
    std::string name = (fs::temp_directory_path() / "scalelaw-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    measuring_.launches_min = 2;
    measuring_.launches_max = 20;
    measuring_.budget_s = 1e6;
    measuring_.target_interval = 0.02;
    for (std::int64_t threads = 1; threads <= 4; ++threads) add_point(threads);
    results_.seed = 7;
  }
  ~Campaigns() override { fs::remove_all(folder_); }

  void add_point(std::int64_t threads) {
    Point point;
    point.id = "calibration/openmp/" + std::to_string(threads);
    point.kernel = "calibration";
    point.model = Model::openmp;
    point.placement = {1, 1, threads};
    point.params = {{"operations", 1000}};
    point.options = nlohmann::json::object();
    results_.points.push_back(point);
  }

  MeasureTools tools(Launcher& launcher) {
    MeasureTools tools;
    tools.launcher = &launcher;
    tools.job = [this](const Point& point, const std::string& report) {
      return make_job(point, measuring_, results_.seed, "/drivers", report);
    };
    tools.scratch = folder_.string();
    return tools;
  }

  void run(FakeMachine machine, const GateProbe& gate = {}) {
    FakeLauncher launcher(std::move(machine));
    MeasureTools with = tools(launcher);
    with.gate = gate;
    fs::remove(folder_ / "journal");
    Journal journal = Journal::begin((folder_ / "journal").string(), results_);
    measure(results_, measuring_, with, journal);
  }

  std::int64_t launches_of(std::int64_t point) const {
    std::int64_t count = 0;
    for (const Launch& launch : results_.launches) count += launch.point == point;
    return count;
  }

  fs::path folder_;
  Measuring measuring_;
  Results results_;
};

TEST_F(Campaigns, ConvergeOnAQuietMachineWithTheFewestLaunchesThatHaveAnInterval) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.001;
  run(machine);
  for (std::int64_t i = 0; i < 4; ++i) {
    const Point& point = results_.points[static_cast<std::size_t>(i)];
    EXPECT_EQ(point.state, State::converged) << point.reason;
    EXPECT_EQ(launches_of(i), 6);
    const double truth = 0.1 + 0.9 / static_cast<double>(i + 1);
    EXPECT_NEAR(summarize(results_, i).median_s, truth, 0.01 * truth);
  }
}

TEST_F(Campaigns, EndNotConvergedWhenNoiseIsTooLargeForTheLaunchesAllowed) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.5;
  run(machine);
  for (const Point& point : results_.points) {
    EXPECT_EQ(point.state, State::not_converged);
    EXPECT_NE(point.reason.find("half-width"), std::string::npos) << point.reason;
  }
  EXPECT_EQ(launches_of(0), measuring_.launches_max);
}

TEST_F(Campaigns, LaunchEveryPointOnceInEveryBlockInAnOrderThatTheSeedGives) {
  const auto order = [&](std::int64_t seed) {
    results_.launches.clear();
    results_.samples.clear();
    for (Point& point : results_.points) point.state = State::pending;
    results_.seed = seed;
    run(amdahl_machine(1.0, 0.1));
    std::vector<std::int64_t> points;
    for (const Launch& launch : results_.launches) points.push_back(launch.point);
    return points;
  };
  const std::vector<std::int64_t> first = order(1), again = order(1), other = order(2);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  std::set<std::vector<std::int64_t>> blocks;
  for (std::size_t i = 0; i + 4 <= first.size(); i += 4) {
    const std::vector<std::int64_t> block(first.begin() + static_cast<std::ptrdiff_t>(i),
                                          first.begin() + static_cast<std::ptrdiff_t>(i) + 4);
    EXPECT_EQ(std::set<std::int64_t>(block.begin(), block.end()).size(), 4U);
    blocks.insert(block);
  }
  EXPECT_GT(blocks.size(), 1U) << "all blocks have the same order";
}

}  // namespace
}  // namespace scalelaw

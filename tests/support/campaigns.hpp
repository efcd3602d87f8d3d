#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/launch/fake.hpp"
#include "harness/launch/job.hpp"
#include "harness/measure/campaign_run.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {

/// A campaign on a pretended machine: four placements of one kernel, 1 to 4 threads.
class Campaigns : public ::testing::Test {
 protected:
  Campaigns() {
    measuring_.launches_min = 2;
    measuring_.launches_max = 20;
    measuring_.budget_s = 1e6;
    measuring_.target_interval = 0.02;
    for (std::int64_t threads = 1; threads <= 4; ++threads) add_point(threads);
    results_.seed = 7;
  }

  void add_point(std::int64_t threads) {
    Point point;
    point.id = "calibration/openmp/" + std::to_string(threads);
    point.kernel = "calibration";
    point.model = models::openmp;
    point.placement = {1, 1, threads};
    point.params = {{"operations", 1000}};
    point.options = nlohmann::json::object();
    results_.points.push_back(point);
  }

  MeasureTools tools(Launcher& launcher) {
    MeasureTools tools;
    tools.launcher = &launcher;
    tools.job = [this](const Point& point, std::int64_t samples, const std::string& report) {
      Measuring with = measuring_;
      with.samples = samples;
      return make_job(point, with, results_.seed, "/drivers", report);
    };
    tools.scratch = folder_.string();
    tools.pause = [this](double seconds) { waited_s_ += seconds; };
    return tools;
  }

  void run(FakeMachine machine, const GateProbe& gate = {}) {
    FakeLauncher launcher(std::move(machine));
    MeasureTools with = tools(launcher);
    with.gate = gate;
    std::filesystem::remove(folder_ / "journal");
    Journal journal = Journal::begin((folder_ / "journal").string(), results_);
    measure(results_, measuring_, with, journal);
  }

  void measure_with(Launcher& launcher) {
    std::filesystem::remove(folder_ / "journal");
    Journal journal = Journal::begin((folder_ / "journal").string(), results_);
    measure(results_, measuring_, tools(launcher), journal);
  }

  std::int64_t launches_of(std::int64_t point) const {
    std::int64_t count = 0;
    for (const Launch& launch : results_.launches) count += launch.point == point;
    return count;
  }

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path();
  Measuring measuring_;
  Results results_;
  double waited_s_ = 0;  ///< in pauses after failures
};

}  // namespace scalelaw::harness

#include "harness/launch/fake.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

class Fake : public testing::Test {
 protected:
  Job job(Placement placement) const {
    Job out;
    out.driver = {"/bin/scalelaw-hybrid", "calibration"};
    out.model = models::hybrid;
    out.placement = placement;
    out.record = file_;
    out.implementation = "scalelaw";
    out.kernel = "calibration";
    out.params = {{"operations", 5}};
    out.options = {{"schedule", "guided"}};
    out.seed = 9;
    out.samples = 3;
    out.diagnostics = 1;
    out.warmups = 2;
    return out;
  }

  std::vector<json> lines() const {
    std::vector<json> out;
    std::ifstream file(file_);
    for (std::string line; std::getline(file, line);) out.push_back(json::parse(line));
    return out;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "record.jsonl";
};

TEST_F(Fake, WritesTheRecordOfAnAmdahlMachine) {
  FakeLauncher launcher(amdahl_machine(1.0, 0.1));
  const Outcome outcome = launcher.run(job({1, 2, 2}));
  EXPECT_EQ(outcome.exit_code, 0);
  const std::vector<json> record = lines();
  ASSERT_EQ(record.size(), 6U);
  EXPECT_EQ(record[0]["kernel"], "calibration");
  EXPECT_EQ(record[0]["model"], "hybrid");
  EXPECT_EQ(record[0]["params"], (json{{"operations", 5}, {"seed", 9}}));
  EXPECT_EQ(record[0]["options"], (json{{"schedule", "guided"}}));
  EXPECT_EQ(record[0]["placement"], (json{{"nodes", 1}, {"ranks", 2}, {"threads", 2}}));
  EXPECT_EQ(record[0]["ranks"][1]["threads"][1]["cpus"], "3");
  EXPECT_EQ(record[0]["warmups"], 2);
  EXPECT_EQ(record[0]["timer"]["resolution_s"], 0) << "no invented time is too short";
  EXPECT_DOUBLE_EQ(record[1]["total_s"], 0.1 + 0.9 / 4);
  EXPECT_EQ(record[3]["diagnostic"], false);
  EXPECT_EQ(record[4]["diagnostic"], true);
  EXPECT_EQ(record[5], (json{{"record", "end"}, {"samples", 3}, {"verified", true}}));
}

/// The seconds that the machine takes for a weak job whose work grows with its workers.
double weak_s(std::int64_t workers, double work) {
  Job job;
  job.placement = {1, 1, workers};
  job.scaling = Scaling::weak;
  job.work = work;
  return amdahl_machine(1.0, 0.1).times(job).total_s();
}

TEST_F(Fake, ScalesWeakJobsAsGustafsonSays) {
  for (const std::int64_t p : {1, 2, 8, 64}) {
    const auto x = static_cast<double>(p);
    EXPECT_NEAR(x * weak_s(1, 1) / weak_s(p, x), x - 0.1 * (x - 1), 1e-12) << p;
  }
  EXPECT_NEAR(weak_s(4, 8), 2 * weak_s(4, 4), 1e-12) << "twice the work takes twice as long";
}

TEST_F(Fake, IsNoisyAsAskedAndRepeatable) {
  FakeMachine machine = amdahl_machine(1.0, 0.0);
  machine.launch_noise = 0.01;
  machine.sample_noise = 0.01;
  FakeLauncher first(machine), second(machine);
  first.run(job({1, 1, 1}));
  const std::vector<json> a = lines();
  second.run(job({1, 1, 1}));
  EXPECT_EQ(a, lines());
  EXPECT_NE(a[1]["total_s"], a[2]["total_s"]);
  EXPECT_NEAR(a[1]["total_s"].get<double>(), 1, 0.1);
}

TEST_F(Fake, FailsAsTold) {
  FakeMachine machine = amdahl_machine(1.0, 0.0);
  machine.fault = [](const Job&, std::int64_t launch) { return static_cast<FakeFault>(launch); };
  FakeLauncher launcher(machine);
  const Job one = job({1, 1, 1});
  EXPECT_EQ(launcher.run(one).exit_code, 0);
  EXPECT_EQ(lines().back()["record"], "end");
  EXPECT_EQ(launcher.run(one).exit_code, 128 + SIGSEGV);
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_TRUE(launcher.run(one).timed_out);
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(launcher.run(one).exit_code, 2);
  EXPECT_EQ(lines().back()["verified"], false);
  EXPECT_EQ(lines()[3]["verified"], false);
  EXPECT_EQ(launcher.run(one).exit_code, 0);
  EXPECT_NE(lines().back()["record"], "end");
  EXPECT_EQ(launcher.run(one).exit_code, 0);
  EXPECT_EQ(lines()[0]["ranks"][0]["threads"][0]["cpus"], "0-1023");
  std::filesystem::remove(file_);
  EXPECT_EQ(launcher.run(one).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace scalelaw::harness

// Which batch system runs a campaign's jobs.
#include "harness/batch/scheduler.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/field.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

class ChooseScheduler : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::getenv("PATH");
    setenv("PATH", folder_.path().c_str(), 1);
  }
  void TearDown() override { setenv("PATH", before_.c_str(), 1); }
  void have(const std::string& program) {
    std::ofstream(folder_ / program) << "#!/bin/sh\n";
    std::filesystem::permissions(folder_ / program, std::filesystem::perms::owner_all);
  }

  TemporaryFolder folder_;
  std::string before_;
};

TEST_F(ChooseScheduler, TakesTheOneThatIsFound) {
  have("sbatch");
  EXPECT_EQ(choose_scheduler("auto").name, "slurm");
  EXPECT_EQ(choose_scheduler("local").name, "local");
}

TEST_F(ChooseScheduler, TakesTheLocalQueueOnlyWhenItIsNamed) {
  const std::string said = message_of([] { (void)choose_scheduler("auto"); });
  EXPECT_NE(said.find("no batch system found: PATH has no sbatch (SLURM)"), std::string::npos)
      << said;
  EXPECT_EQ(choose_scheduler("local").name, "local");
}

TEST_F(ChooseScheduler, SaysWhatIsMissing) {
  const std::string said = message_of([] { (void)choose_scheduler("slurm"); });
  EXPECT_NE(said.find("no sbatch found: SLURM's commands are not in PATH"), std::string::npos)
      << said;
  EXPECT_NE(message_of([] { (void)choose_scheduler("cron"); }).find("unknown scheduler 'cron'"),
            std::string::npos);
}

TEST(Schedulers, AreTheChoicesOfTheConfig) {
  std::vector<std::string> choices;
  for (const std::string_view name : enum_names(SchedulerChoice{})) choices.emplace_back(name);
  std::vector<std::string> names{"auto"};
  for (const Scheduler& scheduler : schedulers()) names.push_back(scheduler.name);
  EXPECT_EQ(choices, names);
}

}  // namespace
}  // namespace scalelaw::harness

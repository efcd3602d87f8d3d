#include "harness/machine/batch_job.hpp"

#include <gtest/gtest.h>

#include <map>

namespace scalelaw::harness {
namespace {

std::string job_with(const std::map<std::string, std::string>& variables) {
  return batch_job([&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

TEST(BatchJob, IsNamedByTheSystemThatGrantedIt) {
  EXPECT_EQ(job_with({{"SLURM_JOB_ID", "4711"}}), "SLURM job 4711");
  EXPECT_EQ(job_with({{"PBS_JOBID", "12.server"}}), "PBS job 12.server");
  EXPECT_EQ(job_with({{"FLUX_ENCLOSING_ID", "f12"}}), "Flux job f12") << "in a batch script";
  EXPECT_EQ(job_with({{"LSB_JOBID", "9"}, {"JOB_ID", "8"}}), "LSF job 9");
  EXPECT_EQ(job_with({{"JOB_ID", "8"}}), "") << "many programs set that";
  EXPECT_EQ(job_with({}), "");
}

}  // namespace
}  // namespace scalelaw::harness

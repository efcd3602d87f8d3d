// Flux: scripts, and what its commands print, as their manual pages say.
#include "harness/batch/schedulers/flux.hpp"

#include <gtest/gtest.h>

#include "harness/batch/scheduler.hpp"
#include "harness/config/parse.hpp"
#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

Campaign flux_campaign(const std::string& flux) {
  return parse_campaign("[campaign]\nname = \"a study\"\n[flux]\n" + flux +
                            "\n[[experiment]]\nkernel = \"dot_product\"\n",
                        "c.toml");
}

TEST(FluxScript, IsThis) {
  const Campaign campaign = flux_campaign(
      "bank = \"b\"\nqueue = \"batch\"\nconstraint = \"icelake&fast\"\n"
      "directives = [\"--urgency=8\"]\nsetup = [\"module load openmpi\"]");
  EXPECT_EQ(job_script(find_scheduler("flux"), {"nodes-4", 4, 61, 9, 8, 900}, campaign,
                       {"/home/u/f", "/home/u/w", {"scalelaw", "run"}}),
            R"(#!/usr/bin/env bash
# One job of a campaign, written by `scalelaw submit`.  It may be submitted again, or queued again by
# Flux, at any time: it continues where its journal ends, and measures nothing twice.
# flux: '--job-name=a study nodes-4'
# flux: --nodes=4
# flux: --exclusive
# flux: --time-limit=61m
# flux: --bank=b
# flux: --queue=batch
# flux: '--requires=icelake&fast'
# flux: --cwd=/home/u/f
# flux: --output=/home/u/f/nodes-4.log
# flux: --urgency=8
set -eo pipefail
output=/home/u/f/nodes-4.h5
if [[ -e $output && ! -e $output.journal ]]; then
  echo "$output is complete"
  exit 0
fi
resume=()
if [[ -e $output.journal ]]; then resume=(--resume); fi
cd /home/u/w
module load openmpi
# In this shell's place, so that the signal before the time limit reaches it.
exec timeout --foreground --preserve-status --signal=USR1 3600 scalelaw run "${resume[@]}"
)");
}

TEST(FluxScript, AsksForPartsOfNodesAndTheTimeThatIsGiven) {
  const std::string script =
      job_script(find_scheduler("flux"), {"nodes-4", 4, 61, 9, 8, 900},
                 flux_campaign("exclusive = false\ntime = \"1.5h\""), {"/f", "/w", {"run"}});
  EXPECT_NE(script.find("# flux: --nodes=4\n# flux: --nslots=4\n# flux: --cores-per-slot=8\n"
                        "# flux: --time-limit=1.5h\n"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("--signal=USR1 5340 run"), std::string::npos) << script;
}

TEST(FluxScript, RefusesWhatFluxCannotWrite) {
  EXPECT_NE(message_of([] {
              (void)job_script(find_scheduler("flux"), {"nodes-4", 4, 61, 9, 8, 900},
                               flux_campaign(""), {"/a{{id}}", "/w", {"run"}});
            }).find("Flux cannot write a log"),
            std::string::npos);
  EXPECT_NE(
      message_of([] { flux_campaign("time = \"2m\"\nend_s = 120"); }).find("not longer than end_s"),
      std::string::npos);
  EXPECT_EQ(flux_campaign("time = \"0\"").flux.time, "0") << "no limit";
  EXPECT_EQ(flux_campaign("time = \"2m\"\nend_s = 119").flux.time, "2m");
  EXPECT_NE(message_of([] { flux_campaign("directives = [\"--urgency 8\"]"); }).find("has a blank"),
            std::string::npos);
  EXPECT_EQ(flux_campaign("directives = [\"--env=A=b c\"]").flux.directives.size(), 1U);
  EXPECT_NE(message_of([] { flux_campaign("time = \"01:00:00\""); }).find("not a time limit"),
            std::string::npos);
}

TEST(FluxJobs, AreReadWithTheirScripts) {
  const auto jobs = parse_flux_jobs(
      "123|SCHED|a study nodes-4|/f|g\n124|TIMEOUT|other|/home/x\n125|RUN|c all|/f\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs.at("123").script, "/f|g/nodes-4.flux");
  EXPECT_TRUE(jobs.at("123").alive(false));
  EXPECT_FALSE(jobs.at("124").alive(true));
  EXPECT_EQ(jobs.at("125").stage, JobStage::running);
}

TEST(FluxJobs, AreForgottenOnlyByThePreciseMessage) {
  EXPECT_TRUE(says_forgotten("flux-jobs: ERROR: JobID 123 unknown\n"));
  EXPECT_TRUE(says_forgotten("ERROR: JobID f1 unknown\nERROR: JobID f2 unknown\n"));
  EXPECT_FALSE(says_forgotten(""));
  EXPECT_FALSE(says_forgotten("flux-jobs: ERROR: unknown field {id.dec}\n"));
  EXPECT_FALSE(says_forgotten("flux-jobs: ERROR: rpc: Host is unknown\n"));
  EXPECT_FALSE(says_forgotten("ERROR: JobID f1 unknown\nERROR: rpc: Function not implemented\n"));
}

/// All that flux-jobs(1) lists under JOB STATUS.
TEST(FluxJobs, KnowEveryStateOfTheManual) {
  for (const char* status : {"DEPEND", "PRIORITY", "SCHED"}) {
    EXPECT_EQ(flux_stage(status), JobStage::queued) << status;
  }
  EXPECT_EQ(flux_stage("RUN"), JobStage::running);
  EXPECT_EQ(flux_stage("CLEANUP"), JobStage::ending);
  for (const char* status : {"COMPLETED", "FAILED", "CANCELED", "TIMEOUT"}) {
    EXPECT_EQ(flux_stage(status), JobStage::ended) << status;
  }
  EXPECT_EQ(flux_stage("LEVITATE"), JobStage::unknown);
}

}  // namespace
}  // namespace scalelaw::harness

// PBS: scripts, and what its commands print, as their manual pages say.
#include "harness/batch/schedulers/pbs.hpp"

#include <gtest/gtest.h>

#include "harness/batch/scheduler.hpp"
#include "harness/config/parse.hpp"
#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

Campaign pbs_campaign(const std::string& pbs) {
  return parse_campaign("[campaign]\nname = \"a study\"\n[pbs]\n" + pbs +
                            "\n[[experiment]]\nkernel = \"dot_product\"\n",
                        "c.toml");
}

BatchJob four_nodes() {
  BatchJob job{"nodes-4", 4, 61, 9, 8, 900};
  job.ranks = 4;
  job.threads = 2;
  job.node_cpus = 16;
  return job;
}

TEST(PbsScript, IsThis) {
  const Campaign campaign = pbs_campaign(
      "account = \"my project\"\nqueue = \"workq\"\nconstraint = \"model=icelake\"\n"
      "requeue = false\ndirectives = [\"-m e\"]\nsetup = [\"module load openmpi\"]");
  EXPECT_EQ(job_script(find_scheduler("pbs"), four_nodes(), campaign,
                       {"/home/u/f", "/home/u/my w", {"scalelaw", "run", "a b"}}),
            R"(#!/usr/bin/env bash
# One job of a campaign, written by `scalelaw submit`.  It may be submitted again, or queued again by
# PBS, at any time: it continues where its journal ends, and measures nothing twice.
#PBS -N a_study_nodes-4
#PBS -S /bin/bash
#PBS -l select=4:ncpus=16:mpiprocs=4:ompthreads=2:model=icelake
#PBS -l place=scatter:excl
#PBS -l walltime=01:01:00
#PBS -A "my project"
#PBS -q workq
#PBS -r n
#PBS -V
#PBS -j oe
#PBS -o /home/u/f/nodes-4.log
#PBS -m e
set -eo pipefail
output=/home/u/f/nodes-4.h5
if [[ -e $output && ! -e $output.journal ]]; then
  echo "$output is complete"
  exit 0
fi
resume=()
if [[ -e $output.journal ]]; then resume=(--resume); fi
cd '/home/u/my w'
module load openmpi
# In this shell's place, so that the signal before the time limit reaches it.
exec timeout --foreground --preserve-status --signal=USR1 3600 scalelaw run 'a b' --hostfile "$PBS_NODEFILE" "${resume[@]}"
)");
}

TEST(PbsScript, AsksForPartsOfNodesAndNoLimit) {
  BatchJob job = four_nodes();
  job.time_limit_min = 0;
  const std::string script = job_script(find_scheduler("pbs"), job,
                                        pbs_campaign("exclusive = false"), {"/f", "/w", {"run"}});
  EXPECT_NE(script.find("#PBS -l select=4:ncpus=8:mpiprocs=4:ompthreads=2:mem=900mb\n"
                        "#PBS -l place=scatter:shared\n#PBS -r y\n"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("exec run --hostfile \"$PBS_NODEFILE\""), std::string::npos) << script;
  EXPECT_EQ(script.find("walltime"), std::string::npos);
}

TEST(PbsScript, WritesWordsAsQsubReadsThem) {
  EXPECT_EQ(pbs_word("plain-1"), "plain-1");
  EXPECT_EQ(pbs_word("a b"), "\"a b\"");
  EXPECT_EQ(pbs_word("it's"), "\"it's\"");
  EXPECT_EQ(pbs_word("a\"b"), "\"a\"'\"'\"b\"");
}

TEST(PbsScript, RefusesWhatPbsCannotWrite) {
  for (const char* folder : {"/a:b", "/a,b", "/a\"b", "/a\\b"}) {
    EXPECT_NE(message_of([&] {
                (void)job_script(find_scheduler("pbs"), four_nodes(), pbs_campaign(""),
                                 {folder, "/w", {"run"}});
              }).find("PBS cannot write a log"),
              std::string::npos)
        << folder;
  }
  EXPECT_NE(message_of([] { pbs_campaign("time = \"1 hour\""); }).find("is not a time limit"),
            std::string::npos);
  EXPECT_NE(message_of([] { pbs_campaign("time = \"00:01:00\""); }).find("not longer than end_s"),
            std::string::npos);
  EXPECT_EQ(pbs_campaign("time = \"00:01:01\"").pbs.time, "00:01:01");
  EXPECT_NE(message_of([] { pbs_campaign("directives = [\"rm\"]"); }).find("not an option of qsub"),
            std::string::npos);
}

TEST(Qstat, IsReadWithTheScriptsOfItsJobs) {
  const auto jobs = parse_qstat(R"({"timestamp": 1, "pbs_version": "23.06", "Jobs": {
    "12.server": {"Job_Name": "c", "job_state": "Q", "comment": "Not Running: no nodes",
                  "Output_Path": "login1:/f/nodes-4.log"},
    "13.server": {"job_state": "F", "Exit_status": 271, "Output_Path": "login1:/f/nodes-2.log"},
    "14.server": {"job_state": "?", "Output_Path": "login1:/home/other/x.o14"}}})");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs.at("12.server").state, "QUEUED");
  EXPECT_EQ(jobs.at("12.server").reason, "Not Running: no nodes");
  EXPECT_EQ(jobs.at("12.server").script, "/f/nodes-4.pbs");
  EXPECT_TRUE(jobs.at("12.server").alive(false));
  EXPECT_EQ(jobs.at("13.server").state, "FINISHED, exit status 271");
  EXPECT_FALSE(jobs.at("13.server").alive(true));
  EXPECT_EQ(jobs.at("14.server").script, "");
  EXPECT_TRUE(jobs.at("14.server").alive(false)) << "nobody has heard of that state";
  EXPECT_TRUE(parse_qstat("").empty());
  EXPECT_TRUE(parse_qstat(R"({"pbs_version": "23.06"})").empty());
  EXPECT_NE(message_of([] { (void)parse_qstat("{\"Jobs\":"); }).find("no JSON"), std::string::npos);
}

TEST(Qstat, ReadsValuesOfAnotherTypeOrSaysThatItCannot) {
  const auto jobs = parse_qstat(R"({"Jobs": {"1.s": {"job_state": "Q", "comment": 12}}})");
  EXPECT_EQ(jobs.at("1.s").reason, "12");
  for (const char* text :
       {R"([1])", R"({"Jobs": {"1.s": 7}})", R"({"Jobs": {"1.s": {"job_state": 5}}})"}) {
    EXPECT_NE(message_of([&] { (void)parse_qstat(text); }).find("cannot read what qstat printed"),
              std::string::npos)
        << text;
  }
}

/// All that pbs_job_attributes(7B) lists under job_state.
TEST(Qstat, KnowsEveryStateOfTheManual) {
  for (const char* state : {"H", "M", "Q", "T", "W"}) EXPECT_EQ(pbs_stage(state), JobStage::queued);
  for (const char* state : {"B", "R", "S", "U"}) EXPECT_EQ(pbs_stage(state), JobStage::running);
  EXPECT_EQ(pbs_stage("E"), JobStage::ending);
  for (const char* state : {"F", "X"}) EXPECT_EQ(pbs_stage(state), JobStage::ended);
  EXPECT_EQ(pbs_stage("Z"), JobStage::unknown);
}

TEST(Pbsnodes, GiveTheLeastOfNodesThatAreUp) {
  const std::string text = R"({"nodes": {
    "n1": {"state": "free", "resources_available": {"ncpus": 16, "mem": "32gb", "model": "icelake"}},
    "n2": {"state": "job-exclusive",
           "resources_available": {"ncpus": 12, "mem": "16777216kb", "model": "icelake"}},
    "n3": {"state": "free", "resources_available": {"ncpus": 8, "mem": "1gb", "model": "rome"}},
    "n4": {"state": "down,offline", "resources_available": {"ncpus": 2, "model": "icelake"}}}})";
  const Allocation two = parse_pbsnodes(text, "model=icelake", 2);
  EXPECT_EQ(two.nodes.size(), 2U);
  EXPECT_EQ(two.node.cores, 12);
  EXPECT_EQ(two.node.memory_bytes, std::int64_t{1} << 34);
  EXPECT_EQ(parse_pbsnodes(text, "", 3).node.cores, 8);
  EXPECT_NE(message_of([&] {
              (void)parse_pbsnodes(text, "model=icelake", 3);
            }).find("needs 3 nodes, but there are only 2"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)parse_pbsnodes(text, "model=x", 1); }).find("no such node"),
            std::string::npos);
}

TEST(Pbsnodes, ReadsNumbersInQuotesOrSaysThatItCannot) {
  const Allocation one = parse_pbsnodes(
      R"({"nodes": {"n": {"resources_available": {"ncpus": "4", "mem": 1024}}}})", "", 1);
  EXPECT_EQ(one.node.cores, 4);
  EXPECT_EQ(one.node.memory_bytes, 1024);
  EXPECT_NE(message_of([] {
              (void)parse_pbsnodes(R"({"nodes": {"n": {"state": 3}}})", "", 1);
            }).find("cannot read what pbsnodes printed"),
            std::string::npos);
}

TEST(Pbsnodes, HaveWhatIsAskedForAsPbsCompares) {
  const std::string text = R"({"nodes": {"n1": {"resources_available":
      {"ncpus": 8, "ngpus": 4, "scratch": "100gb", "ib": "True", "features": "avx2,fast"}},
    "n2": {"resources_available": {"ncpus": 8, "model": "rome"}}}})";
  for (const char* constraint :
       {"ngpus=2", "ngpus=4", "scratch=50gb", "scratch=1000mb", "ib=true", "ib=T", "features=fast",
        "ngpus=1:features=avx2", "licenses=3", "features=\"avx2,fast\""}) {
    EXPECT_FALSE(parse_pbsnodes(text, constraint, 1).nodes.empty()) << constraint;
  }
  EXPECT_EQ(parse_pbsnodes(text, "ib=false", 1).node.cores, 8) << "n2, where it is not set";
  for (const char* constraint : {"ngpus=5", "scratch=200gb", "scratch=1tb", "features=slow",
                                 "features=avx", "model=Rome", "ib=false:ngpus=1"}) {
    EXPECT_NE(message_of([&] { (void)parse_pbsnodes(text, constraint, 1); }).find("no such node"),
              std::string::npos)
        << constraint;
  }
}

TEST(PbsFaults, HaveTheRemedyThatFits) {
  for (const auto& [fault, word] : std::vector<std::pair<std::string, std::string>>{
           {"cannot start qsub: No such file or directory", "load the module"},
           {"qsub: Unknown queue", "[pbs] queue"},
           {"qsub: Job exceeds queue and/or server resource limits", "ask for less"},
           {"qsub: Unknown resource: Resource_List.x", "[pbs] constraint"},
           {"Cannot connect to specified server host 'pbs'.", "until the server answers"},
           {"qsub: something else", "own message"}}) {
    EXPECT_NE(pbs_hint(fault).find(word), std::string::npos) << fault << ": " << pbs_hint(fault);
  }
}

}  // namespace
}  // namespace scalelaw::harness

// submit, status, collect, cancel: beside stubs of SLURM's commands.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/with_stubs.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class Batches : public WithStubs {
 protected:
  void SetUp() override {
    WithStubs::SetUp();
    stub("sinfo", "for n in 1 2 3 4; do echo \"n$n|debug*|(null)|2|1|2|1|4000\"; done");
    // One job after the other; with a file `refuse` its text is the refusal of jobs of 2 nodes,
    // with `refuse-all` of any.
    stub("sbatch",
         "for f in refuse refuse-all; do if [ -e $S/$f ]; then case \"$f $2\" in "
         "refuse-all*|*nodes-2*) cat $S/$f >&2; exit 1;; esac; fi; done\n"
         "n=$(($(cat $S/number 2>/dev/null || echo 100) + 1)); echo $n >$S/number\n"
         "echo \"$n|$2\" >>$S/queue\n"
         "if [ -e $S/speechless ]; then exit 0; fi; echo $n");
    stub("squeue",
         "state=$(cat $S/state 2>/dev/null || echo RUNNING)\n"
         "[ -e $S/queue ] || exit 0\n"
         "while IFS='|' read -r n script; do echo \"$n|$state|None|$script\"; done <$S/queue");
    stub("scancel", "echo \"$@\" >>$S/cancelled");
  }

  /// A config of jobs of 1 and 2 nodes.
  [[nodiscard]] std::string campaign(const std::string& name, const std::string& slurm = "") const {
    return write(name + ".toml",
                 "[campaign]\nname = \"" + name +
                     "\"\n[measuring]\nsamples = 2\nlaunches_min = 2\nlaunches_max = 2\n"
                     "ceilings = false\n[measuring.gate]\nenabled = false\n[slurm]\n" +
                     slurm +
                     "\n[[experiment]]\nkernel = \"dot_product\"\nmodels = \"mpi\"\n"
                     "size = 1e4\nnodes = [1, 2]\n");
  }
  void submit(const std::string& config, const std::string& folder) const {
    const Printed printed = scalelaw({"submit", config, "-o", "results/" + folder});
    ASSERT_EQ(printed.exit_code, 0) << printed.err;
    expect_invented_times("results/" + folder + "/campaign.json");
  }
  /// Lets a plan take what measure() invents.
  void expect_invented_times(const std::string& file) const {
    std::string plan = text(file);
    const std::string measured = "\"measured\"", invented = "\"pretended\"";
    for (std::size_t at = 0; (at = plan.find(measured, at)) != std::string::npos;) {
      plan.replace(at, measured.size(), invented);
    }
    (void)write(file, plan);
  }
  /// Measures a job as it would be, with invented times, by its own words.
  void measure(const std::string& folder, const std::string& nodes,
               const std::vector<std::string>& more = {}) const {
    const std::string at = "results/" + folder;
    std::vector<std::string> words{"run",        at + "/config.toml",
                                   "--plan",     at + "/campaign.json",
                                   "--launcher", "fake",
                                   "--output",   at + "/nodes-" + nodes + ".h5",
                                   "--filter",   "nodes=" + nodes};
    words.insert(words.end(), more.begin(), more.end());
    const Printed printed = scalelaw(words);
    ASSERT_EQ(printed.exit_code, 0) << printed.err;
  }
  [[nodiscard]] bool exists(const fs::path& file) const { return fs::exists(folder_ / file); }
};

TEST_F(Batches, CancelsTheJobsOfOneCampaignWhoseNameBeginsLikeAnother) {
  submit(campaign("dot"), "dot-20261129T100000Z");
  submit(campaign("dot-long"), "dot-long-20261129T100001Z");
  const Printed printed = scalelaw({"cancel", "dot.toml"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out, "dot: " + (folder_ / "results/dot-20261129T100000Z").string() +
                             "\n  nodes-1: cancelled job 101, which was RUNNING\n"
                             "  nodes-2: cancelled job 102, which was RUNNING\n2 jobs cancelled\n");
  EXPECT_EQ(text("cancelled"), "101 102\n");
  EXPECT_EQ(scalelaw({"status", "dot.toml"}).out.substr(0, 5), "dot: ");
  EXPECT_EQ(scalelaw({"status", "dot-long.toml"}).out.substr(0, 10), "dot-long: ");
}

TEST_F(Batches, CancelsNoJobThatGotItsNumberLater) {
  submit(campaign("dot"), "old");
  (void)write("queue", "101|/somewhere/else.sbatch\n102|" + (folder_ / "results/old").string() +
                           "/nodes-2.sbatch\n");
  const Printed printed = scalelaw({"cancel", "dot.toml"});
  EXPECT_NE(printed.out.find("1 job cancelled"), std::string::npos) << printed.out;
  EXPECT_EQ(text("cancelled"), "102\n");
}

TEST_F(Batches, KnowsTheJobsOfAFolderThatWasMovedButNotOfItsCopy) {
  submit(campaign("dot"), "old");
  fs::copy(folder_ / "results/old", folder_ / "results/copy", fs::copy_options::recursive);
  EXPECT_NE(scalelaw({"cancel", "results/copy"}).out.find("0 jobs"), std::string::npos);
  fs::remove_all(folder_ / "results/copy");
  fs::rename(folder_ / "results/old", folder_ / "results/new");
  fs::create_directory_symlink("results/new", folder_ / "link");
  EXPECT_NE(scalelaw({"cancel", "link"}).out.find("2 jobs cancelled"), std::string::npos);
  // Once they have ended, they are submitted by scripts that know the new place.
  fs::remove(folder_ / "queue");
  const Printed again = scalelaw({"submit", "dot.toml", "--resume"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(text("queue"), "103|" + (folder_ / "results/new/nodes-1.sbatch").string() + "\n104|" +
                               (folder_ / "results/new/nodes-2.sbatch").string() + "\n");
  EXPECT_EQ(text("results/new/nodes-1.sbatch").find("results/old"), std::string::npos);
}

TEST_F(Batches, ResumesTheCampaignThatIsNamed) {
  submit(campaign("dot"), "a");
  submit(campaign("dot-long"), "b");
  const Printed wrong = scalelaw({"submit", "dot.toml", "-o", "results/b", "--resume"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.err.find("contains the campaign 'dot-long', not 'dot'"), std::string::npos);
  fs::remove(folder_ / "queue");
  EXPECT_EQ(scalelaw({"submit", "dot.toml", "--resume"}).exit_code, 0);
  EXPECT_NE(text("queue").find("results/a/nodes-1.sbatch"), std::string::npos) << text("queue");
  EXPECT_EQ(text("queue").find("results/b"), std::string::npos) << text("queue");
}

TEST_F(Batches, SubmitsAgainWhatIsToBeMeasuredAnew) {
  submit(campaign("dot"), "a");
  (void)write("state", "COMPLETED");
  measure("a", "1");
  measure("a", "2");
  const std::vector<std::string> resume{"submit", "dot.toml", "--resume"};
  const Printed complete = scalelaw(resume);
  EXPECT_NE(complete.out.find("nodes-1: complete\nnodes-2: complete\n"), std::string::npos)
      << complete.out;
  const std::vector<std::string> retry{"submit", "dot.toml", "--resume", "--retry", "nodes=2"};
  std::vector<std::string> dry = retry;
  dry.emplace_back("--dry-run");
  EXPECT_NE(scalelaw(dry).out.find("nodes-2: 1 point to be measured again\nwould submit"),
            std::string::npos);
  EXPECT_FALSE(exists("results/a/nodes-2.h5.journal"));
  const Printed again = scalelaw(retry);
  EXPECT_NE(again.out.find("nodes-1: complete\nnodes-2: 1 point to be measured again\nsubmitted "
                           "nodes-2: job 103"),
            std::string::npos)
      << again.out << again.err;
  EXPECT_TRUE(exists("results/a/nodes-2.h5.journal"));
  measure("a", "2", {"--resume"});
  EXPECT_FALSE(exists("results/a/nodes-2.h5.journal"));
  EXPECT_EQ(scalelaw({"collect", "dot.toml", "-o", "all.h5"}).exit_code, 0);
  const Results all = read_results((folder_ / "all.h5").string());
  EXPECT_EQ(all.launches.size(), 6U);
  EXPECT_EQ(std::count_if(all.launches.begin(), all.launches.end(),
                          [](const Launch& launch) { return launch.superseded; }),
            2);
}

TEST_F(Batches, PlansSkippedPointsAnewWhenTheyAreRetried) {
  const std::string file =
      write("omp.toml",
            "[campaign]\nname = \"omp\"\n[measuring]\nsamples = 2\nlaunches_min = 2\n"
            "launches_max = 2\nceilings = false\n[measuring.gate]\nenabled = false\n"
            "[[experiment]]\nkernel = \"dot_product\"\nmodels = \"hybrid\"\nsize = 1e4\n"
            "nodes = 1\nranks = 2\nthreads = [1, 2]\n");
  submit(file, "a");  // nodes have two cores
  (void)write("state", "COMPLETED");
  measure("a", "1");
  const std::vector<std::string> retry{"submit", "omp.toml", "--resume", "--retry", "skipped"};
  EXPECT_NE(scalelaw(retry).out.find("nodes-1: complete"), std::string::npos) << "still two";
  stub("sinfo", "for n in 1 2 3 4; do echo \"n$n|debug*|(null)|4|1|4|1|4000\"; done");
  const Printed again = scalelaw(retry);
  EXPECT_NE(again.out.find("nodes-1: 1 point to be measured again\nsubmitted nodes-1"),
            std::string::npos)
      << again.out << again.err;
  measure("a", "1", {"--resume"});
  const Results all = read_results((folder_ / "results/a/nodes-1.h5").string());
  ASSERT_EQ(all.points.size(), 2U);
  for (const Point& point : all.points) EXPECT_EQ(point.state, State::not_converged);
  EXPECT_EQ(all.launches.size(), 4U) << "nothing is measured twice";
}

TEST_F(Batches, SubmitsNoJobAgainThatMayStillStart) {
  submit(campaign("dot"), "a");
  for (const char* state : {"SPECIAL_EXIT", "PREEMPTED", "REQUEUE_FED", "STAGE_OUT",
                            "RESV_DEL_HOLD", "NOBODY_KNOWS_THIS"}) {
    (void)write("state", state);
    const Printed printed = scalelaw({"submit", "dot.toml", "--resume"});
    EXPECT_NE(printed.out.find(std::string("job 101 is ") + state), std::string::npos)
        << printed.out;
    EXPECT_EQ(printed.out.find("submitted"), std::string::npos) << printed.out;
    const Printed status = scalelaw({"status", "dot.toml"});
    EXPECT_NE(status.out.find(state), std::string::npos) << status.out;
    EXPECT_EQ(status.exit_code, 0) << state;
  }
  (void)write("state", "TIMEOUT");
  EXPECT_NE(scalelaw({"submit", "dot.toml", "--resume"}).out.find("submitted nodes-1: job 103"),
            std::string::npos);
}

TEST_F(Batches, SubmitsAPreemptedJobAgainThatIsNotRequeued) {
  submit(campaign("dot", "requeue = false"), "a");
  (void)write("state", "PREEMPTED");
  EXPECT_NE(scalelaw({"submit", "dot.toml", "--resume"}).out.find("submitted nodes-1: job 103"),
            std::string::npos);
}

TEST_F(Batches, FindsAJobWhoseNumberWasLost) {
  (void)write("speechless", "");
  const Printed printed = scalelaw({"submit", campaign("dot"), "-o", "results/a"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("sbatch printed no job number"), std::string::npos) << printed.err;
  fs::remove(folder_ / "speechless");
  const Printed again = scalelaw({"submit", "dot.toml", "--resume"});
  EXPECT_NE(again.out.find("nodes-1: job 101 is RUNNING"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("submitted nodes-2: job 102"), std::string::npos) << again.out;
}

TEST_F(Batches, LeaveNothingOfACampaignThatWasRefused) {
  submit(campaign("dot"), "good");
  (void)write("refuse-all", "sbatch: error: invalid partition specified: nope\n");
  const Printed printed = scalelaw({"submit", campaign("other"), "-o", "results/bad"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err,
            "scalelaw: nodes-1 was not submitted: sbatch: invalid partition specified: nope\n"
            "  hint: correct [slurm] partition (sinfo lists them)\n");
  EXPECT_FALSE(exists("results/bad"));
  EXPECT_EQ(scalelaw({"status"}).out.substr(0, 5), "dot: ");
  fs::create_directories(folder_ / "results/mine");
  (void)write("results/mine/notes.txt", "keep");
  (void)scalelaw({"submit", "other.toml", "-o", "results/mine"});
  EXPECT_EQ(text("results/mine/notes.txt"), "keep");
  EXPECT_FALSE(exists("results/mine/campaign.json"));
  fs::remove(folder_ / "refuse-all");
  EXPECT_EQ(scalelaw({"submit", "other.toml", "-o", "results/bad"}).exit_code, 0);
}

TEST_F(Batches, SayHowToContinueWhenALaterJobIsRefused) {
  (void)write("refuse",
              "sbatch: error: Batch job submission failed: Requested time limit is "
              "invalid (missing or exceeds some limit)\n");
  const Printed printed = scalelaw({"submit", campaign("dot"), "-o", "results/a"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.out.find("submitted nodes-1: job 101"), std::string::npos) << printed.out;
  EXPECT_NE(printed.err.find("nodes-2 was not submitted"), std::string::npos) << printed.err;
  EXPECT_NE(printed.err.find("[slurm] time"), std::string::npos) << printed.err;
  EXPECT_NE(printed.err.find("--resume"), std::string::npos) << printed.err;
  fs::remove(folder_ / "refuse");
  const Printed again = scalelaw({"submit", "dot.toml", "--resume"});
  EXPECT_NE(again.out.find("submitted nodes-2: job 102"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("nodes-1: job 101 is RUNNING"), std::string::npos) << again.out;
}

TEST_F(Batches, TellWhatIsMissingByTheirExitCodeAndByWords) {
  submit(campaign("dot"), "a");
  EXPECT_EQ(scalelaw({"status"}).exit_code, 0) << "its jobs run";
  const Printed early = scalelaw({"collect"});
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_NE(early.err.find(": not started\n"), std::string::npos) << early.err;
  EXPECT_EQ(early.err.find("interrupted"), std::string::npos) << early.err;
  measure("a", "1");
  fs::remove(folder_ / "queue");
  EXPECT_EQ(scalelaw({"status", "--wait"}).exit_code, 3) << "nothing will measure 2 nodes";
  EXPECT_EQ(scalelaw({"status"}).exit_code, 3);
  EXPECT_EQ(scalelaw({"collect"}).exit_code, 3);
  measure("a", "2");
  EXPECT_EQ(scalelaw({"status", "--wait"}).exit_code, 0);
  EXPECT_EQ(scalelaw({"collect"}).exit_code, 0) << "its own earlier file is brought up to date";
}

TEST_F(Batches, ReplaceNoFileUnlessToldTo) {
  submit(campaign("dot"), "a");
  measure("a", "1");
  (void)write("other.h5", "mine");
  const Printed refused = scalelaw({"collect", "-o", "other.h5"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("'other.h5' exists"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--overwrite"), std::string::npos) << refused.err;
  EXPECT_EQ(text("other.h5"), "mine");
  EXPECT_EQ(scalelaw({"collect", "-o", "other.h5", "--overwrite"}).exit_code, 3);
  EXPECT_NE(text("other.h5"), "mine");
  (void)write("results/a.h5", "mine");
  EXPECT_EQ(scalelaw({"collect"}).exit_code, 1) << "not a collection of this campaign";
  EXPECT_EQ(text("results/a.h5"), "mine");
  for (const char* own : {"results/a/nodes-1.h5", "results/a/nodes-2.h5"}) {
    const Printed printed = scalelaw({"collect", "-o", own, "--overwrite"});
    EXPECT_EQ(printed.exit_code, 1) << own;
    EXPECT_NE(printed.err.find("is the file of the job"), std::string::npos) << printed.err;
  }
  (void)write("busy.h5.journal", "");
  EXPECT_EQ(scalelaw({"collect", "-o", "busy.h5", "--overwrite"}).exit_code, 1);
}

TEST_F(Batches, ReportPointsThatFailed) {
  submit(campaign("dot"), "a");
  measure("a", "2");
  fs::remove(folder_ / "queue");
  fs::create_directories(folder_ / "drivers");
  (void)write("drivers/scalelaw-mpi", "#!/bin/sh\nkill -SEGV $$\n");
  fs::permissions(folder_ / "drivers/scalelaw-mpi", fs::perms::owner_all);
  const Printed run = scalelaw({"run", "results/a/config.toml", "--plan", "results/a/campaign.json",
                                "--launcher", "direct", "--output", "results/a/nodes-1.h5",
                                "--filter", "nodes=1", "--drivers", "drivers"});
  ASSERT_EQ(run.exit_code, 3) << run.err;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status"}, {"status", "--wait"}}) {
    const Printed printed = scalelaw(words);
    EXPECT_EQ(printed.exit_code, 3);
    EXPECT_NE(printed.out.find("complete, 1 crashed\n"), std::string::npos) << printed.out;
    EXPECT_NE(printed.out.find("2 of 2 points done, 1 crashed\n"), std::string::npos);
  }
}

TEST_F(Batches, GoOnWhenTheFileOfOneJobIsDamaged) {
  submit(campaign("dot"), "a");
  measure("a", "2");
  fs::remove(folder_ / "queue");
  (void)write("results/a/nodes-1.h5", "damaged");
  const Printed printed = scalelaw({"status"});
  EXPECT_EQ(printed.exit_code, 3);
  EXPECT_NE(printed.out.find("nodes-1.h5"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("1 of 2 points done"), std::string::npos) << printed.out;
}

}  // namespace
}  // namespace scalelaw::harness

// srun's exact command lines, and what is read from SLURM's answers.
#include "harness/launch/srun.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/launch/ending.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/process/interrupt.hpp"
#include "support/jobs.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Allocation four_nodes() {
  return {"17", {"c1", "c2", "c3", "c9"}, {8, 8, 1, 1 << 30}, false, {}, true};
}

std::string line_of(const Job& job, const BatchOptions& options = {},
                    const Allocation& allocation = four_nodes()) {
  return to_string(SrunLauncher(options, allocation).command(job));
}

TEST(Srun, PlacesRanksOnTheFirstNodes) {
  EXPECT_EQ(line_of(job_of(models::hybrid, {2, 3, 2})),
            "OMP_NUM_THREADS=2 OMP_PLACES=cores OMP_PROC_BIND=close SLURM_PMIX_FENCE=ring "
            "srun --job-name=scalelaw --mpi=pmix --nodes=2 --nodelist=c1,c2 --ntasks=6 "
            "--ntasks-per-node=3 --cpus-per-task=2 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --cpu-bind=cores "
            "/bin/scalelaw-hybrid dot_product --length 1000 --threads 2 --seed 7 --warmups 1 "
            "--samples 5 --diagnostics 1 --record r.jsonl");
}

TEST(Srun, StartsOneProcessWithoutMpi) {
  EXPECT_EQ(line_of(job_of(models::serial, {1, 1, 1})),
            "OMP_NUM_THREADS=1 OMP_PLACES=cores OMP_PROC_BIND=close "
            "srun --job-name=scalelaw --mpi=none --nodes=1 --nodelist=c1 --ntasks=1 "
            "--ntasks-per-node=1 --cpus-per-task=1 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --cpu-bind=cores "
            "/bin/scalelaw-serial dot_product --length 1000 --seed 7 --warmups 1 --samples 5 "
            "--record r.jsonl");
}

TEST(Srun, NestsPlacements) {
  const Job all = job_of(models::mpi, {4, 1, 1});
  EXPECT_NE(line_of(all).find(" --nodes=4 --nodelist=c1,c2,c3,c9 "), std::string::npos);
  EXPECT_NE(line_of(job_of(models::mpi, {3, 1, 1})).find(" --nodelist=c1,c2,c3 "),
            std::string::npos);
  EXPECT_THROW(line_of(job_of(models::mpi, {5, 1, 1})), Error);
}

TEST(Srun, GivesWholeCoresWhereSlurmCountsHardwareThreads) {
  Allocation threads = four_nodes();
  threads.node = {16, 8, 2, 1 << 30};
  EXPECT_NE(line_of(job_of(models::openmp, {1, 1, 3}), {}, threads).find(" --cpus-per-task=6 "),
            std::string::npos);
  // Two hardware threads a core, but cores are what is handed out.
  threads.node = {8, 8, 2, 1 << 30};
  EXPECT_NE(line_of(job_of(models::openmp, {1, 1, 3}), {}, threads).find(" --cpus-per-task=3 "),
            std::string::npos);
}

TEST(Srun, OversubscribesOnlyWhenAsked) {
  Job job = job_of(models::mpi, {1, 16, 1});
  job.oversubscribe = true;
  EXPECT_EQ(line_of(job),
            "OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1 OMP_PROC_BIND=false "
            "SLURM_PMIX_FENCE=ring "
            "srun --job-name=scalelaw --mpi=pmix --nodes=1 --nodelist=c1 --ntasks=16 "
            "--ntasks-per-node=16 --cpus-per-task=1 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --overcommit --cpu-bind=none "
            "/bin/scalelaw-mpi dot_product --length 1000 --seed 7 --warmups 1 --samples 5 "
            "--diagnostics 1 --record r.jsonl");
}

TEST(Srun, SharesTheCoresOfItsOwnStep) {
  Allocation within = four_nodes();
  within.inside_step = true;
  const Job job = job_of(models::mpi, {1, 2, 1});
  EXPECT_NE(line_of(job, {}, within).find(" --overlap "), std::string::npos);
  EXPECT_EQ(line_of(job).find("--overlap"), std::string::npos);
}

TEST(Srun, LeavesOutTheJobsOptionsThatContradictItsOwn) {
  Allocation by_cpu = four_nodes();
  by_cpu.contrary = {"SLURM_MEM_PER_CPU", "SLURM_HINT"};
  EXPECT_NE(line_of(job_of(models::mpi, {1, 2, 1}), {}, by_cpu)
                .find(" env -u SLURM_MEM_PER_CPU -u SLURM_HINT srun --job-name=scalelaw "),
            std::string::npos);
}

TEST(Srun, PassesTheConfigsWordsAsWords) {
  BatchOptions options;
  options.mpi = "pmi2";
  options.step_options = {"--network=a b", "--comment=$(x);"};
  const Command command =
      SrunLauncher(options, four_nodes()).command(job_of(models::mpi, {1, 2, 1}));
  EXPECT_EQ(command.argv.at(2), "--mpi=pmi2");
  EXPECT_FALSE(command.environment.contains("SLURM_PMIX_FENCE"));
  const auto end = std::find(command.argv.begin(), command.argv.end(), "/bin/scalelaw-mpi");
  ASSERT_GE(end - command.argv.begin(), 2);
  EXPECT_EQ(*(end - 2), "--network=a b");
  EXPECT_EQ(*(end - 1), "--comment=$(x);");
}

TEST(Srun, FindsTheTaskThatFailedFirst) {
  const auto cause = [](const std::string& log) { return step_end(log).cause; };
  EXPECT_EQ(cause("srun: error: c1: task 0: Segmentation fault\n"
                  "srun: launch/slurm: _step_signal: Terminating StepId=12.0\n"
                  "srun: error: c[2-3]: tasks 1-2: Terminated\n"),
            128 + 11);
  EXPECT_EQ(cause("srun: error: c3: task 2: Terminated\n"
                  "srun: error: c1: task 0: Exited with exit code 2\n"),
            2);
  EXPECT_EQ(cause("srun: error: c1: task 0: Killed\nsrun: error: c2: task 1: Terminated\n"), 137)
      << "as by the system when memory is short";
  EXPECT_EQ(cause("srun: error: c1: task 0: Out Of Memory\n"), 137);
  EXPECT_EQ(cause("srun: error: c2: task 1: User defined signal 1\n"), 0);
  EXPECT_EQ(cause(""), 0);
}

TEST(Srun, FindsThatTasksWereAskedToEnd) {
  const StepEnd end = step_end(
      "slurmstepd-c1: error: *** STEP 14.0 ON c1 CANCELLED AT 2026 ***\n"
      "srun: error: c2: task 1: Terminated\nsrun: error: c1: task 0: Killed\n");
  EXPECT_EQ(end.cause, 0);
  EXPECT_EQ(end.asked, 15);
  EXPECT_EQ(step_end("srun: error: c2: task 1: User defined signal 1\n").asked, 10);
  EXPECT_EQ(step_end("srun: error: c1: task 0: Segmentation fault\n").asked, 0);
}

/// SLURM's commands as scripts, found before any others: what srun prints and exits with, and what
/// squeue does.
class FakeSlurm {
 public:
  FakeSlurm(const std::string& said, int status, const std::string& squeue) {
    write("srun", "cat <<'END'\n" + said + "END\nexit " + std::to_string(status));
    write("squeue", squeue);
    setenv("PATH", (folder_.path().string() + ":" + std::getenv("PATH")).c_str(), 1);
  }

  Outcome run() {
    const Pause pause = [this](double seconds) { waited_s_ += seconds; };
    return SrunLauncher({}, four_nodes(), pause).run(job_of(models::mpi, {4, 1, 1}));
  }
  [[nodiscard]] double waited_s() const { return waited_s_; }
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

 private:
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = folder_.path() / name;
    std::ofstream(file) << "#!/bin/sh\n" << text << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  TemporaryFolder folder_;
  double waited_s_ = 0;
};

/// 0 when a launch was taken for interrupted, else the launch's exit code.
int code_of_run(const std::string& said, int status, const std::string& squeue) {
  FakeSlurm slurm(said, status, squeue);
  const Outcome outcome = slurm.run();
  return outcome.interrupted && interrupted() ? 0 : outcome.exit_code;
}

/// In a process of its own, since an interruption stays: ends with that code.
void run_and_exit(const std::string& said, int status, const std::string& state) {
  std::_Exit(code_of_run(said, status, "echo " + state));
}

const std::string away =
    "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; "
    "exit 1";

TEST(SrunDeathTest, NoFailureCountsThatComesWithTheAllocationsEnd) {
  using ::testing::ExitedWithCode;
  const std::string peers = "srun: error: c1: task 0: Exited with exit code 3\n";
  const std::string crash = "srun: error: c1: task 0: Segmentation fault\n";
  const std::string told = "srun: error: c3: task 2: Terminated\n";
  for (const char* state : {"COMPLETING", "PENDING", "NODE_FAIL", "TIMEOUT"}) {
    EXPECT_EXIT(run_and_exit(told + peers, 3, state), ExitedWithCode(0), "");
    EXPECT_EXIT(run_and_exit(crash, 139, state), ExitedWithCode(0), "");
    EXPECT_EXIT(run_and_exit("", 1, state), ExitedWithCode(0), "");
  }
  EXPECT_EXIT(run_and_exit(told + peers, 143, "RUNNING"), ExitedWithCode(3), "");
  EXPECT_EXIT(run_and_exit(crash + told, 143, "RUNNING"), ExitedWithCode(139), "");
  EXPECT_EXIT(run_and_exit("", 1, "RUNNING"), ExitedWithCode(1), "");
}

TEST(SrunDeathTest, AJobThatSlurmHasForgottenHasEnded) {
  EXPECT_EXIT(std::_Exit(code_of_run(
                  "", 1, "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")),
              ::testing::ExitedWithCode(0), "");
}

TEST(Srun, AControllerThatIsAwayIsAskedAgainAndTheCampaignGoesOn) {
  const std::string crash = "srun: error: c1: task 0: Segmentation fault\n";
  FakeSlurm back(
      crash, 139,
      "echo >>\"$0.asked\"; [ $(wc -l <\"$0.asked\") -ge 4 ] && echo RUNNING && exit 0; " + away);
  const Outcome outcome = back.run();
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_FALSE(interrupted());
  EXPECT_EQ(outcome.exit_code, 139);
  EXPECT_EQ(outcome.cause, Cause::none) << "the controller is back, and says nothing against it";
  EXPECT_EQ(back.waited_s(), 1 + 2 + 4);
}

TEST(Srun, AControllerThatStaysAwayIsNotTheDriversFault) {
  FakeSlurm gone("srun: error: c1: task 0: Segmentation fault\n", 139, away);
  const Outcome outcome = gone.run();
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_EQ(outcome.cause, Cause::scheduler);
  EXPECT_GE(gone.waited_s(), 300);
  EXPECT_LT(gone.waited_s(), 360);
}

TEST(Srun, AStepThatEndsWellWithoutARecordIsAskedAfterAndNotTakenForAnEnd) {
  const std::string aborted =
      "srun: launch/slurm: launch_p_step_launch: StepId=5.5 aborted before step completely "
      "launched.\nsrun: error: task 2 launch failed: Unspecified error\n"
      "srun: error: c4: task 3: Terminated\n";
  FakeSlurm slurm(aborted, 0, "echo >\"$0.asked\"; echo RUNNING");
  const Outcome outcome = slurm.run();
  EXPECT_TRUE(std::filesystem::exists(slurm.folder() + "/squeue.asked"));
  EXPECT_FALSE(outcome.interrupted) << "SLURM itself ended the tasks that could start";
  EXPECT_EQ(ending_of(outcome, false).cause, Cause::scheduler);
}

TEST(SrunDeathTest, TasksThatWereAskedToEndInterruptTheCampaign) {
  using ::testing::ExitedWithCode;
  const std::string told = "srun: error: c3: task 2: Terminated\n";
  const std::string killed = "srun: error: c1: task 0: Killed\n";
  EXPECT_EXIT(run_and_exit(told, 143, "RUNNING"), ExitedWithCode(0), "");
  EXPECT_EXIT(run_and_exit(told + killed, 137, "RUNNING"), ExitedWithCode(0), "");
  EXPECT_EXIT(run_and_exit(killed + told, 143, "RUNNING"), ExitedWithCode(137), "");
}

TEST(Slurm, ReadsWhatSinfoSaysOfNodes) {
  const SlurmNode node = parse_nodes("128|2|32|2|512000\n96|2|24|2|256000+\n");
  EXPECT_EQ(node.cpus, 96);
  EXPECT_EQ(node.cores, 48);
  EXPECT_EQ(node.threads_per_core, 2);
  EXPECT_EQ(node.memory_bytes, std::int64_t{256000} << 20);
  EXPECT_THROW(parse_nodes(""), Error);
  EXPECT_THROW(parse_nodes("128|2|32|2\n"), Error);
  EXPECT_THROW(parse_nodes("128|2|x|2|5\n"), Error);
}

TEST(Slurm, ChoosesTheNodesThatAJobWouldGet) {
  const std::string text =
      "a|fast|big,gpu|8\nb|fast|small|8\nb|all*|small|8\nc|all*|biggest|8\nc|all*|biggest|8\n";
  BatchOptions options;
  EXPECT_EQ(matching_nodes(text, options).size(), 2U) << "of the default partition, each once";
  options.partition = "fast";
  EXPECT_EQ(matching_nodes("a|fast|big,gpu|8\nb|fast|small|8\n", options).size(), 2U);
  options.constraint = "big";
  EXPECT_EQ(matching_nodes("a|fast|big,gpu|8\nb|fast|biggest|8\n", options).size(), 1U);
}

TEST(Slurm, ReadsTheLeastCpus) {
  EXPECT_EQ(least_cpus("72(x2),36"), 36);
  EXPECT_EQ(least_cpus("4,72(x2)"), 4);
  EXPECT_EQ(least_cpus("2(x4)"), 2);
  EXPECT_EQ(least_cpus(""), 0);
}

TEST(Slurm, KnowsWhichJobsCanRunSteps) {
  EXPECT_TRUE(can_run_steps("RUNNING"));
  for (const char* state : {"COMPLETING", "CANCELLED", "NODE_FAIL", "PENDING", "TIMEOUT", ""}) {
    EXPECT_FALSE(can_run_steps(state)) << state;
  }
}

}  // namespace
}  // namespace scalelaw::harness

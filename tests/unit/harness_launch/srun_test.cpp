// srun's exact command lines, and what is read from SLURM's answers.
#include "harness/launch/srun.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"
#include "harness/launch/drivers.hpp"

namespace scalelaw {
namespace {

Job job_of(Model model, Placement placement) {
  Point point;
  point.kernel = "dot_product";
  point.model = model;
  point.placement = placement;
  point.params = {{"length", 1000}};
  return make_job(point, {}, 7, "/bin", "r.jsonl");
}

Allocation four_nodes() {
  return {"17", {"c1", "c2", "c3", "c9"}, {8, 8, 1, 1 << 30}, false, {}, true};
}

std::string line_of(const Job& job, const SlurmOptions& options = {},
                    const Allocation& allocation = four_nodes()) {
  return to_string(SrunLauncher(options, allocation).command(job));
}

TEST(Srun, PlacesRanksOnTheFirstNodes) {
  EXPECT_EQ(line_of(job_of(Model::hybrid, {2, 3, 2})),
            "OMP_NUM_THREADS=2 OMP_PLACES=cores OMP_PROC_BIND=close "
            "srun --job-name=scalelaw --mpi=pmix --nodes=2 --nodelist=c1,c2 --ntasks=6 "
            "--ntasks-per-node=3 --cpus-per-task=2 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --cpu-bind=cores "
            "/bin/scalelaw-hybrid dot_product --length 1000 --threads 2 --seed 7 --warmups 1 "
            "--samples 5 --diagnostics 1 --report r.jsonl");
}

TEST(Srun, StartsOneProcessWithoutMpi) {
  EXPECT_EQ(line_of(job_of(Model::serial, {1, 1, 1})),
            "OMP_NUM_THREADS=1 OMP_PLACES=cores OMP_PROC_BIND=close "
            "srun --job-name=scalelaw --mpi=none --nodes=1 --nodelist=c1 --ntasks=1 "
            "--ntasks-per-node=1 --cpus-per-task=1 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --cpu-bind=cores "
            "/bin/scalelaw-serial dot_product --length 1000 --seed 7 --warmups 1 --samples 5 "
            "--diagnostics 1 --report r.jsonl");
}

TEST(Srun, NestsPlacements) {
  const Job all = job_of(Model::mpi, {4, 1, 1});
  EXPECT_NE(line_of(all).find(" --nodes=4 --nodelist=c1,c2,c3,c9 "), std::string::npos);
  EXPECT_NE(line_of(job_of(Model::mpi, {3, 1, 1})).find(" --nodelist=c1,c2,c3 "),
            std::string::npos);
  EXPECT_THROW(line_of(job_of(Model::mpi, {5, 1, 1})), Error);
}

TEST(Srun, GivesWholeCoresWhereSlurmCountsHardwareThreads) {
  Allocation threads = four_nodes();
  threads.node = {16, 8, 2, 1 << 30};
  EXPECT_NE(line_of(job_of(Model::openmp, {1, 1, 3}), {}, threads).find(" --cpus-per-task=6 "),
            std::string::npos);
  // Two hardware threads a core, but cores are what is handed out.
  threads.node = {8, 8, 2, 1 << 30};
  EXPECT_NE(line_of(job_of(Model::openmp, {1, 1, 3}), {}, threads).find(" --cpus-per-task=3 "),
            std::string::npos);
}

TEST(Srun, OversubscribesOnlyWhenAsked) {
  Job job = job_of(Model::mpi, {1, 16, 1});
  job.oversubscribe = true;
  EXPECT_EQ(line_of(job),
            "OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1 OMP_PROC_BIND=false "
            "srun --job-name=scalelaw --mpi=pmix --nodes=1 --nodelist=c1 --ntasks=16 "
            "--ntasks-per-node=16 --cpus-per-task=1 --mem=0 --exact --distribution=block:block "
            "--kill-on-bad-exit=1 --input=none --export=ALL --overcommit --cpu-bind=none "
            "/bin/scalelaw-mpi dot_product --length 1000 --seed 7 --warmups 1 --samples 5 "
            "--diagnostics 1 --report r.jsonl");
}

TEST(Srun, SharesTheCoresOfItsOwnStep) {
  Allocation within = four_nodes();
  within.inside_step = true;
  const Job job = job_of(Model::mpi, {1, 2, 1});
  EXPECT_NE(line_of(job, {}, within).find(" --overlap "), std::string::npos);
  EXPECT_EQ(line_of(job).find("--overlap"), std::string::npos);
}

TEST(Srun, LeavesOutTheJobsOptionsThatContradictItsOwn) {
  Allocation by_cpu = four_nodes();
  by_cpu.contrary = {"SLURM_MEM_PER_CPU", "SLURM_HINT"};
  EXPECT_NE(line_of(job_of(Model::mpi, {1, 2, 1}), {}, by_cpu)
                .find(" env -u SLURM_MEM_PER_CPU -u SLURM_HINT srun --job-name=scalelaw "),
            std::string::npos);
}

TEST(Srun, PassesTheConfigsWordsAsWords) {
  SlurmOptions options;
  options.mpi = "pmi2";
  options.srun_options = {"--network=a b", "--comment=$(x);"};
  const Command command =
      SrunLauncher(options, four_nodes()).command(job_of(Model::mpi, {1, 2, 1}));
  EXPECT_EQ(command.argv.at(2), "--mpi=pmi2");
  const auto end = std::find(command.argv.begin(), command.argv.end(), "/bin/scalelaw-mpi");
  ASSERT_GE(end - command.argv.begin(), 2);
  EXPECT_EQ(*(end - 2), "--network=a b");
  EXPECT_EQ(*(end - 1), "--comment=$(x);");
}

TEST(Srun, FindsTheTaskThatFailedFirst) {
  EXPECT_EQ(first_cause("srun: error: c1: task 0: Segmentation fault\n"
                        "srun: launch/slurm: _step_signal: Terminating StepId=12.0\n"
                        "srun: error: c[2-3]: tasks 1-2: Terminated\n"),
            128 + 11);
  EXPECT_EQ(first_cause("srun: error: c3: task 2: Terminated\n"
                        "srun: error: c1: task 0: Exited with exit code 2\n"),
            2);
  EXPECT_EQ(first_cause("slurmstepd-c1: error: *** STEP 14.0 ON c1 CANCELLED AT 2026 ***\n"
                        "srun: error: c2: task 1: Terminated\nsrun: error: c1: task 0: Killed\n"),
            0);
  EXPECT_EQ(first_cause("srun: error: c2: task 1: User defined signal 1\n"), 0);
  EXPECT_EQ(first_cause(""), 0);
}

TEST(Srun, TellsNodesThatFailFromDriversThatFail) {
  EXPECT_TRUE(step_did_not_start(
      "srun: error: Task launch for StepId=7.7 failed on node c3: Communication connection "
      "failure\nsrun: error: Application launch failed: Communication connection failure\n"));
  EXPECT_TRUE(step_did_not_start("srun: error: Node failure on c3\n"));
  EXPECT_FALSE(step_did_not_start(
      "scalelaw-mpi: cannot open x\nsrun: error: c1: task 0: Exited with exit code 1\n"));
  EXPECT_FALSE(step_did_not_start("srun: error: c2: task 1: Segmentation fault\n"));
  EXPECT_FALSE(step_did_not_start(""));
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
  SlurmOptions options;
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
}  // namespace scalelaw

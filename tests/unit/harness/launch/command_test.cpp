// The exact command lines: what --dry-run prints and what is executed.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/error.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/job.hpp"
#include "harness/launch/mpirun.hpp"
#include "harness/plan/drivers.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

Job job_of(const Model& model, Placement placement) {
  Point point;
  point.kernel = "dot_product";
  point.model = model;
  point.placement = placement;
  point.params = {{"length", 1000}, {"type", "f64"}};
  point.options = {{"schedule", "dynamic"}};
  Measuring measuring;
  measuring.timeout_s = 9;
  return make_job(point, measuring, 7, "/bin", "r.jsonl");
}

MpirunLauncher local(bool as_root = false) {
  return {{}, {}, "0", as_root};
}

TEST(MakeJob, WritesTheDriversArguments) {
  const Job job = job_of(models::hybrid, {1, 2, 3});
  const std::vector<std::string> expected{"/bin/scalelaw-hybrid",
                                          "dot_product",
                                          "--length",
                                          "1000",
                                          "--type",
                                          "f64",
                                          "--schedule",
                                          "dynamic",
                                          "--threads",
                                          "3",
                                          "--seed",
                                          "7",
                                          "--warmups",
                                          "1",
                                          "--samples",
                                          "5",
                                          "--diagnostics",
                                          "1"};
  EXPECT_EQ(job.driver, expected);
  EXPECT_EQ(job.timeout_s, 9);
}

TEST(MakeJob, NamesAPeersProgram) {
  Point point;
  point.kernel = "dot_product";
  point.implementation = "openblas";
  point.model = models::openmp;
  EXPECT_EQ(make_job(point, {}, 1, "/bin", "r").driver[0], "/bin/scalelaw-peer-openblas");
}

TEST(MakeJob, StartsACommandByItsFirstWords) {
  Point point;
  point.kernel = point.implementation = point.primary = "jacobi";
  point.work = {{"samples", "own"}};
  const std::vector<std::string> start{"/bin/scalelaw-command", "--definition", "{}"};
  const Job job = make_job(point, {}, 1, start, "r");
  EXPECT_EQ(job.driver[0], start[0]);
  EXPECT_EQ(job.driver[2], "{}");
  EXPECT_EQ(job.driver[3], "jacobi");
  EXPECT_EQ(job.samples, 0) << "the driver decides";
  point.work = {{"samples", "asked"}};
  EXPECT_EQ(make_job(point, {}, 1, start, "r").samples, Measuring{}.samples);
}

TEST(MakeJob, AsksAPipelineForNoDiagnosticSamples) {
  Point point;
  point.kernel = "image_compression";
  point.options = {{"mode", "pipeline"}};
  point.model = models::mpi;
  point.placement = {1, 2, 1};
  point.work = {{"diagnostics", false}};
  const std::vector<std::string> words = make_job(point, {}, 1, "/bin", "r").driver;
  EXPECT_EQ(std::find(words.begin(), words.end(), "--diagnostics"), words.end());
  EXPECT_NE(std::find(words.begin(), words.end(), "pipeline"), words.end());
}

TEST(MakeJob, AsksASingleRankForNoDiagnosticSamples) {
  EXPECT_EQ(job_of(models::hybrid, {1, 1, 3}).diagnostics, 0) << "it waits for nobody";
  EXPECT_EQ(job_of(models::hybrid, {1, 2, 1}).diagnostics, 1);
  EXPECT_EQ(job_of(models::mpi, {2, 1, 1}).diagnostics, 1);
}

TEST(OptionWords, MakeFlagsOfBooleans) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(option_words("overlap", true), Words{"--overlap"});
  EXPECT_EQ(option_words("overlap", false), Words{});
  EXPECT_EQ(option_words("merge_operations", 5), (Words{"--merge-operations", "5"}));
  EXPECT_EQ(option_words("serial_fraction", 0.25), (Words{"--serial-fraction", "0.25"}));
  EXPECT_EQ(option_words("length", "4Gi"), (Words{"--length", "4Gi"}));
}

TEST(Direct, BindsOneThreadToOneCore) {
  EXPECT_EQ(to_string(DirectLauncher("4,68").command(job_of(models::serial, {1, 1, 1}))),
            "OMP_NUM_THREADS=1 OMP_PLACES=cores OMP_PROC_BIND=close taskset -c 4,68 "
            "/bin/scalelaw-serial dot_product --length 1000 --type f64 --schedule dynamic --seed 7 "
            "--warmups 1 --samples 5 --record r.jsonl");
}

TEST(Direct, PlacesATeamOnCores) {
  EXPECT_EQ(to_string(DirectLauncher("0").command(job_of(models::openmp, {1, 1, 4}))),
            "OMP_NUM_THREADS=4 OMP_PLACES=cores OMP_PROC_BIND=close "
            "/bin/scalelaw-openmp dot_product --length 1000 --type f64 --schedule dynamic "
            "--threads 4 --seed 7 --warmups 1 --samples 5 --record r.jsonl");
}

TEST(Direct, LeavesAnOversubscribedTeamUnbound) {
  Job job = job_of(models::openmp, {1, 1, 4});
  job.oversubscribe = true;
  const Command command = DirectLauncher("0").command(job);
  EXPECT_EQ(command.environment.at("OMP_PROC_BIND"), "false");
  EXPECT_FALSE(command.environment.contains("OMP_PLACES"));
  EXPECT_EQ(command.cpus, "");
}

TEST(Direct, RefusesSeveralRanks) {
  EXPECT_THROW((void)DirectLauncher("0").command(job_of(models::mpi, {1, 2, 1})), Error);
}

TEST(Mpirun, BindsEachRankToItsCores) {
  EXPECT_EQ(to_string(local().command(job_of(models::hybrid, {1, 2, 3}))),
            "mpirun -np 2 --map-by slot:PE=3 --bind-to core "
            "-x OMP_NUM_THREADS=3 -x OMP_PLACES=cores -x OMP_PROC_BIND=close "
            "/bin/scalelaw-hybrid dot_product --length 1000 --type f64 --schedule dynamic "
            "--threads 3 --seed 7 --warmups 1 --samples 5 --diagnostics 1 --record r.jsonl");
}

TEST(Mpirun, StartsOneProcessModelsDirectly) {
  EXPECT_EQ(local().command(job_of(models::openmp, {1, 1, 2})).argv[0], "/bin/scalelaw-openmp");
  EXPECT_EQ(local().command(job_of(models::mpi, {1, 2, 1})).argv[0], "mpirun");
}

TEST(Mpirun, StartsOneRankDirectlyWhereItsModelCanStartAlone) {
  MpirunOptions options;
  options.mca = {{"pml", "ob1"}};
  const Job job = job_of(models::mpi, {1, 1, 1});
  const MpirunLauncher here(options, {}, "0", false);
  EXPECT_EQ(to_string(here.command(job)),
            "OMPI_MCA_ess_singleton_isolated=1 OMPI_MCA_pml=ob1 OMP_NUM_THREADS=1 "
            "OMP_PLACES=cores OMP_PROC_BIND=close taskset -c 0 /bin/scalelaw-mpi dot_product "
            "--length 1000 --type f64 --schedule dynamic --seed 7 --warmups 1 --samples 5 "
            "--record r.jsonl");
  EXPECT_EQ(here.command(job_of(models::hybrid, {1, 1, 2})).cpus, "") << "bound by OpenMP";
  EXPECT_EQ(MpirunLauncher(options, {"a"}, "0", false).command(job).argv[0], "mpirun");
  EXPECT_EQ(
      MpirunLauncher(options, {}, "0", false, MpiFamily::open_mpi, false).command(job).argv[0],
      "mpirun")
      << "inside a step of srun";
  Job other = job;
  other.model.alone = false;
  EXPECT_EQ(here.command(other).argv[0], "mpirun");
}

TEST(Mpirun, LetsRootRunIt) {
  const Command command = local(true).command(job_of(models::mpi, {1, 2, 1}));
  EXPECT_EQ(command.environment.at("OMPI_ALLOW_RUN_AS_ROOT"), "1");
  EXPECT_EQ(command.environment.at("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"), "1");
  EXPECT_TRUE(local().command(job_of(models::mpi, {1, 2, 1})).environment.empty());
}

TEST(Mpirun, OversubscribesOnlyWhenAsked) {
  Job job = job_of(models::mpi, {1, 7, 1});
  job.oversubscribe = true;
  EXPECT_EQ(to_string(local().command(job)),
            "mpirun -np 7 --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 "
            "-x OMP_NUM_THREADS=1 -x OMP_PROC_BIND=false "
            "/bin/scalelaw-mpi dot_product --length 1000 --type f64 --schedule dynamic --seed 7 "
            "--warmups 1 --samples 5 --diagnostics 1 --record r.jsonl");
}

TEST(Mpirun, UsesTheFirstHostsAndTheConfigsParameters) {
  MpirunOptions options;
  options.mca = {{"btl", "tcp,self"}, {"plm_rsh_agent", "my agent"}};
  const MpirunLauncher launcher(options, {"a", "b", "c"}, "0", false);
  EXPECT_EQ(to_string(launcher.command(job_of(models::hybrid, {2, 4, 2}))),
            "mpirun -np 8 --host a:4,b:4 --map-by ppr:4:node:PE=2 --bind-to core "
            "--mca btl tcp,self --mca plm_rsh_agent 'my agent' "
            "-x OMP_NUM_THREADS=2 -x OMP_PLACES=cores -x OMP_PROC_BIND=close "
            "/bin/scalelaw-hybrid dot_product --length 1000 --type f64 --schedule dynamic "
            "--threads 2 --seed 7 --warmups 1 --samples 5 --diagnostics 1 --record r.jsonl");
  EXPECT_EQ(launcher.command(job_of(models::serial, {1, 1, 1})).argv[0], "mpirun");
  EXPECT_THROW((void)launcher.command(job_of(models::mpi, {4, 1, 1})), Error);
}

MpirunLauncher of(MpiFamily family, std::vector<std::string> hosts = {}) {
  MpirunOptions options;
  options.options = {"-iface", "eth0"};
  return {options, std::move(hosts), "0", true, family};
}

const char* const driver_words =
    "/bin/scalelaw-hybrid dot_product --length 1000 --type f64 --schedule dynamic --threads 2 "
    "--seed 7 --warmups 1 --samples 5 --diagnostics 1 --record r.jsonl";

TEST(Mpirun, CallsMpichsHydra) {
  const Job job = job_of(models::hybrid, {2, 4, 2});
  EXPECT_EQ(to_string(of(MpiFamily::mpich, {"a", "b", "c"}).command(job)),
            std::string("mpirun -np 8 -hosts a:4,b:4 -bind-to core:2 -iface eth0 "
                        "-genv OMP_NUM_THREADS 2 -genv OMP_PLACES cores "
                        "-genv OMP_PROC_BIND close ") +
                driver_words);
  Job here = job_of(models::hybrid, {1, 4, 2});
  here.oversubscribe = true;
  EXPECT_EQ(to_string(of(MpiFamily::mpich).command(here)),
            std::string("mpirun -np 4 -bind-to none -genv MPIR_CVAR_POLLS_BEFORE_YIELD 1 "
                        "-iface eth0 -genv OMP_NUM_THREADS 2 -genv OMP_PROC_BIND false ") +
                driver_words);
}

TEST(Mpirun, CallsIntels) {
  const Job job = job_of(models::hybrid, {2, 4, 2});
  EXPECT_EQ(to_string(of(MpiFamily::intel, {"a", "b", "c"}).command(job)),
            std::string("I_MPI_JOB_RESPECT_PROCESS_PLACEMENT=0 mpirun -np 8 -hosts a,b -ppn 4 "
                        "-genv I_MPI_PIN 1 "
                        "-genv I_MPI_PIN_CELL core -genv I_MPI_PIN_DOMAIN 2:compact "
                        "-genv I_MPI_PIN_ORDER compact -iface eth0 -genv OMP_NUM_THREADS 2 "
                        "-genv OMP_PLACES cores -genv OMP_PROC_BIND close ") +
                driver_words);
  Job here = job_of(models::hybrid, {1, 4, 2});
  here.oversubscribe = true;
  EXPECT_EQ(to_string(of(MpiFamily::intel).command(here)),
            std::string("I_MPI_JOB_RESPECT_PROCESS_PLACEMENT=0 mpirun -np 4 -genv I_MPI_PIN 0 "
                        "-genv I_MPI_THREAD_YIELD 2 -iface eth0 "
                        "-genv OMP_NUM_THREADS 2 -genv OMP_PROC_BIND false ") +
                driver_words);
}

TEST(ToString, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(to_string({{"p", "a b", "it's", "$(x);", ""}, {{"V", "1 2"}}, {}}),
            "V='1 2' p 'a b' 'it'\\''s' '$(x);' ''");
}

}  // namespace
}  // namespace scalelaw::harness

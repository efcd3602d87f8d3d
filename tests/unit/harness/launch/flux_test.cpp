// The exact command lines of `flux run`, and what is read from Flux's answers.
#include "harness/launch/flux.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/process/interrupt.hpp"
#include "support/jobs.hpp"
#include "support/message.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Command flux_command(const Job& job, const BatchOptions& options = {}) {
  return FluxLauncher(options, parse_flux_nodes("4 32\n", 0)).command(job);
}

TEST(FluxRun, PlacesRanksOnCoresOfTheirOwn) {
  BatchOptions options;
  options.step_options = {"--setopt=mpi=none"};
  EXPECT_EQ(to_string(flux_command(job_of(models::hybrid, {2, 3, 2}), options)),
            "OMP_NUM_THREADS=2 OMP_PLACES=cores OMP_PROC_BIND=close "
            "flux run --job-name=scalelaw --nodes=2 --ntasks=6 --cores-per-task=2 "
            "--setopt=cpu-affinity=per-task --setopt=mpi=none "
            "/bin/scalelaw-hybrid dot_product --length 1000 --threads 2 --seed 7 --warmups 1 "
            "--samples 5 --diagnostics 1 --record r.jsonl");
}

TEST(FluxRun, RefusesMoreThanThereIs) {
  EXPECT_NE(message_of([] {
              (void)flux_command(job_of(models::mpi, {5, 1, 1}));
            }).find("5 nodes requested, 4 in the Flux instance"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              (void)flux_command(job_of(models::hybrid, {1, 3, 3}));
            }).find("9 workers on a node, 8 cores"),
            std::string::npos);
}

/// A `flux` of which a job runs on when `flux run` has ended, until it is cancelled.
class FluxRunEndedEarly : public testing::Test {
 protected:
  void SetUp() override {
    const std::string flux = folder_ / "flux";
    std::ofstream(flux) << "#!/bin/sh\ncd '" << folder_.path().string() << R"(' || exit 2
case $1 in
run) echo "7|${2#--job-name=}" >queue; echo '8|scalelaw' >>queue
  [ -z "$INTERRUPT" ] || kill -USR1 "$INTERRUPT"; sleep 1000;;
jobs) cat queue;;
cancel) shift; echo "$@" >>cancelled; sed -i "/^$1|/d" queue;;
esac
)";
    std::filesystem::permissions(flux, std::filesystem::perms::owner_all);
    path_ = std::getenv("PATH");
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    EXPECT_EQ(text("cancelled"), "7\n");
    EXPECT_EQ(text("queue"), "8|scalelaw\n") << "the job of another stays";
  }
  Outcome run(double timeout_s) {
    Job job = job_of(models::mpi, {1, 1, 1});
    job.record = folder_ / "r.jsonl";
    job.timeout_s = timeout_s;
    return FluxLauncher({}, parse_flux_nodes("4 32\n", 0)).run(job);
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(folder_ / name).rdbuf();
    return out.str();
  }

  TemporaryFolder folder_;
  std::string path_;
};

TEST_F(FluxRunEndedEarly, CancelsItsJobAfterATimeout) {
  EXPECT_TRUE(run(0.2).timed_out);
}

TEST_F(FluxRunEndedEarly, CancelsItsJobWhenTheHarnessIsAskedToStop) {
  const pid_t harness = fork();
  if (harness == 0) {
    catch_interrupts();
    setenv("INTERRUPT", std::to_string(getpid()).c_str(), 1);
    _exit(run(60).interrupted ? 0 : 1);
  }
  int status = 1;
  waitpid(harness, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(FluxNodes, AreTheLeastOfEachKind) {
  const Allocation three = parse_flux_nodes("0 0\n2 32\n4 32\n", 3);
  EXPECT_EQ(three.nodes.size(), 3U);
  EXPECT_EQ(three.node.cores, 8);
  EXPECT_EQ(parse_flux_nodes("2 32\n4 32\n", 0).nodes.size(), 6U);
  EXPECT_NE(message_of([] { (void)parse_flux_nodes("2 32\n", 3); }).find("has only 2"),
            std::string::npos);
  EXPECT_NE(message_of([] { (void)parse_flux_nodes("", 0); }).find("has only 0"),
            std::string::npos);
}

TEST(FluxFaults, HaveTheRemedyThatFits) {
  EXPECT_NE(flux_hint("cannot start flux: No such file or directory").find("module of Flux"),
            std::string::npos);
  EXPECT_NE(flux_hint("Invalid queue 'x' specified").find("[flux] queue"), std::string::npos);
  EXPECT_NE(flux_hint("something else").find("own message"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness

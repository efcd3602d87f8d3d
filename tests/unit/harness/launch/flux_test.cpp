// The exact command lines of `flux run`, and what is read from Flux's answers.
#include "harness/launch/flux.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/launch/job.hpp"
#include "support/message.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Job flux_job(const Model& model, Placement placement) {
  Point point;
  point.kernel = "dot_product";
  point.model = model;
  point.placement = placement;
  point.params = {{"length", 1000}};
  return make_job(point, {}, 7, "/bin", "r.jsonl");
}

Command flux_command(const Job& job, const BatchOptions& options = {}) {
  return FluxLauncher(options, parse_flux_nodes("4 32\n", 0)).command(job);
}

TEST(FluxRun, PlacesRanksOnCoresOfTheirOwn) {
  BatchOptions options;
  options.step_options = {"--setopt=mpi=none"};
  EXPECT_EQ(to_string(flux_command(flux_job(models::hybrid, {2, 3, 2}), options)),
            "OMP_NUM_THREADS=2 OMP_PLACES=cores OMP_PROC_BIND=close "
            "flux run --job-name=scalelaw --nodes=2 --ntasks=6 --cores-per-task=2 "
            "--setopt=cpu-affinity=per-task --setopt=mpi=none "
            "/bin/scalelaw-hybrid dot_product --length 1000 --threads 2 --seed 7 --warmups 1 "
            "--samples 5 --diagnostics 1 --record r.jsonl");
}

TEST(FluxRun, RefusesMoreThanThereIs) {
  EXPECT_NE(message_of([] {
              (void)flux_command(flux_job(models::mpi, {5, 1, 1}));
            }).find("5 nodes requested, 4 in the Flux instance"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              (void)flux_command(flux_job(models::hybrid, {1, 3, 3}));
            }).find("9 workers on a node, 8 cores"),
            std::string::npos);
}

/// With a `flux` of which a job runs on when `flux run` has ended, until it is cancelled.
TEST(FluxRun, CancelsItsJobAfterATimeout) {
  const TemporaryFolder folder;
  const std::string flux = folder / "flux";
  std::ofstream(flux) << "#!/bin/sh\ncd '" << folder.path().string() << R"(' || exit 2
case $1 in
run) echo "7|${2#--job-name=}" >queue; echo '8|scalelaw' >>queue; sleep 1000;;
jobs) cat queue;;
cancel) shift; echo "$@" >>cancelled; sed -i "/^$1|/d" queue;;
esac
)";
  std::filesystem::permissions(flux, std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder.path().string() + ":" + path).c_str(), 1);
  Job job = flux_job(models::mpi, {1, 1, 1});
  job.record = folder / "r.jsonl";
  job.timeout_s = 0.2;
  const Outcome outcome = FluxLauncher({}, parse_flux_nodes("4 32\n", 0)).run(job);
  setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(outcome.timed_out);
  std::ostringstream cancelled, queue;
  cancelled << std::ifstream(folder / "cancelled").rdbuf();
  queue << std::ifstream(folder / "queue").rdbuf();
  EXPECT_EQ(cancelled.str(), "7\n");
  EXPECT_EQ(queue.str(), "8|scalelaw\n") << "the job of another stays";
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

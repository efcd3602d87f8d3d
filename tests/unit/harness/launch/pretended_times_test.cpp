// The times of the pretended machine, each cost on its own.
#include "harness/launch/pretended_times.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "common/error.hpp"
#include "harness/launch/fake.hpp"
#include "harness/results/phases.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

constexpr double cores = 8;

Job job_at(Placement placement) {
  Job out;
  out.model = placement.ranks() > 1 ? models::mpi : models::openmp;
  out.kernel = "k";
  out.placement = placement;
  out.items = 64;
  out.operations = 1e6;
  out.params = nlohmann::json::object();
  out.options = nlohmann::json::object();
  return out;
}

double pass_s(const FakeCosts& costs, const Job& job, double load = 0) {
  return pretended_times(costs, job, cores, load).total_s();
}

TEST(PretendedTimes, GainNothingBeyondTheCores) {
  const FakeCosts costs{.one_worker_s = 1};
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 8})), 1.0 / 8, 1e-12);
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 32})), 1.0 / 8, 1e-12);
  EXPECT_NEAR(pass_s(costs, job_at({2, 32, 1})), 1.0 / 16, 1e-12) << "two nodes";
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 8}), 0.25), 1.0 / 6, 1e-12) << "two cores are taken";
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 4}), 0.25), 1.0 / 4, 1e-12) << "four are left";
}

TEST(PretendedTimes, EndAtALimit) {
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .limit = 3}, job_at({1, 1, 8})), 1.0 / 3, 1e-12);
  const FakeCosts waits{.one_worker_s = 1, .limit = std::numeric_limits<double>::infinity()};
  EXPECT_NEAR(pass_s(waits, job_at({1, 1, 32})), 1.0 / 32, 1e-12) << "waiting needs no core";
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .critical_share = 0.25}, job_at({1, 1, 8})), 0.25, 1e-12);
}

TEST(PretendedTimes, HaveCostsOfSeveralWorkers) {
  const FakeCosts costs{.one_worker_s = 1, .pass_s = 0.5, .doubling_s = 0.1};
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 1})), 1, 1e-12);
  EXPECT_NEAR(pass_s(costs, job_at({1, 1, 4})), 0.75, 1e-12);
  const FakeTimes times = pretended_times(costs, job_at({1, 4, 1}), cores, 0);
  EXPECT_NEAR(times.total_s(), 0.25 + 0.5 + 0.2, 1e-12);
  EXPECT_NEAR(seconds_in(times.phases, Role::transfer), 0.7, 1e-12);
}

TEST(PretendedTimes, GrowWithTheOperations) {
  Job job = job_at({1, 1, 1});
  EXPECT_NEAR(pass_s({.operation_s = 1e-6}, job), 1, 1e-12);
  job.operations = 2e6;
  EXPECT_NEAR(pass_s({.operation_s = 1e-6}, job), 2, 1e-12);
  job.scaling = Scaling::weak;
  job.placement.threads = 2;
  EXPECT_NEAR(pass_s({.operation_s = 1e-6, .serial_share = 0.5}, job), 2 / 1.5, 1e-12);
}

TEST(PretendedTimes, WaitForTheHeaviestItem) {
  Job job = job_at({1, 1, 8});
  const FakeCosts heavy{.one_worker_s = 1,
                        .chunk_items = 1,
                        .weights = FakeWeights::one_heavy,
                        .chunk_items_of = "chunk"};
  // The first item is 16 of 79 parts.
  EXPECT_NEAR(pass_s(heavy, job), 16.0 / 79, 1e-9);
  job.params["chunk"] = 8;
  EXPECT_NEAR(pass_s(heavy, job), 23.0 / 79, 1e-9) << "and the rest of its chunk";
  const FakeTimes times = pretended_times(heavy, job, cores, 0);
  ASSERT_EQ(times.busy_s.size(), 8U);
  EXPECT_NEAR(times.busy_s[0], 23.0 / 79, 1e-9);
  EXPECT_NEAR(times.busy_s[7], 8.0 / 79, 1e-9);
}

TEST(PretendedTimes, PayForEachChunk) {
  Job job = job_at({1, 1, 8});
  const FakeCosts costs{.one_worker_s = 1, .chunk_s = 0.01, .chunk_items_of = "chunk"};
  EXPECT_NEAR(pass_s(costs, job), 1.0 / 8 + 0.01, 1e-9) << "a chunk for each worker";
  job.params["chunk"] = 1;
  EXPECT_NEAR(pass_s(costs, job), 1.0 / 8 + 8 * 0.01, 1e-9);
  job.params["chunk"] = 64;
  EXPECT_NEAR(pass_s(costs, job), 1 + 0.01, 1e-9) << "one worker has all";
}

TEST(PretendedTimes, BeginLaterOnOtherNodes) {
  Job job = job_at({2, 1, 1});
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .node_s = 0.2}, job), 0.7, 1e-12);
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .node_speed = 3}, job), 0.25, 1e-12);
  job.placement = {1, 2, 1};
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .node_s = 0.2}, job), 0.5, 1e-12) << "one node";
  EXPECT_NEAR(pass_s({.one_worker_s = 1, .node_s = 0.2, .node_ranks = 1}, job), 0.7, 1e-12);
  // Dealt one by one, the first rank does 1/64 more each 1/64 s while the other starts.
  const FakeCosts dealt{.one_worker_s = 1,
                        .node_s = 0.25,
                        .node_ranks = 1,
                        .chunk_items = 1,
                        .weights = FakeWeights::equal};
  EXPECT_NEAR(pass_s(dealt, job), 0.625, 1e-9);
}

TEST(PretendedTimes, AreThoseOfTheCasesThatApply) {
  FakeOptions fake;
  fake.cases.push_back({.when = {{"model", {"mpi"}, 0}}, .costs = {.one_worker_s = 2}});
  fake.cases.push_back({.when = {{"kind", {"wait", "disk"}, 0}, {"threads", {4}, 0}},
                        .costs = {.one_worker_s = 3, .facts = {{"lost", "7"}}}});
  Job job = job_at({1, 1, 4});
  EXPECT_EQ(costs_of(fake, job).one_worker_s, 0.01);
  job.params["kind"] = "disk";
  EXPECT_EQ(costs_of(fake, job).one_worker_s, 3);
  EXPECT_EQ(costs_of(fake, job).facts.at("lost"), "7");
  EXPECT_EQ(costs_of(fake, job).serial_share, 0.05) << "what no case states is that of [fake]";
  job.placement.threads = 2;
  EXPECT_EQ(costs_of(fake, job).one_worker_s, 0.01) << "all values of a case must be met";
  EXPECT_EQ(costs_of(fake, job_at({1, 4, 1})).one_worker_s, 2);
}

TEST(PretendedTimes, TakeTheSerialShareFromAParameter) {
  const FakeCosts costs{.one_worker_s = 1, .serial_share = 0.9, .serial_share_of = "part"};
  Job job = job_at({1, 1, 2});
  job.params["part"] = 0.5;
  EXPECT_NEAR(pass_s(costs, job), 0.75, 1e-12);
  for (const nlohmann::json& wrong :
       {nlohmann::json(2), nlohmann::json("half"), nlohmann::json()}) {
    job.params["part"] = wrong;
    EXPECT_THROW((void)pass_s(costs, job), Error) << wrong;
  }
}

TEST(PretendedTimes, ShareTheWorkOfAPipelineAmongItsStages) {
  const FakeCosts costs{.one_worker_s = 1, .stages = {{"read", 0.25}, {"write", 0.75}}};
  const FakeTimes times = pretended_times(costs, job_at({1, 1, 8}), cores, 0);
  ASSERT_EQ(times.stages.size(), 2U);
  EXPECT_EQ(times.stages[1].stage, "write");
  EXPECT_NEAR(times.stages[1].busy_s, 0.75, 1e-12) << "of all workers together";
}

TEST(PretendedGate, FindsWhatOtherWorkLeaves) {
  EXPECT_FALSE(pretended_gate({}, 8, 0.9)) << "without other work, there is nothing to ask";
  FakeOptions fake;
  fake.load = 0.25;
  const GateProbe gate = pretended_gate(fake, 8, 0.9);
  EXPECT_FALSE(gate(6).busy);
  EXPECT_EQ(gate(6).free_cores, 6);
  EXPECT_TRUE(gate(8).busy);
  EXPECT_EQ(gate(8).free_cores, 6);
  EXPECT_TRUE(gate(64).busy) << "no more loops than cores";
}

}  // namespace
}  // namespace scalelaw::harness

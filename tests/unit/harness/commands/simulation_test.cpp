#include "harness/commands/simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/plan/placements.hpp"
#include "harness/results/simulated_part.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

Campaign campaign_of(std::vector<std::int64_t> ranks, std::int64_t per_node) {
  Campaign out;
  out.simulate.ranks = std::move(ranks);
  out.simulate.ranks_per_node = per_node;
  out.simulate.cores = 4;
  Experiment& experiment = out.experiments.emplace_back();
  experiment.ranks.values = {1, 2};
  experiment.threads.values = {1, 2};
  prepare_simulation(out);
  return out;
}

std::vector<Placement> placements(const Campaign& campaign, const Model& model) {
  std::vector<Placement> out;
  const Machine machine = simulated_machine(campaign, {.cores = 1, .cores_total = 1});
  for (const Planned& one : placements_of(campaign.experiments[0], model, machine, "x")) {
    EXPECT_EQ(one.skip, "");
    out.push_back(one.placement);
  }
  return out;
}

TEST(PrepareSimulation, PlacesRanksOnAsFewNodesAsHaveRoom) {
  const Campaign campaign = campaign_of({1, 2, 3, 4096}, 2);
  EXPECT_EQ(placements(campaign, models::mpi),
            (std::vector<Placement>{{1, 1, 1}, {1, 2, 1}, {3, 1, 1}, {2048, 2, 1}}));
  EXPECT_EQ(placements(campaign, models::serial), (std::vector<Placement>{{1, 1, 1}}));
  EXPECT_EQ(simulated_machine(campaign, {}).nodes, 2048);
}

TEST(PrepareSimulation, KeepsTheThreadsOfTheExperiment) {
  EXPECT_EQ(placements(campaign_of({2}, 1), models::hybrid),
            (std::vector<Placement>{{2, 1, 1}, {2, 1, 2}}));
  EXPECT_EQ(placements(campaign_of({}, 1), models::mpi),
            (std::vector<Placement>{{1, 1, 1}, {1, 2, 1}}))
      << "without ranks of its own, those of the experiment";
}

TEST(PrepareSimulation, BoundsReplaysByTheirOwnBudgetAlone) {
  Campaign campaign;
  campaign.measuring.campaign_budget_s = 1e-3;
  campaign.measuring.budget_s = 1e-3;
  campaign.simulate.budget_s = 7;
  prepare_simulation(campaign);
  EXPECT_EQ(campaign.measuring.budget_s, 7);
  EXPECT_TRUE(std::isinf(campaign.measuring.campaign_budget_s));
}

Results small_campaign(TimeSource clock) {
  SyntheticCampaign campaign(1, 2, 0);
  for (const std::int64_t ranks : {1, 2}) {
    campaign.add(0, "dot_product", models::mpi, {1, ranks, 1}, {.compute_s = 1});
  }
  for (Point& point : campaign.results().points) point.clock = clock;
  return campaign.results();
}

TEST(TakeMachine, NamesTheMeasuredMachine) {
  Results measured;
  measured.environment = {{"cpu.model", "theirs"},
                          {"topology.l3", "1 x 4 bytes"},
                          {"launcher", "mpirun"},
                          {"env.OMP_PLACES", "cores"},
                          {"build.version", "0.0.1"}};
  std::map<std::string, std::string> environment{{"cpu.model", "ours"},
                                                 {"cpu.governor", "powersave"},
                                                 {"launcher", "simulate"},
                                                 {"build.version", "0.1.0"}};
  take_machine(measured, environment);
  const std::map<std::string, std::string> expected{{"cpu.model", "theirs"},
                                                    {"topology.l3", "1 x 4 bytes"},
                                                    {"env.OMP_PLACES", "cores"},
                                                    {"launcher", "simulate"},
                                                    {"build.version", "0.1.0"},
                                                    {"simulated.on.cpu.model", "ours"},
                                                    {"simulated.on.cpu.governor", "powersave"}};
  EXPECT_EQ(environment, expected);
}

TEST(AddMeasured, KeepsBothCampaignsApart) {
  const Results measured = small_campaign(TimeSource::measured);
  Results results = small_campaign(TimeSource::simulated);
  set_apart(results.points);
  const Results simulated = results;
  Results sharing = measured;
  sharing.points[1].shares = 0;
  add_measured(sharing, results);
  ASSERT_EQ(results.points.size(), 4U);
  EXPECT_EQ(results.points[0].id, measured.points[0].id + " simulated");
  EXPECT_EQ(results.points[2].id, measured.points[0].id);
  EXPECT_EQ(results.points[0].series, 0);
  EXPECT_EQ(results.points[2].series, 1);
  EXPECT_EQ(results.points[3].shares, 2);
  ASSERT_EQ(results.launches.size(), 8U);
  EXPECT_EQ(results.launches[4].point, 2);
  EXPECT_GT(results.launches[4].block, results.launches[3].block);
  EXPECT_EQ(results.samples[simulated.samples.size()].launch, 4);
  const Results back = without_measured(results);
  EXPECT_EQ(back.points.size(), simulated.points.size());
  EXPECT_EQ(back.launches.size(), simulated.launches.size());
  EXPECT_EQ(back.samples.size(), simulated.samples.size());
  EXPECT_EQ(without_measured(measured).points.size(), measured.points.size());
  EXPECT_EQ(without_measured(simulated).samples.size(), simulated.samples.size());
}

}  // namespace
}  // namespace scalelaw::harness

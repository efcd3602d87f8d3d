// Every second of every rank is counted once.
#include "harness/analysis/account.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// The account of one rank that spent `phases`, and waited, in a sample of eight seconds.
std::map<std::string, double> shown(const std::vector<PhaseTime>& phases, double wait_s = 2) {
  Results results;
  Point& point = results.points.emplace_back();
  point.state = State::converged;
  results.launches.emplace_back();
  Sample& sample = results.samples.emplace_back();
  sample.total_s = 8;
  sample.ranks.push_back({.rank = 0, .phases = phases, .wait_s = wait_s, .total_s = 7});
  std::map<std::string, double> parts;
  for (const AccountRow& row : account_of(results, summarize_all(results))) {
    parts[row.part] = row.seconds;
  }
  return parts;
}

using Parts = std::map<std::string, double>;

TEST(Account, ShowsTheTransferAfterTheItemsWithoutTheWaitThatItHolds) {
  const std::vector<PhaseTime> phases{{"send", Role::transfer, 1},
                                      {"run", Role::parallel, 3},
                                      {"gather", Role::transfer, 2.5},
                                      {"write", Role::serial, 0.5}};
  EXPECT_EQ(
      shown(phases),
      (Parts{{"send", 1}, {"run", 3}, {"gather", 0.5}, {"write", 0.5}, {"wait", 2}, {"idle", 1}}));
  EXPECT_EQ(shown(phases, 3).at("gather"), 0);
  EXPECT_EQ(shown(phases, std::nan("")).at("wait"), 0);
}

TEST(Account, TakesTheWaitOutOfTheFirstTransferThatHoldsIt) {
  const std::vector<PhaseTime> phases{
      {"run", Role::parallel, 4}, {"gather", Role::transfer, 1.5}, {"spread", Role::transfer, 1.5}};
  EXPECT_EQ(shown(phases),
            (Parts{{"run", 4}, {"gather", 0}, {"spread", 1}, {"wait", 2}, {"idle", 1}}));
}

TEST(Account, HasNoRowsOfADriverThatDoesNotNameItsPhases) {
  EXPECT_TRUE(shown({}).empty());
}

TEST(Account, AddsUpToTheTimeOfEachPoint) {
  SyntheticCampaign campaign(3, 7, 0.2);
  for (const std::int64_t p : {1, 2, 4}) {
    campaign.add(0, "k", models::mpi, {1, p, 1},
                 {.prepare_s = 0.1, .compute_s = 0.6, .combine_s = 0.1, .slowest = 1.2});
  }
  campaign.results().points[1].state = State::invalid;
  const std::vector<Summary> summaries = summarize_all(campaign.results());
  std::map<std::int64_t, double> seconds;
  for (const AccountRow& row : account_of(campaign.results(), summaries)) {
    EXPECT_GE(row.seconds, 0);
    seconds[row.point] += row.seconds;
  }
  ASSERT_EQ(seconds.size(), 2U) << "a failed point has no time to account for";
  EXPECT_NEAR(seconds[0], summaries[0].median_s, 1e-12);
  EXPECT_NEAR(seconds[2], summaries[2].median_s, 1e-12);
}

}  // namespace
}  // namespace scalelaw::harness

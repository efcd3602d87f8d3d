#include "harness/simulate/pass_costs.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A strong campaign of one kernel: 1 s for one rank, 0.6 s for two on the node.
Results measured_campaign() {
  SyntheticCampaign campaign(1, 6, 0);
  campaign.add(0, "dot_product", models::mpi, {1, 1, 1},
               {.prepare_s = 0.1, .compute_s = 1, .combine_s = 0.02});
  campaign.add(0, "dot_product", models::mpi, {1, 2, 1},
               {.prepare_s = 0.2, .compute_s = 0.6, .combine_s = 0.3});
  for (Sample& sample : campaign.results().samples) sample.facts["bytes"] = "5000";
  return campaign.results();
}

/// A point of the same series, with so many ranks.
Point simulated(Placement at, const Results& measured) {
  Point point = measured.points.front();
  point.placement = at;
  point.work["communication"] = {
      {{"phase", "combine"}, {"operation", "allreduce"}, {"rank_bytes", 8}}};
  return point;
}

/// What a rank computes, for the first measured sample.
PassCosts::Rank computed(const PassCosts& costs, std::int64_t rank, std::int64_t ranks) {
  const auto of_node = static_cast<std::int64_t>(costs.root[0][0].size());
  const PassCosts::Node& node = rank < of_node ? costs.root[0][0] : costs.others[0][0];
  PassCosts::Rank out;
  for (std::size_t phase = 0; phase < costs.phases.size(); ++phase) {
    const auto place = static_cast<std::size_t>(rank % of_node);
    out.push_back(costs.seconds(node[place], phase, rank, ranks));
  }
  return out;
}

TEST(CostsOf, GivesARankItsShareOfTheParallelWorkAndAllOfTheSerial) {
  const Results measured = measured_campaign();
  const PassCosts costs = costs_of(simulated({4, 1, 1}, measured), measured);
  EXPECT_EQ(costs.source, measured.points[0].id);
  ASSERT_EQ(costs.phases.size(), 3U);
  ASSERT_EQ(costs.root.size(), 6U) << "all launches";
  ASSERT_EQ(costs.root.front().size(), 5U) << "with all their samples";
  EXPECT_EQ(costs.others.size(), 6U);
  EXPECT_EQ(computed(costs, 3, 4), (PassCosts::Rank{0.1, 0.25, 0}))
      << "as the root, but for what it does alone";
  EXPECT_EQ(computed(costs, 0, 4), (PassCosts::Rank{0.1, 0.25, 0.02}))
      << "with what combining takes alone";
}

TEST(CostsOf, TakesTheTimesOfAsManyRanksOnANode) {
  const Results measured = measured_campaign();
  const PassCosts costs = costs_of(simulated({4, 2, 1}, measured), measured);
  EXPECT_EQ(costs.source, measured.points[1].id);
  EXPECT_DOUBLE_EQ(computed(costs, 0, 8)[1], 0.6 / 4);
  EXPECT_DOUBLE_EQ(computed(costs, 7, 8)[0], 0.2);
  EXPECT_DOUBLE_EQ(computed(costs, 7, 8)[2], 0) << "waiting and messages are simulated";
  EXPECT_DOUBLE_EQ(computed(costs, 0, 8)[2], 0.02);
}

TEST(CostsOf, KeepsTogetherWhatTheRanksOfANodeDidInASample) {
  SyntheticCampaign campaign(1, 6, 0);
  campaign.add(0, "dot_product", models::mpi, {1, 2, 1}, {.prepare_s = 0.2, .compute_s = 0.6});
  Results measured = campaign.results();
  double more = 0;
  for (Sample& sample : measured.samples) {
    sample.ranks[0].phases[0].seconds = 0.3;  // the root's serial work
    sample.ranks[0].phases[1].seconds += more;
    sample.ranks[1].phases[1].seconds -= more;
    more += 0.001;
  }
  const PassCosts costs = costs_of(simulated({4, 2, 1}, measured), measured);
  ASSERT_EQ(costs.root.size(), costs.others.size());
  for (std::size_t i = 0; i < costs.root.size(); ++i) {
    EXPECT_DOUBLE_EQ(costs.root[i].back()[0][0], 0.3);
    EXPECT_DOUBLE_EQ(costs.others[i].back()[0][0], 0.2) << "no other node has a root";
    for (const PassCosts::Node& node : {costs.root[i].back(), costs.others[i].back()}) {
      const double first = costs.seconds(node[0], 1, 0, 8);
      const double second = costs.seconds(node[1], 1, 1, 8);
      EXPECT_NEAR(first + second, 2 * 0.6 / 4, 1e-12) << "of one sample";
    }
  }
  EXPECT_GT(costs.others.back().front()[0][1], costs.others.front().front()[0][1]);
}

TEST(CostsOf, DividesNoItem) {
  Results measured = measured_campaign();
  for (Point& point : measured.points) point.work["items"] = 3;
  const PassCosts costs = costs_of(simulated({8, 1, 1}, measured), measured);
  EXPECT_DOUBLE_EQ(computed(costs, 2, 8)[1], 1.0 / 3) << "more ranks than items gain nothing";
  EXPECT_DOUBLE_EQ(computed(costs, 3, 8)[1], 0) << "nothing is left for the others";
  EXPECT_DOUBLE_EQ(computed(costs, 3, 8)[0], 0.1);
  // Of two ranks, the one with two of three items was measured, and has one of three here.
  const PassCosts of_two = costs_of(simulated({2, 2, 1}, measured), measured);
  EXPECT_DOUBLE_EQ(computed(of_two, 0, 4)[1], 0.6 / 2);
}

TEST(CostsOf, LetsRanksThatHadNoItemsTakeAfterThoseThatHadSome) {
  Results measured = measured_campaign();
  for (Point& point : measured.points) point.work["items"] = 1;
  Point more = simulated({1, 2, 1}, measured);
  more.work["items"] = 4;
  EXPECT_DOUBLE_EQ(computed(costs_of(more, measured), 1, 2)[1], 0.6 / 2);
  for (Point& point : measured.points) point.work["items"] = (std::int64_t{1} << 32) + 4;
  const PassCosts many = costs_of(simulated({8, 1, 1}, measured), measured);
  EXPECT_NEAR(computed(many, 7, 8)[1], 1.0 / 8, 1e-6);
}

TEST(CostsOf, ResolvesWhatIsSent) {
  const Results measured = measured_campaign();
  Point point = simulated({2, 1, 1}, measured);
  point.work["communication"] = {
      {{"phase", "prepare"}, {"operation", "scatter"}, {"shared_bytes", 100.0}},
      {{"phase", "combine"},
       {"operation", "gather"},
       {"rank_bytes", 7},
       {"shared_fact", "bytes"},
       {"count", 3}}};
  const PassCosts costs = costs_of(point, measured);
  ASSERT_EQ(costs.exchange.size(), 2U);
  EXPECT_EQ(costs.exchange[0].phase, 0U);
  EXPECT_EQ(costs.exchange[0].operation, Operation::scatter);
  EXPECT_EQ(costs.exchange[0].message_bytes(0.5), 50);
  EXPECT_EQ(costs.exchange[1].phase, 2U);
  EXPECT_EQ(costs.exchange[1].shared_bytes, 5000);
  EXPECT_EQ(costs.exchange[1].message_bytes(0.5), 2507);
  EXPECT_EQ(costs.exchange[1].count, 3);
  point.work["communication"][1]["fact_between_hosts"] = true;
  const ExchangeStep in_place = costs_of(point, measured).exchange.at(1);
  EXPECT_EQ(in_place.message_bytes(0.5), 2507);
  EXPECT_EQ(in_place.message_bytes(0.5, true), 7) << "to the root's host";
  EXPECT_TRUE(costs_of(simulated({1, 1, 1}, measured), measured).exchange.empty());
}

TEST(CostsOf, GrowsAWeakPointWithItsWorkers) {
  Results measured = measured_campaign();
  for (Point& point : measured.points) point.scaling = Scaling::weak;
  Point point = simulated({4, 1, 1}, measured);
  point.params["size"] = 4'000'000'000;
  point.work["operations"] = 4e9;
  const PassCosts costs = costs_of(point, measured);
  EXPECT_DOUBLE_EQ(computed(costs, 3, 4)[1], 1) << "as much for each worker";
  EXPECT_DOUBLE_EQ(computed(costs, 0, 4)[2], 4 * 0.02);
  point.work["operations"] = 8e9;
  EXPECT_NE(message_of([&] { (void)costs_of(point, measured); }).find("but not weak"),
            std::string::npos);
}

TEST(CostsOf, LooksPastPointsThatWereNotMeasured) {
  SyntheticCampaign campaign(1, 6, 0);
  for (const std::int64_t nodes : {1, 2}) {
    campaign.add(0, "dot_product", models::mpi, {nodes, 1, 1}, {.prepare_s = 0, .compute_s = 1});
  }
  Results measured = campaign.results();
  measured.points[0].state = State::skipped;
  for (Launch& launch : measured.launches) launch.superseded = launch.point == 0;
  EXPECT_EQ(costs_of(simulated({4, 1, 1}, measured), measured).source, measured.points[1].id);
}

struct Lack {
  std::function<void(Point&, Results&)> change;
  const char* says;
};

TEST(CostsOf, SaysWhatIsMissing) {
  for (const Lack& lack : {
           Lack{[](Point&point, Results&) { point.kernel = "other"; }, "no time of other"},
           Lack{[](Point&point, Results&) { point.params["size"] = 5; }, "but not strong with"},
           Lack{[](Point&point, Results&) { point.options["data"] = "scatter"; }, "but not strong"},
           Lack{[](Point&point, Results&) {
                  point.placement = {2, 4, 1};
                },
                "no time of dot_product with 4 ranks of 1 thread on a node"},
           Lack{[](Point&point, Results&) { point.work.erase("communication"); },
                "does not say what the ranks of dot_product send"},
           Lack{
               [](Point&point, Results&) { point.work["communication"][0]["phase"] = "elsewhere"; },
               "'elsewhere', which is none of its phases"},
           Lack{[](Point&point, Results&) {
                  point.work["communication"][0]["shared_fact"] = "weight";
                },
                "has no fact 'weight'"},
           Lack{[](Point&, Results&measured) {
                  for (Sample& sample : measured.samples) {
                    for (RankTimes& rank : sample.ranks) rank.phases.clear();
                  }
                },
                "does not name the phases"},
           Lack{[](Point&, Results&measured) {
                  for (Point& point : measured.points) point.clock = TimeSource::pretended;
                },
                "no time of dot_product"},
           Lack{[](Point&, Results&measured) {
                  for (Point& point : measured.points) point.clock = TimeSource::simulated;
                },
                "no time of dot_product"},
       }) {
    Results measured = measured_campaign();
    Point point = simulated({2, 1, 1}, measured);
    EXPECT_EQ(message_of([&] { (void)costs_of(point, measured); }), "no error");
    lack.change(point, measured);
    const std::string said = message_of([&] { (void)costs_of(point, measured); });
    EXPECT_NE(said.find(lack.says), std::string::npos) << lack.says << ": " << said;
  }
}

}  // namespace
}  // namespace scalelaw::harness

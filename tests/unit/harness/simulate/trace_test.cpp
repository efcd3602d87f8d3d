#include "harness/simulate/trace.hpp"

#include <gtest/gtest.h>

#include <set>

#include "common/error.hpp"
#include "harness/simulate/timeline.hpp"

namespace scalelaw::harness {
namespace {

/// A pass that deals 3000 bytes out, computes 1 ms (the root 2 ms), and combines 100 bytes.
PassCosts small_pass(Operation combining) {
  PassCosts costs;
  costs.phases = {
      {"distribute", Role::transfer}, {"compute", Role::parallel}, {"combine", Role::transfer}};
  costs.root = {{{{0, 0.002, 0}}}};
  costs.others = {{{{0, 0.001, 0}}}};
  costs.shares = {.operations = 3};  // one for each of three ranks
  costs.exchange = {{.phase = 0, .operation = Operation::scatter, .shared_bytes = 3000},
                    {.phase = 2, .operation = combining, .rank_bytes = 100}};
  return costs;
}

std::string text_of(const PassCosts& costs, std::int64_t rank, std::int64_t ranks,
                    std::int64_t passes = 1) {
  return trace_of(costs, rank, ranks, passes, {}).text;
}

TEST(TraceOf, WritesTheRootsShareOfAPass) {
  EXPECT_EQ(text_of(small_pass(Operation::allreduce), 0, 3),
            "0 init\n"
            "0 isend 1 0 1000 6\n"
            "0 isend 2 0 1000 6\n"
            "0 waitall\n"
            "0 compute 0\n"
            "0 compute 2000000\n"
            "0 allreduce 100 0 6\n"
            "0 compute 0\n"
            "0 finalize\n");
}

TEST(TraceOf, WritesAnotherRanksShareOfAPass) {
  EXPECT_EQ(text_of(small_pass(Operation::gather), 2, 3),
            "2 init\n"
            "2 recv 0 0 1000 6\n"
            "2 compute 0\n"
            "2 compute 1000000\n"
            "2 send 0 0 100 6\n"
            "2 compute 0\n"
            "2 finalize\n");
}

TEST(TraceOf, SendsLessWhereTheRootReadsInPlace) {
  PassCosts costs = small_pass(Operation::gather);
  costs.root = {{{{0, 0.002, 0}, {0, 0.002, 0}}}};
  costs.others = {{{{0, 0.001, 0}, {0, 0.001, 0}}}};
  costs.exchange[1].between_hosts_bytes = 4000;
  EXPECT_NE(text_of(costs, 1, 4).find("1 send 0 0 100 6\n"), std::string::npos);
  EXPECT_NE(text_of(costs, 2, 4).find("2 send 0 0 1100 6\n"), std::string::npos);
  const std::string root = text_of(costs, 0, 4);
  EXPECT_NE(root.find("0 irecv 1 0 100 6\n0 irecv 2 0 1100 6\n0 irecv 3 0 1100 6\n"),
            std::string::npos)
      << root;
}

TEST(TraceOf, KeepsSeveralPassesApartByBarriers) {
  PassCosts costs = small_pass(Operation::allreduce);
  costs.exchange.clear();
  costs.shares.operations = 2;
  const std::string pass = "1 barrier\n1 compute 0\n1 compute 1000000\n1 compute 0\n";
  EXPECT_EQ(text_of(costs, 1, 2, 2), "1 init\n" + pass + pass + "1 finalize\n");
  EXPECT_EQ(text_of(costs, 0, 1, 2).find("barrier"), std::string::npos) << "nobody to wait for";
}

TEST(TraceOf, ReducesAlongABinomialTree) {
  PassCosts costs;
  costs.phases = {{"combine", Role::transfer}};
  costs.root = costs.others = {{{{0}}}};
  costs.exchange = {{.operation = Operation::reduce, .rank_bytes = 10, .shared_bytes = 600}};
  EXPECT_EQ(text_of(costs, 0, 6),
            "0 init\n0 recv 1 0 110 6\n0 recv 2 0 210 6\n0 recv 4 0 210 6\n0 compute 0\n"
            "0 finalize\n");
  EXPECT_EQ(text_of(costs, 4, 6),
            "4 init\n4 recv 5 0 110 6\n4 send 0 0 210 6\n4 compute 0\n4 finalize\n")
      << "for itself and rank 5";
}

TEST(TraceOf, SendsEachRankWhatItsItemsNeed) {
  PassCosts costs = small_pass(Operation::gather);
  costs.shares = {.operations = 1, .items = 4};
  EXPECT_NE(text_of(costs, 0, 3).find("isend 1 0 750 6\n0 isend 2 0 750 6\n"), std::string::npos);
  EXPECT_NE(text_of(costs, 0, 6).find("isend 3 0 750 6\n0 isend 4 0 0 6\n"), std::string::npos);
  EXPECT_NE(text_of(costs, 3, 6).find("recv 0 0 750 6\n"), std::string::npos);
}

TEST(TraceOf, SendsNothingOfRanksWithoutItems) {
  PassCosts costs;
  costs.phases = {{"combine", Role::transfer}};
  costs.root = costs.others = {{{{0}}}};
  costs.shares = {.operations = 1, .items = 2};
  costs.exchange = {{.operation = Operation::reduce, .rank_bytes = 10}};
  EXPECT_EQ(text_of(costs, 0, 4),
            "0 init\n0 recv 1 0 10 6\n0 recv 2 0 0 6\n0 compute 0\n0 finalize\n");
}

TEST(TraceOf, SendsWhatIsTooLargeForACountOfBytesAsDoubles) {
  PassCosts costs;
  costs.phases = {{"combine", Role::transfer}};
  costs.root = costs.others = {{{{0}}}};
  costs.exchange = {{.operation = Operation::gather, .rank_bytes = 8e9}};
  EXPECT_NE(text_of(costs, 1, 2).find("send 0 0 1000000000 0\n"), std::string::npos);
}

TEST(TraceOf, SaysTheSizeOfALargeCollectiveInDoubles) {
  PassCosts costs;
  costs.phases = {{"combine", Role::transfer}};
  costs.root = costs.others = {{{{0}}}};
  costs.exchange = {{.operation = Operation::allreduce, .rank_bytes = 8e9},
                    {.operation = Operation::broadcast, .rank_bytes = 4e9}};
  const std::string text = text_of(costs, 1, 2);
  EXPECT_NE(text.find("allreduce 1000000000 0 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("bcast 500000000 0 0\n"), std::string::npos) << text;
  costs.exchange[0].rank_bytes = 1e11;
  EXPECT_THROW((void)text_of(costs, 1, 2), Error) << "more doubles than a count can say";
}

TEST(TraceOf, DrawsFromLaunchesAlikeHoweverManySamplesTheyHave) {
  PassCosts costs;
  costs.phases = {{"compute", Role::parallel}};
  const PassCosts::Node quick{{0.001}}, slow{{0.002}};
  costs.root = costs.others = {PassCosts::Samples{slow}, PassCosts::Samples(20, quick)};
  costs.shares.operations = 400;  // one for each rank
  int many = 0;
  for (std::int64_t rank = 0; rank < 400; ++rank) {
    many += text_of(costs, rank, 400).find("compute 2000000") != std::string::npos ? 1 : 0;
  }
  EXPECT_NEAR(many, 200, 50);
}

TEST(TraceOf, DrawsOneSampleForAllRanksOfANode) {
  PassCosts costs;
  costs.phases = {{"compute", Role::parallel}};
  for (int sample = 0; sample < 50; ++sample) {
    const double seconds = 0.001 * (sample + 1);
    costs.root.push_back({{{seconds}, {seconds}}});
  }
  costs.others = costs.root;
  const auto computed = [&](std::int64_t rank) {
    const std::string text = text_of(costs, rank, 20);
    return text.substr(text.find("compute"));
  };
  std::set<std::string> nodes;
  for (std::int64_t node = 0; node < 10; ++node) {
    const std::string first = computed(2 * node), second = computed(2 * node + 1);
    EXPECT_EQ(first.substr(0, first.find('\n')), second.substr(0, second.find('\n'))) << node;
    nodes.insert(first.substr(0, first.find('\n')));
  }
  EXPECT_GT(nodes.size(), 5U) << "nodes draw each for itself";
}

TEST(Draws, AreTheSameForANodeHoweverManyThereAre) {
  const Draws draws{7};
  std::set<std::size_t> drawn;
  for (std::int64_t node = 0; node < 200; ++node) {
    EXPECT_EQ(draws.of(node, 3, 10), draws.of(node, 3, 10));
    EXPECT_LT(draws.of(node, 3, 10), 10U);
    drawn.insert(draws.of(node, 3, 10));
  }
  EXPECT_EQ(drawn.size(), 10U) << "all of the measured samples serve";
  EXPECT_NE(Draws{8}.of(1, 3, 1'000'000), draws.of(1, 3, 1'000'000));
}

class ParseTimeline : public testing::Test {
 protected:
  ParseTimeline() {
    PassCosts costs = small_pass(Operation::allreduce);
    costs.exchange.erase(costs.exchange.begin());
    for (std::int64_t rank : {0, 1}) traces_.push_back(trace_of(costs, rank, 2, 2, {}));
  }
  std::string log(std::int64_t rank, double compute_s, double combine_s) const {
    std::string out;
    for (int pass = 0; pass < 2; ++pass) {
      out += fmt(rank, "barrier", 0.5) + fmt(rank, "compute 0", 0) +
             fmt(rank, "compute 1000000", compute_s) + fmt(rank, "allreduce 100 0 6", combine_s) +
             fmt(rank, "compute 0", 0);
    }
    return out;
  }
  static std::string fmt(std::int64_t rank, const std::string& action, double seconds) {
    return std::to_string(rank) + " " + action + " " + std::to_string(seconds) + "\n";
  }
  std::vector<Trace> traces_;
};

TEST_F(ParseTimeline, AddsUpTheActionsOfEachPhase) {
  const auto passes = parse_timeline(
      log(1, 0.25, 0.125) + log(0, 0.5, 0.0625) + "Simulation time 2.0\n", traces_, 2, 3);
  ASSERT_EQ(passes.size(), 2U);
  for (const SimulatedPass& pass : passes) {
    ASSERT_EQ(pass.size(), 2U);
    EXPECT_EQ(pass[0], (RankPhases{0, 0.5, 0.0625}));
    EXPECT_EQ(pass[1], (RankPhases{0, 0.25, 0.125})) << "without the barrier";
  }
}

TEST_F(ParseTimeline, RefusesALogThatLacksActionsOrHasMore) {
  EXPECT_THROW((void)parse_timeline(log(0, 1, 1), traces_, 2, 3), Error) << "rank 1 is silent";
  const std::string all = log(0, 1, 1) + log(1, 1, 1);
  EXPECT_NO_THROW((void)parse_timeline(all, traces_, 2, 3));
  EXPECT_THROW((void)parse_timeline(all + fmt(1, "barrier", 1), traces_, 2, 3), Error);
  EXPECT_THROW((void)parse_timeline(all + fmt(2, "barrier", 1), traces_, 2, 3), Error);
}

}  // namespace
}  // namespace scalelaw::harness

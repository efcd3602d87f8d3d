#include "harness/commands/measured_messages.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Adds one operation between two ranks, which takes `seconds`.
void add(SyntheticCampaign& campaign, const char* operation, std::int64_t bytes, double seconds,
         Placement at = {1, 2, 1}) {
  Point& point = campaign.add(0, "collectives", models::mpi, at, {.combine_s = seconds},
                              static_cast<double>(bytes));
  point.params = {{"operation", operation}, {"bytes", bytes}};
}

/// States of the samples of the last point whether its messages left ahead.
void left_ahead(Results& results, const char* answer) {
  for (Sample& sample : results.samples) {
    const std::int64_t point = results.launches[static_cast<std::size_t>(sample.launch)].point;
    if (point + 1 == std::ssize(results.points)) sample.facts["sent_ahead"] = answer;
  }
}

TEST(MessagesOf, TakesAPingPongOneWayAndCallsAsTheyAre) {
  SyntheticCampaign campaign(1, 6, 0);
  add(campaign, "ping_pong", 8, 2e-6);
  add(campaign, "receive", 8, 4e-7);
  add(campaign, "barrier", 8, 9e-6);
  add(campaign, "send", 8, 3e-7);
  left_ahead(campaign.results(), "yes");
  add(campaign, "send", 4096, 3e-7);
  left_ahead(campaign.results(), "no");
  const PairMessages found = messages_of(campaign.results(), "a.h5");
  EXPECT_EQ(found.nodes, 1);
  ASSERT_EQ(found.times.ping_pong.size(), 1U);
  EXPECT_NEAR(found.times.ping_pong[0].seconds, 1e-6, 1e-12);
  ASSERT_EQ(found.times.send.size(), 2U);
  EXPECT_NEAR(found.times.send[0].seconds, 3e-7, 1e-12);
  EXPECT_NEAR(found.times.receive.at(0).seconds, 4e-7, 1e-12);
  EXPECT_EQ(found.times.eager_limit, 4096);
  EXPECT_TRUE(found.times.eager_limit_seen);
}

TEST(MessagesOf, LeavesOutWhatReadingTheClockCosts) {
  SyntheticCampaign campaign(1, 6, 0);
  add(campaign, "ping_pong", 8, 2e-6);
  add(campaign, "send", 8, 1e-7);
  for (Launch& launch : campaign.results().launches) launch.header["timer"]["overhead_s"] = 2e-8;
  const MeasuredMessages found = messages_of(campaign.results(), "a.h5").times;
  EXPECT_NEAR(found.ping_pong.at(0).seconds, 0.99e-6, 1e-12);
  EXPECT_NEAR(found.send.at(0).seconds, 0.8e-7, 1e-13);
}

TEST(MessagesOf, KnowsNoLimitWhereNoneWasSeen) {
  SyntheticCampaign campaign(1, 6, 0);
  add(campaign, "ping_pong", 8, 2e-6);
  EXPECT_EQ(messages_of(campaign.results(), "a.h5").times.eager_limit, usual_eager_limit);
  add(campaign, "send", 1 << 20, 3e-7);
  left_ahead(campaign.results(), "yes");
  const MeasuredMessages found = messages_of(campaign.results(), "a.h5").times;
  EXPECT_GT(found.eager_limit, 1 << 20);
  EXPECT_FALSE(found.eager_limit_seen);
}

TEST(MessagesOf, PrefersTwoNodes) {
  SyntheticCampaign campaign(1, 6, 0);
  add(campaign, "ping_pong", 8, 2e-6);
  add(campaign, "ping_pong", 8, 8e-6, {2, 1, 1});
  const PairMessages found = messages_of(campaign.results(), "a.h5");
  EXPECT_EQ(found.nodes, 2);
  ASSERT_EQ(found.times.ping_pong.size(), 1U);
  EXPECT_NEAR(found.times.ping_pong[0].seconds, 4e-6, 1e-12);
}

TEST(MessagesOf, RefusesWhatIsNoSingleCurve) {
  SyntheticCampaign campaign(1, 6, 0);
  add(campaign, "send", 8, 2e-6);
  const auto said = [&] { return message_of([&] { (void)messages_of(campaign.results(), "a"); }); };
  EXPECT_NE(said().find("no ping-pong"), std::string::npos) << said();
  add(campaign, "ping_pong", 8, 2e-6);
  campaign.results().points.back().experiment = "another";
  EXPECT_EQ(said(), "no error") << "another experiment has the calls";
  add(campaign, "ping_pong", 64, 2e-6);
  EXPECT_NE(said().find("2 measurements of 'ping_pong'"), std::string::npos) << said();
  campaign.results().points.back().experiment = "another";
  campaign.results().points.back().options = {{"data", "scatter"}};
  EXPECT_NE(said().find("2 measurements of"), std::string::npos) << said();
}

/// A ping-pong between two ranks of a node: one way, a microsecond and 4e9 bytes a second.
Results ping_pong(Placement at = {1, 2, 1}) {
  SyntheticCampaign campaign(1, 6, 0);
  for (const std::int64_t bytes : {8, 65536, 1 << 26}) {
    add(campaign, "ping_pong", bytes, 2 * (1e-6 + static_cast<double>(bytes) / 4e9), at);
  }
  return campaign.results();
}

TEST(TakeNodeMessages, FillsWhatTheConfigDoesNotSay) {
  SimulateOptions options;
  EXPECT_EQ(take_node_messages(ping_pong(), "a.h5", options), "");
  EXPECT_NEAR(options.node_latency_s.value_or(0), 1e-6, 1e-8);
  EXPECT_NEAR(options.node_bandwidth_bytes_per_s.value_or(0), 4e9, 4e7);

  SimulateOptions given;
  given.node_latency_s = 5;
  EXPECT_EQ(take_node_messages(ping_pong(), "a.h5", given), "");
  EXPECT_EQ(given.node_latency_s, 5);
  EXPECT_NEAR(given.node_bandwidth_bytes_per_s.value_or(0), 4e9, 4e7);
}

TEST(TakeNodeMessages, LeavesItWhereNothingTellsIt) {
  SimulateOptions options;
  EXPECT_EQ(take_node_messages(ping_pong({2, 1, 1}), "between nodes", options), "");
  EXPECT_FALSE(options.node_latency_s || options.node_bandwidth_bytes_per_s);
  options.network = Network::file;
  EXPECT_EQ(take_node_messages(ping_pong(), "a platform of the user", options), "");
  EXPECT_FALSE(options.node_latency_s || options.node_bandwidth_bytes_per_s);
}

TEST(TakeNodeMessages, TakesTheWholeMessageWhereCallsWereTimedToo) {
  SyntheticCampaign campaign(1, 6, 0);
  for (const std::int64_t bytes : {8, 4096, 32768}) {
    add(campaign, "ping_pong", bytes, 2 * (1e-6 + static_cast<double>(bytes) / 4e9));
    add(campaign, "send", bytes, 4e-7);
    add(campaign, "receive", bytes, 4e-7);
  }
  SimulateOptions options;
  EXPECT_EQ(take_node_messages(campaign.results(), "a.h5", options), "");
  EXPECT_NEAR(options.node_latency_s.value_or(0), 1e-6, 1e-8);
}

TEST(TakeNodeMessages, SaysWhyItCannot) {
  Results results = ping_pong();
  results.points.back().experiment = "another";
  SimulateOptions options;
  const std::string doubt = take_node_messages(results, "a.h5", options);
  EXPECT_NE(doubt.find("2 measurements of 'ping_pong'"), std::string::npos) << doubt;
  EXPECT_NE(doubt.find("give [simulate] node_latency_s"), std::string::npos) << doubt;
  EXPECT_FALSE(options.node_latency_s || options.node_bandwidth_bytes_per_s);
}

Experiment experiment_of(const char* kernel, std::vector<nlohmann::json> operations) {
  Experiment out;
  out.kernel = kernel;
  out.params = {{"operation", std::move(operations), 0}};
  return out;
}

TEST(LeaveOutMessages, KeepsWhatMoreRanksDo) {
  std::vector<Experiment> experiments{experiment_of("collectives", {"ping_pong", "barrier"}),
                                      experiment_of("collectives", {"send", "receive"}),
                                      experiment_of("dot_product", {"send"})};
  leave_out_messages(experiments);
  ASSERT_EQ(experiments.size(), 2U);
  EXPECT_EQ(experiments[0].params[0].values, (std::vector<nlohmann::json>{"barrier"}));
  EXPECT_EQ(experiments[1].kernel, "dot_product");
}

TEST(LeaveOutMessages, KeepsThemWhereThereIsNothingElse) {
  std::vector<Experiment> experiments{experiment_of("collectives", {"ping_pong"})};
  leave_out_messages(experiments);
  EXPECT_EQ(experiments.size(), 1U);
}

}  // namespace
}  // namespace scalelaw::harness

#include "harness/simulate/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

/// Sizes from 8 bytes to 64 MiB, with times of `truth` and noise.
std::vector<MessageTime> times_of(const std::function<double(double)>& truth, double noise) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<MessageTime> out;
  for (double bytes = 8; bytes <= 64.0 * 1024 * 1024; bytes *= 2) {
    out.push_back({bytes, truth(bytes) * std::exp(noise * normal(random))});
  }
  return out;
}

MeasuredMessages ping_pong(const std::function<double(double)>& truth, double noise) {
  return {.ping_pong = times_of(truth, noise), .send = {}, .receive = {}};
}

double eager_and_rendezvous(double bytes) {
  return bytes < 65536 ? 2e-6 + bytes / 2e9 : 2e-5 + bytes / 8e9;
}

TEST(Calibrate, FindsALine) {
  const auto line = [](double bytes) { return 1e-6 + bytes / 1e10; };
  const Calibration found = calibrate(ping_pong(line, 0));
  ASSERT_EQ(found.steps.size(), 1U);
  EXPECT_NEAR(found.latency_s(), 1e-6, 1e-12);
  EXPECT_NEAR(found.bandwidth_bytes_per_s(), 1e10, 1e4);
  EXPECT_EQ(found.latency_factors(), "0:1");
  EXPECT_EQ(found.bandwidth_factors(), "0:1");
}

TEST(Calibrate, FindsWhereTheProtocolChanges) {
  for (const double noise : {0.0, 0.02}) {
    const Calibration found = calibrate(ping_pong(eager_and_rendezvous, noise));
    ASSERT_EQ(found.steps.size(), 2U) << noise;
    EXPECT_EQ(found.steps[1].from_bytes, 65536);
    EXPECT_NEAR(found.latency_s(), 2e-6, 0.05 * 2e-6);
    EXPECT_NEAR(found.bandwidth_bytes_per_s(), 8e9, 0.05 * 8e9);
    for (const MessageTime& one : times_of(eager_and_rendezvous, 0)) {
      EXPECT_NEAR(found.seconds(one.bytes), one.seconds, 0.1 * one.seconds) << one.bytes;
    }
  }
  const Calibration exact = calibrate(ping_pong(eager_and_rendezvous, 0));
  EXPECT_EQ(exact.latency_factors(), "0:1;65536:10");
  EXPECT_EQ(exact.bandwidth_factors(), "0:0.25;65536:1");
}

/// What a network and two calls, each with a change of protocol, would show.
struct Truth {
  static double send_s(double bytes) { return bytes < 4096 ? 2e-7 : 5e-7 + 1e-10 * bytes; }
  static double receive_s(double bytes) { return 3e-7 + 2e-10 * bytes; }
  static double network_s(double bytes) { return 2e-6 + bytes / 1e10; }
  static double one_way_s(double bytes) {
    return network_s(bytes) + (bytes < 65536 ? send_s(bytes) + receive_s(bytes) : 0);
  }
};

TEST(Calibrate, TellsTheCallsFromTheNetwork) {
  for (const double noise : {0.0, 0.01}) {
    const Calibration found = calibrate({.ping_pong = times_of(Truth::one_way_s, noise),
                                         .send = times_of(Truth::send_s, noise),
                                         .receive = times_of(Truth::receive_s, noise),
                                         .eager_limit = 65536});
    EXPECT_NEAR(found.latency_s(), 2e-6, 0.05 * 2e-6) << noise;
    EXPECT_NEAR(found.bandwidth_bytes_per_s(), 1e10, 0.05 * 1e10) << noise;
    ASSERT_EQ(found.send.size(), 2U) << noise;
    EXPECT_EQ(found.send[1].from_bytes, 4096);
    EXPECT_NEAR(found.send[0].seconds(8), 2e-7, 0.05 * 2e-7);
    EXPECT_NEAR(found.send[1].seconds(32768), Truth::send_s(32768), 0.05 * Truth::send_s(32768));
    ASSERT_FALSE(found.receive.empty()) << noise;
    EXPECT_NEAR(found.receive[0].seconds(64), Truth::receive_s(64), 2e-8);
    for (const MessageTime& one : times_of(Truth::one_way_s, 0)) {
      EXPECT_NEAR(found.seconds(one.bytes), one.seconds, 0.05 * one.seconds) << one.bytes;
    }
  }
  const Calibration exact = calibrate({.ping_pong = times_of(Truth::one_way_s, 0),
                                       .send = times_of(Truth::send_s, 0),
                                       .receive = times_of(Truth::receive_s, 0)});
  EXPECT_EQ(exact.send_overhead(), "0:2e-07:0;4095:5e-07:1e-10");
  EXPECT_EQ(exact.receive_overhead(), "0:3e-07:2e-10");
  EXPECT_EQ(exact.latency_factors(), "0:1");
}

TEST(Calibrate, LeavesTheNetworkATenthOfAMessage) {
  const auto one_way = [](double bytes) { return 1e-6 + bytes / 1e9; };
  const auto too_long = [](double bytes) { return 2e-6 + bytes / 1e9; };
  const Calibration found = calibrate({.ping_pong = times_of(one_way, 0),
                                       .send = times_of([](double) { return 4e-7; }, 0),
                                       .receive = times_of(too_long, 0),
                                       .eager_limit = 1e9});
  EXPECT_NEAR(found.latency_s(), 1e-7, 1e-9);
  for (const MessageTime& one : times_of(one_way, 0)) {
    EXPECT_NEAR(found.seconds(one.bytes), one.seconds, 0.02 * one.seconds) << one.bytes;
  }
}

TEST(Calibrate, ChargesNoReceivingOfWhatWasNotThere) {
  const auto late = [](double bytes) { return bytes < 4096 ? 1e-7 : 2e-5 + bytes / 1e9; };
  const Calibration found =
      calibrate({.ping_pong = times_of([](double bytes) { return 1e-6 + bytes / 1e10; }, 0),
                 .send = {},
                 .receive = times_of(late, 0),
                 .eager_limit = 4096});
  EXPECT_EQ(found.receive_overhead(), "0:1e-07:0");
  EXPECT_EQ(found.send_overhead(), "");
}

TEST(Calibrate, LosesNoTimeToCallsOfTooFewSizes) {
  const auto one_way = [](double bytes) { return 2e-6 + bytes / 1e10; };
  const Calibration found = calibrate(
      {.ping_pong = times_of(one_way, 0), .send = {{8, 5e-7}, {16, 5e-7}}, .receive = {{8, 5e-7}}});
  EXPECT_EQ(found.send_overhead() + found.receive_overhead(), "");
  EXPECT_NEAR(found.latency_s(), 2e-6, 1e-9);
}

TEST(Calibrate, TakesCallsOfOtherSizesThanThePingPongs) {
  std::vector<MessageTime> calls;
  for (double bytes = 24; bytes < 65536; bytes *= 4) calls.push_back({bytes, 4e-7});
  const Calibration found = calibrate(
      {.ping_pong = times_of(
           [](double bytes) { return 2e-6 + bytes / 1e10 + (bytes < 65536 ? 8e-7 : 0); }, 0),
       .send = calls,
       .receive = calls});
  for (const auto* steps : {&found.send, &found.receive}) {
    ASSERT_EQ(steps->size(), 1U);
    EXPECT_NEAR(steps->front().seconds(1000), 4e-7, 1e-12);
  }
  EXPECT_EQ(found.latency_factors(), "0:1") << "no step of the network where none is";
  EXPECT_NEAR(found.latency_s(), 2e-6, 1e-9);
}

TEST(Calibrate, RefusesWhatTellsNothing) {
  EXPECT_NE(message_of([] {
              (void)calibrate({.ping_pong = {{8, 1e-6}, {16, 1e-6}}, .send = {}, .receive = {}});
            }).find("2 sizes"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              (void)calibrate(ping_pong([](double) { return 1e-6; }, 0));
            }).find("do not grow"),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness

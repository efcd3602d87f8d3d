#include "harness/simulate/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

/// Sizes from 8 bytes to 64 MiB, with times of `truth` and noise.
std::vector<MessageTime> ping_pong(const std::function<double(double)>& truth, double noise) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<MessageTime> out;
  for (double bytes = 8; bytes <= 64.0 * 1024 * 1024; bytes *= 2) {
    out.push_back({bytes, truth(bytes) * std::exp(noise * normal(random))});
  }
  return out;
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
    for (const MessageTime& one : ping_pong(eager_and_rendezvous, 0)) {
      EXPECT_NEAR(found.seconds(one.bytes), one.seconds, 0.1 * one.seconds) << one.bytes;
    }
  }
  const Calibration exact = calibrate(ping_pong(eager_and_rendezvous, 0));
  EXPECT_EQ(exact.latency_factors(), "0:1;65536:10");
  EXPECT_EQ(exact.bandwidth_factors(), "0:0.25;65536:1");
}

TEST(Calibrate, RefusesWhatTellsNothing) {
  EXPECT_NE(message_of([] {
              (void)calibrate({{8, 1e-6}, {16, 1e-6}});
            }).find("2 sizes"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              (void)calibrate(ping_pong([](double) { return 1e-6; }, 0));
            }).find("do not grow"),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness

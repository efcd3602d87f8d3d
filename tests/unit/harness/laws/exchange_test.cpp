#include "harness/laws/exchange.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/laws/predictions.hpp"
#include "support/laws.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

constexpr double latency_s = 1e-5;  // of a step
constexpr double bandwidth = 2e9;   // bytes per second
constexpr double input_bytes = 8e6;

/// The collectives of `ranks` ranks, as a campaign measures them.
void add_collectives(SyntheticCampaign& campaign, std::int64_t series, std::int64_t ranks) {
  const auto add = [&](const char* operation, double bytes, double time) {
    Point& point =
        campaign.add(series, "collectives", models::mpi, {1, ranks, 1}, {.combine_s = time}, bytes);
    point.experiment = "ceilings";
    point.params = {{"operation", operation}, {"bytes", static_cast<std::int64_t>(bytes)}};
  };
  const auto r = static_cast<double>(ranks);
  add("allreduce", 8, latency_s * tree_steps(r));
  add("scatter", 8, latency_s);
  add("scatter", 1e6, latency_s + (r - 1) * (1e6 - 8) / bandwidth);
}

/// A kernel of one second whose input is dealt out by rank 0.
SyntheticCampaign scattered(const std::vector<std::int64_t>& ranks, double noise = 0.001) {
  SyntheticCampaign campaign(1, 6, noise);
  for (const std::int64_t r : ranks) {
    const auto p = static_cast<double>(r);
    const double messages_s =
        r > 1 ? latency_s * tree_steps(p) + input_bytes * (1 - 1 / p) / bandwidth : 0;
    Point& point =
        campaign.add(0, "k", models::mpi, {1, r, 1},
                     {.prepare_s = 1e-3, .compute_s = 9e-3 / p, .combine_s = messages_s});
    point.options = {{"data", "scatter"}};
    point.work["exchange"] = "scatter";
    point.work["resident_bytes"] = input_bytes;
    if (r > 1) add_collectives(campaign, 10 + r, r);
  }
  return campaign;
}

TEST(Exchange, TellsLatencyAndBandwidthApart) {
  const Results results = scattered({1, 2, 8}, 0).results();
  const auto summaries = summarize_all(results);
  for (const std::int64_t ranks : {2, 8}) {
    const auto e = measured_exchange(results, summaries, results.points[0], {1, ranks, 1});
    ASSERT_TRUE(e);
    EXPECT_NEAR(e->latency_s, latency_s, 1e-9);
    EXPECT_NEAR(e->bandwidth_bytes_per_s, bandwidth, 1e-6 * bandwidth);
    EXPECT_EQ(e->bytes, input_bytes);
    EXPECT_NEAR(e->seconds(4, 1), 2 * latency_s + 0.75 * input_bytes / bandwidth, 1e-9);
    EXPECT_EQ(e->seconds(1, 1), 0);
  }
  EXPECT_FALSE(measured_exchange(results, summaries, results.points[0], {1, 16, 1}));
  EXPECT_FALSE(measured_exchange(results, summaries, results.points[0], {1, 1, 1}));
}

TEST(Exchange, HasNoTimeOfItsOwnWhereMessagesHide) {
  Point point;
  point.work = {{"resident_bytes", 1e6}};
  EXPECT_EQ(exchanged_bytes(point), 0);
  point.work["exchange"] = "reduce";
  EXPECT_EQ(exchanged_bytes(point), 0);
  point.work["exchange"] = "scatter";
  EXPECT_EQ(exchanged_bytes(point), 1e6);
  point.work["exchange"] = "other";
  EXPECT_FALSE(exchanged_bytes(point));
}

const Prediction* prediction(const Results& results, const std::string& law, PredictionKind kind,
                             std::int64_t workers) {
  for (const Prediction& p : results.predictions) {
    if (p.law == law && p.kind == kind && p.workers == workers) return &p;
  }
  return nullptr;
}

/// Two ranks and nothing fitted: what messages cost is known from the collectives alone.
TEST(Exchange, PredictsBeforehandWhatAmdahlCannotKnow) {
  SyntheticCampaign campaign = scattered({1, 2});
  add_laws(campaign.results());
  const Prediction* without = prediction(campaign.results(), "amdahl", PredictionKind::a_priori, 2);
  const Prediction* with =
      prediction(campaign.results(), "latency_bandwidth", PredictionKind::a_priori, 2);
  ASSERT_TRUE(without && with);
  EXPECT_GT(without->error, 0.1);
  EXPECT_TRUE(with->inside) << with->low << " " << with->measured << " " << with->high;
  EXPECT_NEAR(with->error, 0, 0.01);
}

TEST(Exchange, LeavesTheSerialFractionToTheFit) {
  SyntheticCampaign campaign = scattered({1, 2, 4, 8});
  add_laws(campaign.results());
  double fitted = 0, amdahls = 0;
  for (const Fit& fit : campaign.results().fits) {
    if (fit.parameter != "serial_fraction") continue;
    if (fit.law == "amdahl") amdahls = fit.value;
    if (fit.law != "latency_bandwidth") continue;
    fitted = fit.value;
    EXPECT_LE(fit.low, 0.1);
    EXPECT_GE(fit.high, 0.1);
  }
  EXPECT_NEAR(fitted, 0.1, 0.01);
  EXPECT_GT(amdahls, 0.2);  // takes the messages for serial work
  for (const Fit& fit : campaign.results().fits) {
    if (fit.parameter == "latency_s") {
      EXPECT_NEAR(fit.value, latency_s, 0.01 * latency_s);
    }
    if (fit.parameter == "bandwidth_bytes_per_s") {
      EXPECT_NEAR(fit.value, bandwidth, 0.01 * bandwidth);
    }
  }
  ASSERT_TRUE(prediction(campaign.results(), "latency_bandwidth", PredictionKind::held_out, 8));
  EXPECT_TRUE(
      prediction(campaign.results(), "latency_bandwidth", PredictionKind::held_out, 8)->inside);
}

}  // namespace
}  // namespace scalelaw::harness

// Do the intervals hold the truth in whole campaigns, as used: with samples that are chosen, points
// that end when their intervals are narrow or when that is hopeless, and a budget that goes where it
// narrows speedups most?  The campaigns are measure()'s own, on a pretended machine whose times are
// known.  Seeded, so the counts never change.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "harness/launch/fake.hpp"
#include "harness/launch/job.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/statistics/summary.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

/// The campaigns of each kind; the tests labelled long have more.
const int campaigns = std::getenv("SCALELAW_EXHAUSTIVE") == nullptr ? 12 : 500;

/// How noisy launches are: the standard deviation of the logarithms of a point's launches, which is
/// anything between these.
struct Noise {
  double least = 0, most = 0;
};

constexpr double serial_s = 0.2, serial_share = 0.1;

/// A serial program and threads with 1, 2 and 4 workers, of two kernels.
std::vector<Point> study() {
  std::vector<Point> points;
  for (const char* kernel : {"dot_product", "prime_sieve"}) {
    for (const std::int64_t workers : {0, 1, 2, 4}) {
      Point& point = points.emplace_back();
      point.id = kernel + std::to_string(workers);
      point.experiment = point.kernel = kernel;
      point.model = workers == 0 ? models::serial : models::openmp;
      point.series = std::ssize(points) / 5 * 2 + (workers == 0 ? 0 : 1);
      point.placement = {1, 1, std::max<std::int64_t>(1, workers)};
      point.params = point.options = nlohmann::json::object();
    }
  }
  return points;
}

double truth_s(const Point& point) {
  const auto workers = static_cast<double>(point.placement.workers());
  return serial_s * (serial_share + (1 - serial_share) / workers);
}

/// A machine on which each point has a noise of its own.
FakeMachine machine_with(const Noise& noise, std::uint64_t seed) {
  FakeMachine machine = amdahl_machine(serial_s, serial_share);
  machine.start_s = 0.3;
  machine.sample_noise = 0.01;
  machine.seed = seed;
  machine.times = [times = machine.times, noise, random = std::mt19937_64(seed),
                   known = std::map<std::string, double>()](const Job& job) mutable {
    const std::string point = job.kernel + job.model.name + std::to_string(job.placement.threads);
    const double logarithm =
        std::uniform_real_distribution<double>(std::log(noise.least), std::log(noise.most))(random);
    const double deviation = known.try_emplace(point, std::exp(logarithm)).first->second;
    FakeTimes out = times(job);
    const double factor = std::exp(deviation * std::normal_distribution<double>()(random));
    for (PhaseTime& phase : out.phases) phase.seconds *= factor;
    return out;
  };
  return machine;
}

Measuring measuring_for(double budget_s) {
  Measuring measuring;
  measuring.launches_max = 40;
  measuring.target_interval = 0.03;
  measuring.campaign_budget_s = budget_s;
  return measuring;
}

Results measured(const Measuring& measuring, FakeMachine machine, std::int64_t seed) {
  // Each launch is written to the disk: memory is faster.
  const char* memory = "/dev/shm";
  const TemporaryFolder folder;
  const std::filesystem::path records =
      std::filesystem::exists(memory) ? std::filesystem::path(memory) / folder.path().filename()
                                      : folder.path();
  std::filesystem::create_directories(records);
  Results results;
  results.points = study();
  results.seed = seed;
  FakeLauncher launcher(std::move(machine));
  MeasureTools tools;
  tools.launcher = &launcher;
  tools.job = [&](const Point& point, std::int64_t samples, const std::string& record) {
    Measuring with = measuring;
    with.samples = samples;
    return make_job(point, with, 1, "/drivers", record);
  };
  tools.scratch = records.string();
  Journal journal = Journal::begin((records / "journal").string(), results);
  measure(results, measuring, tools, journal);
  std::filesystem::remove_all(records);
  return results;
}

/// How often intervals held.
struct Count {
  int held = 0, all = 0;

  void add(const std::optional<Interval>& interval, double truth) {
    if (!interval) return;
    held += interval->low <= truth && truth <= interval->high;
    ++all;
  }
  [[nodiscard]] double share() const { return static_cast<double>(held) / all; }
  /// Between 93 and 97 %, give or take three standard errors.
  [[nodiscard]] bool is_honest() const {
    const double error = 3 * std::sqrt(0.95 * 0.05 / all);
    return share() >= 0.93 - error && share() <= 0.97 + error;
  }
};

/// What came of many campaigns.
struct Collected {
  std::map<State, int> states;
  Count medians, speedups, converged;
  double spent_s = 0;
};

void add_campaign(const Results& results, Collected& out) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::size_t serial = 0;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    ++out.states[point.state];
    out.medians.add(summaries[i].interval_s, truth_s(point));
    if (point.state == State::converged) {
      out.converged.add(summaries[i].interval_s, truth_s(point));
    }
    if (!point.model.is_parallel()) {
      serial = i;
      continue;
    }
    const Ratio speedup = ratio_over_launches(summaries[serial].times_s(), summaries[i].times_s());
    out.speedups.add(speedup.interval, truth_s(results.points[serial]) / truth_s(point));
  }
  for (const Launch& launch : results.launches) out.spent_s += launch.wall_s / campaigns;
}

Collected outcome_of(const Noise& noise, double budget_s) {
  Collected out;
  for (int campaign = 0; campaign < campaigns; ++campaign) {
    const auto seed = static_cast<std::uint64_t>(campaign) + 1;
    add_campaign(measured(measuring_for(budget_s), machine_with(noise, seed), campaign), out);
  }
  return out;
}

std::string text_of(const Collected& out) {
  std::string text = "medians " + std::to_string(out.medians.share()) + ", speedups " +
                     std::to_string(out.speedups.share()) + ", converged " +
                     std::to_string(out.converged.share()) + ", spent " +
                     std::to_string(out.spent_s) + " s;";
  for (const auto& [state, count] : out.states) {
    text += " " + std::to_string(count) + " " + std::string(to_string(state));
  }
  return text;
}

TEST(CampaignCoverage, OfQuietMachines) {
  const Collected out = outcome_of({.least = 0.002, .most = 0.012}, 200);
  SCOPED_TRACE(text_of(out));
  RecordProperty("outcome", text_of(out));
  EXPECT_TRUE(out.medians.is_honest());
  EXPECT_TRUE(out.speedups.is_honest());
  EXPECT_TRUE(out.converged.is_honest());
  EXPECT_GE(out.states.at(State::converged), campaigns * 8 * 95 / 100);
  EXPECT_LT(out.spent_s, 150) << "what is not needed is not spent";
}

TEST(CampaignCoverage, OfNoisyMachines) {
  const Collected out = outcome_of({.least = 0.01, .most = 0.2}, 120);
  SCOPED_TRACE(text_of(out));
  RecordProperty("outcome", text_of(out));
  EXPECT_TRUE(out.medians.is_honest());
  EXPECT_TRUE(out.speedups.is_honest());
  EXPECT_TRUE(out.converged.is_honest());
  EXPECT_GT(out.states.at(State::too_noisy), campaigns);
  EXPECT_GT(out.states.at(State::converged), campaigns);
  EXPECT_LT(out.spent_s, 121) << "the budget holds";
}

}  // namespace
}  // namespace scalelaw::harness

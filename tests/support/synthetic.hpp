#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "harness/laws/fit.hpp"
#include "harness/results/results.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {

/// Seeded launches of a point with a known true median time.  There is noise between launches, and
/// skewed noise with a known median between the samples of a launch.
class Synthetic {
 public:
  Synthetic(std::uint64_t seed, int launches, double noise)
      : random_(seed), launches_(launches), noise_(noise) {}

  std::vector<double> launch_medians(double true_s) {
    std::vector<double> medians;
    for (int i = 0; i < launches_; ++i) medians.push_back(median(launch(true_s)));
    return medians;
  }

  /// The samples of one launch.
  std::vector<double> launch(double true_s) {
    const double effect = noise_ * normal_(random_);
    std::vector<double> samples;
    for (int k = 0; k < 5; ++k) {
      const double sample = noise_ / 2 * normal_(random_) + (tail_(random_) ? 10 * noise_ : 0);
      samples.push_back(true_s * std::exp(effect + sample));
    }
    return samples;
  }

  Observation observe(const Load& load, double true_s) {
    return {load, log_time(launch_medians(true_s))};
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::bernoulli_distribution tail_{0.02};
  int launches_;
  double noise_;
};

/// The true times of a synthetic point's workers, in seconds.
struct SyntheticPhases {
  double prepare_s = 0, compute_s = 0, combine_s = 0;
  double slowest = 1;  ///< the last worker's compute time over the mean of all
};

/// A serial, a parallel and a transfer phase.
inline std::vector<PhaseTime> phase_times(double prepare_s, double compute_s, double combine_s) {
  return {{"prepare", Role::serial, prepare_s},
          {"compute", Role::parallel, compute_s},
          {"combine", Role::transfer, combine_s}};
}

inline double seconds_of(const std::vector<PhaseTime>& phases) {
  double seconds = 0;
  for (const PhaseTime& phase : phases) seconds += phase.seconds;
  return seconds;
}

/// The ranks of a header, each thread bound to a processor of its own.
inline nlohmann::json bound_ranks(const Placement& at) {
  auto ranks = nlohmann::json::array();
  for (std::int64_t rank = 0; rank < at.ranks(); ++rank) {
    auto threads = nlohmann::json::array();
    for (std::int64_t thread = 0; thread < at.threads; ++thread) {
      const std::int64_t cpu = rank % at.ranks_per_node * at.threads + thread;
      threads.push_back({{"thread", thread}, {"cpus", std::to_string(cpu)}});
    }
    const std::string host = "n" + std::to_string(rank / at.ranks_per_node);
    ranks.push_back({{"rank", rank}, {"host", host}, {"threads", threads}});
  }
  return ranks;
}

/// A campaign made of points with known times, for the tests of laws and report.
class SyntheticCampaign {
 public:
  SyntheticCampaign(std::uint64_t seed, int launches, double noise)
      : launches_(launches), synthetic_(seed, 1, noise) {
    results_.name = "synthetic";
    results_.seed = static_cast<std::int64_t>(seed);
    results_.started = "2026-01-01T00:00:00Z";
    results_.environment = {
        {"cpu.model", "Synthetic CPU"}, {"cores.allowed", "16 of 16 cores allowed"},
        {"memory.total_bytes", "1e9"},  {"os.kernel", "Linux"},
        {"build.compiler", "GNU"},      {"build.flags", "-O3"}};
  }

  /// Adds a point, with launches of five samples each whose ranks spend `phases`.
  Point& add(std::int64_t series, const std::string& kernel, const Model& model,
             const Placement& placement, const SyntheticPhases& phases, double operations = 1e9) {
    Point point;
    point.id = kernel + "/" + model.name + "/" + std::to_string(placement.ranks()) + "x" +
               std::to_string(placement.threads) + "/" + std::to_string(operations);
    point.experiment = kernel;
    point.kernel = kernel;
    point.model = model;
    point.series = series;
    point.params = {{"size", static_cast<std::int64_t>(operations)}};
    point.options = nlohmann::json::object();
    point.placement = placement;
    point.work = {{"operations", operations},
                  {"amount", operations},
                  {"unit", "operations"},
                  {"compulsory_bytes", 8 * operations},
                  {"memory_bound", false}};
    point.state = State::converged;
    results_.points.push_back(point);
    for (int i = 0; i < launches_; ++i) add_launch(phases);
    return results_.points.back();
  }

  Results& results() { return results_; }

 private:
  void add_launch(const SyntheticPhases& phases) {
    const auto point = static_cast<std::int64_t>(results_.points.size()) - 1;
    Launch launch;
    launch.point = point;
    launch.block = static_cast<std::int64_t>(results_.launches.size());
    launch.header = {{"timer", {{"name", "steady_clock"}}},
                     {"ranks", bound_ranks(results_.points.back().placement)}};
    results_.launches.push_back(launch);
    const double longest = phases.compute_s * phases.slowest;
    const double total = phases.prepare_s + longest + phases.combine_s;
    std::int64_t index = 0;
    for (const double total_s : synthetic_.launch(total)) {
      results_.samples.push_back(sample(phases, total_s / total, index++));
    }
  }

  Sample sample(const SyntheticPhases& phases, double factor, std::int64_t index) {
    const Placement& placement = results_.points.back().placement;
    Sample sample;
    sample.launch = static_cast<std::int64_t>(results_.launches.size()) - 1;
    sample.index = index;
    sample.verified = true;
    const double longest = phases.compute_s * phases.slowest;
    sample.phases =
        phase_times(factor * phases.prepare_s, factor * longest, factor * phases.combine_s);
    sample.total_s = seconds_of(sample.phases);
    // The other workers do the rest in equal parts, so that the mean stays the same.
    const auto workers = static_cast<double>(placement.workers());
    const double others = workers > 1 ? (workers - phases.slowest) / (workers - 1) : 1;
    for (std::int64_t rank = 0; rank < placement.ranks(); ++rank) {
      const bool last_rank = rank + 1 == placement.ranks();
      RankTimes times;
      times.rank = rank;
      for (std::int64_t t = 0; t < placement.threads; ++t) {
        const bool last = last_rank && t + 1 == placement.threads;
        times.busy_s.push_back(factor * phases.compute_s * (last ? phases.slowest : others));
      }
      const double compute_s = *std::max_element(times.busy_s.begin(), times.busy_s.end());
      times.wait_s = sample.phases[1].seconds - compute_s;
      times.phases =
          phase_times(sample.phases[0].seconds, compute_s, sample.phases[2].seconds + times.wait_s);
      times.total_s = sample.total_s;
      sample.ranks.push_back(times);
    }
    return sample;
  }

  int launches_;
  Synthetic synthetic_;
  Results results_;
};

}  // namespace scalelaw::harness

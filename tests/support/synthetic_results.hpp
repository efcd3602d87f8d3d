#pragma once

#include <limits>
#include <random>
#include <string>

#include "harness/results/phases.hpp"
#include "harness/results/results.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/samples_json.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {

/// Random, well-formed Results with difficult contents: empty texts, quotes, UTF-8, huge and tiny
/// numbers, NaN where allowed, launches without samples, points without launches.
class SyntheticResults {
 public:
  explicit SyntheticResults(std::uint64_t seed) : random_(seed) {}

  Results make() {
    Results results;
    results.name = text();
    results.config_text = "# config\n" + text();
    results.seed = whole(-1000, 1000);
    results.started = "2026-01-02T03:04:05Z";
    results.target_interval = real();
    for (std::int64_t i = whole(0, 5); i > 0; --i) {
      results.environment["name" + std::to_string(i)] = text();
    }
    for (std::int64_t i = whole(0, 6); i > 0; --i) results.points.push_back(point());
    for (std::int64_t i = results.points.empty() ? 0 : whole(0, 8); i > 0; --i) {
      const auto last = static_cast<std::int64_t>(results.points.size()) - 1;
      results.launches.push_back(launch(whole(0, last)));
      const auto number = static_cast<std::int64_t>(results.launches.size()) - 1;
      phases_ = phases();
      for (std::int64_t k = 0, n = whole(0, 3); k < n; ++k) {
        results.samples.push_back(sample(number, k));
      }
    }
    for (std::int64_t i = whole(0, 3); i > 0; --i) {
      results.fits.push_back({.series = whole(0, 9),
                              .law = text(),
                              .parameter = text(),
                              .symbol = text(),
                              .value = real(),
                              .low = real(),
                              .high = real(),
                              .goodness = real(),
                              .identifiable = flip(),
                              .reason = text()});
    }
    for (std::int64_t i = whole(0, 3); i > 0; --i) results.predictions.push_back(prediction());
    return results;
  }

  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

 private:
  bool flip() { return whole(0, 1) == 1; }
  double real() {
    const double choices[] = {0,       1e-300, 1e300,
                              1.0 / 3, -2.5,   static_cast<double>(whole(0, 1 << 30))};
    return choices[whole(0, 5)];
  }
  double real_or_nan() { return flip() ? real() : std::numeric_limits<double>::quiet_NaN(); }
  std::string text() {
    const std::string choices[] = {"",
                                   "plain",
                                   "two words",
                                   "\"quoted\", 'both'",
                                   "Zürich µs",
                                   "line\nbreak\ttab",
                                   std::string(3000, 'x')};
    return choices[whole(0, 6)];
  }
  nlohmann::json object() {
    nlohmann::json json = nlohmann::json::object();
    if (flip()) json["length"] = whole(0, 1LL << 62);
    if (flip()) json["ratio"] = real();
    if (flip()) json["type"] = text();
    if (flip()) json["flag"] = flip();
    return json;
  }

  Point point() {
    Point point;
    point.id = text();
    point.experiment = text();
    point.kernel = flip() ? "dot_product" : "prime_sieve";
    point.model = models::all[static_cast<std::size_t>(whole(0, 3))];
    point.scaling = static_cast<Scaling>(whole(0, 1));
    point.series = whole(0, 9);
    point.params = object();
    point.options = object();
    point.placement = {whole(1, 4), whole(1, 4), whole(1, 4)};
    point.oversubscribed = flip();
    point.work = object();
    point.state = static_cast<State>(whole(0, 9));
    point.reason = text();
    point.clock = static_cast<TimeSource>(whole(0, 2));
    return point;
  }

  Launch launch(std::int64_t number_of_point) {
    Launch launch;
    launch.point = number_of_point;
    launch.block = whole(0, 9);
    launch.command = text();
    launch.started = text();
    launch.wall_s = real();
    launch.exit_code = static_cast<int>(whole(0, 255));
    launch.state = static_cast<State>(whole(0, 9));
    launch.reason = text();
    launch.busy = flip();
    launch.free_cores = real_or_nan();
    launch.log_tail = text();
    if (flip()) launch.header = {{"params", object()}, {"kernel", text()}};
    launch.cause = static_cast<Cause>(whole(0, 5));
    launch.superseded = flip();
    return launch;
  }

  /// Those of a launch; the same name may have another role in another one.
  std::vector<Phase> phases() {
    std::vector<Phase> out;
    for (const char* name : {"load", "two words", "\"run\"", "Zürich"}) {
      if (flip()) out.push_back({name, static_cast<Role>(whole(0, 2))});
    }
    return out;
  }

  Sample sample(std::int64_t number_of_launch, std::int64_t index) {
    Sample sample;
    sample.launch = number_of_launch;
    sample.index = index;
    sample.diagnostic = flip();
    sample.total_s = real();
    for (std::int64_t i = 0, n = whole(0, 3); i < n; ++i) {
      RankTimes rank;
      rank.rank = i;
      for (const Phase& phase : phases_) rank.phases.push_back({phase.name, phase.role, real()});
      rank.wait_s = real_or_nan();
      rank.total_s = real();
      for (std::int64_t k = whole(0, 3); k > 0; --k) rank.busy_s.push_back(real());
      rank.items = whole(-1, 1LL << 40);
      sample.ranks.push_back(rank);
    }
    sample.phases = longest_phases(sample.ranks);
    for (std::int64_t i = 0, n = whole(0, 2); i < n; ++i) sample.stages.push_back({text(), real()});
    if (flip()) sample.facts["count"] = "78498";
    if (flip()) sample.facts["sum"] = text();
    sample.verified = flip();
    sample.fault = text();
    return sample;
  }

  Prediction prediction() {
    Prediction prediction;
    prediction.series = whole(0, 9);
    prediction.law = text();
    prediction.kind = static_cast<PredictionKind>(whole(0, 3));
    prediction.workers = whole(1, 4096);
    prediction.speedup = real();
    prediction.low = real();
    prediction.high = real();
    prediction.measured = real_or_nan();
    prediction.error = real_or_nan();
    prediction.inside = flip();
    prediction.point = whole(-1, 5);
    return prediction;
  }

  std::mt19937_64 random_;
  std::vector<Phase> phases_;
};

/// Everything in `results` as one JSON value, so that two can be compared and differences printed.
inline nlohmann::json everything(const Results& results) {
  nlohmann::json json = {{"name", results.name},
                         {"config", results.config_text},
                         {"seed", results.seed},
                         {"started", results.started},
                         {"environment", results.environment},
                         {"target", results.target_interval}};
  const auto add = [&](const char* name, const auto& form, const auto& rows) {
    for (const auto& row : rows) json[name].push_back(json_of(form, row));
  };
  add("points", point_columns(), results.points);
  add("launches", launch_columns(), results.launches);
  add("fits", fit_columns(), results.fits);
  add("predictions", prediction_columns(), results.predictions);
  json["samples"] = samples_to_json(results.samples);
  for (const Sample& sample : results.samples) {
    json["launch"].push_back(sample.launch);
    json["phases"].push_back(nlohmann::json::array());
    for (const PhaseTime& phase : sample.phases) {
      json["phases"].back().push_back({phase.name, to_string(phase.role), phase.seconds});
    }
    for (const RankTimes& rank : sample.ranks) json["rank"].push_back(rank.rank);
  }
  return nlohmann::json::parse(json.dump());  // NaN becomes null on both sides
}

}  // namespace scalelaw::harness

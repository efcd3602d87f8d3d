#pragma once

#include <cmath>
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
    for (std::int64_t i = whole(0, 3); i > 0; --i) results.scaling.push_back(scaling_row());
    for (std::int64_t i = whole(0, 3); i > 0; --i) {
      results.account.push_back({.point = whole(0, 9),
                                 .part = text(),
                                 .role = static_cast<AccountRole>(whole(0, 4)),
                                 .seconds = real(),
                                 .marks = text()});
      results.findings.push_back({.kind = text(),
                                  .text = text(),
                                  .value = real_or_nan(),
                                  .low = real_or_nan(),
                                  .high = real_or_nan(),
                                  .series = whole(-1, 9),
                                  .point = whole(-1, 9),
                                  .marks = text()});
    }
    results.derived_by = text();
    return results;
  }

  /// Random results that can be analysed: three series, some without one worker, whose points have
  /// 0 to 9 launches each, some of them busy, failed or superseded.
  Results campaign() {
    Results results;
    results.name = "random";
    results.started = "2026-01-02T03:04:05Z";
    for (std::int64_t series = 0; series < 3; ++series) {
      Point like = point();
      like.kernel = series == 0 ? "k" : "m";
      like.model = models::all[static_cast<std::size_t>(series == 0 ? 0 : whole(1, 3))];
      like.series = series;
      like.params = {{"size", 7}};
      like.options = nlohmann::json::object();
      like.experiment = "random";
      like.reason.clear();
      const double one_s = std::pow(10.0, static_cast<double>(whole(-6, 2)));
      for (std::int64_t p = whole(1, 2); p <= (series == 0 ? 1 : 6); p += whole(1, 2)) {
        results.points.push_back(placed(like, p));
        results.points.back().id = "point " + std::to_string(results.points.size());
        add_launches(results, one_s);
      }
    }
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

  /// The point with `p` workers: ranks or threads, as the model has them.
  Point placed(Point point, std::int64_t p) {
    point.placement = point.model.threaded ? Placement{1, 1, p} : Placement{1, p, 1};
    const double work = point.scaling == Scaling::weak ? static_cast<double>(p) : 1;
    point.work = {{"operations", 1e6 * work},
                  {"amount", 1e3 * work},
                  {"unit", "items"},
                  {"compulsory_bytes", 8e6 * work},
                  {"memory_bound", flip()}};
    const State states[] = {State::pending, State::converged, State::not_converged, State::unstable,
                            State::invalid};
    point.state = states[whole(0, 4)];
    point.oversubscribed = whole(0, 5) == 0;
    return point;
  }

  /// Launches of the last point, whose samples took about `one_s` divided by its workers, within a
  /// factor of two.
  void add_launches(Results& results, double one_s) {
    const auto workers = static_cast<double>(results.points.back().placement.workers());
    const double typical_s = one_s / workers * std::pow(2.0, static_cast<double>(whole(-9, 9)) / 9);
    for (std::int64_t i = whole(0, 9); i > 0; --i) {
      Launch one = launch(static_cast<std::int64_t>(results.points.size()) - 1);
      one.header = nullptr;
      one.state = whole(0, 9) == 0 ? State::crashed : State::ok;
      one.busy = whole(0, 2) == 0;
      one.superseded = whole(0, 9) == 0;
      results.launches.push_back(one);
      for (std::int64_t k = 0, n = whole(1, 3); k < n; ++k) {
        Sample taken;
        taken.launch = static_cast<std::int64_t>(results.launches.size()) - 1;
        taken.index = k;
        taken.total_s = typical_s * std::exp(std::normal_distribution<double>(0, 0.2)(random_));
        results.samples.push_back(taken);
      }
    }
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
    launch.lost_share = real_or_nan();
    return launch;
  }

  /// The phases of a launch.  The same name may have another role in another launch.
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
      rank.peak_bytes = whole(-1, 1LL << 40);
      for (const auto& quantity : observed_quantities) {
        rank.seen.*quantity.member = real_or_nan();
      }
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
    prediction.marks = text();
    return prediction;
  }

  Bracketed quantity() {
    return {.value = real_or_nan(), .low = real_or_nan(), .high = real_or_nan()};
  }

  Baseline baseline() {
    Baseline out;
    out.point = whole(-1, 5);
    out.name = text();
    out.seconds = quantity();
    out.marks = text();
    return out;
  }

  ScalingRow scaling_row() {
    ScalingRow row;
    row.point = whole(0, 5);
    row.series = whole(0, 9);
    row.workers = whole(1, 4096);
    row.work = real();
    row.timed = flip();
    row.state = static_cast<State>(whole(0, 9));
    row.clock = static_cast<TimeSource>(whole(0, 2));
    row.busy = flip();
    row.marks = text();
    row.launches = whole(0, 99);
    row.samples = whole(0, 999);
    for (std::int64_t i = whole(0, 3); i > 0; --i) row.times_s.push_back(real());
    row.time_s = quantity();
    row.confidence = real_or_nan();
    row.unit = text();
    row.rate_per_s = quantity();
    row.serial = baseline();
    row.serial_speedup = quantity();
    row.serial_efficiency = quantity();
    row.own = baseline();
    row.own_speedup = quantity();
    row.own_efficiency = quantity();
    row.karp_flatt = real_or_nan();
    row.ceiling_point = whole(-1, 5);
    row.ceiling_bytes_per_s = real_or_nan();
    row.ceiling_share = real_or_nan();
    row.ceiling_doubt = text();
    row.ceiling_marks = text();
    for (const auto& quantity : observed_summary_quantities) {
      row.seen.*quantity.member = real_or_nan();
    }
    return row;
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
                         {"derived_by", results.derived_by},
                         {"target", results.target_interval}};
  const auto add = [&](const char* name, const auto& form, const auto& rows) {
    for (const auto& row : rows) json[name].push_back(json_of(form, row));
  };
  add("points", point_columns(), results.points);
  add("launches", launch_columns(), results.launches);
  add("fits", fit_columns(), results.fits);
  add("predictions", prediction_columns(), results.predictions);
  add("scaling", scaling_columns(), results.scaling);
  add("account", account_columns(), results.account);
  add("findings", finding_columns(), results.findings);
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

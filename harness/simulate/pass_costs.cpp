#include "harness/simulate/pass_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

double operations_of(const Point& point) {
  const double operations = point.work.is_object() ? point.work.value("operations", 0.0) : 0.0;
  return operations > 0 ? operations : 1;
}

double share_of(const Point& point) {
  return operations_of(point) / static_cast<double>(point.placement.workers());
}

/// Whether the parameters are those of one series: in a weak one, the size alone may differ, which
/// grows with the workers.
bool same_series(const Point& a, const Point& b) {
  if (a.params == b.params) return true;
  if (a.scaling != Scaling::weak || b.scaling != Scaling::weak) return false;
  if (!a.params.is_object() || !b.params.is_object() || a.params.size() != b.params.size()) {
    return false;
  }
  int different = 0;
  for (const auto& [name, value] : a.params.items()) {
    if (!b.params.contains(name)) return false;
    if (value == b.params[name]) continue;
    if (!value.is_number() || ++different > 1) return false;
  }
  constexpr double rounding = 0.01;  // sizes are whole numbers
  return std::abs(share_of(a) / share_of(b) - 1) <= rounding;
}

bool same_node(const Placement& a, const Placement& b) {
  return a.ranks_per_node == b.ranks_per_node && a.threads == b.threads;
}

/// The measured points that can tell about others.
class Measured {
 public:
  explicit Measured(const Results& results)
      : results_(results), samples_(samples_by_launch(results)) {}

  using Candidates = std::vector<std::int64_t>;

  [[nodiscard]] Candidates all() const {
    Candidates out;
    for (std::int64_t i = 0; i < std::ssize(results_.points); ++i) {
      const Point& p = results_.points[static_cast<std::size_t>(i)];
      const bool real = are_comparable(p.clock, TimeSource::measured);
      if (real && !p.oversubscribed && !is_failure(p.state) && has_sample(i)) out.push_back(i);
    }
    return out;
  }

  /// Calls `visit` for each timed sample of a point whose ranks name their phases.
  void for_each_sample(std::int64_t point, const std::function<void(const Sample&)>& visit) const {
    for_each_timed(point, [&](const Sample& sample) {
      if (!sample.ranks.front().phases.empty()) visit(sample);
    });
  }

  [[nodiscard]] const Point& at(std::int64_t index) const { return results_.point(index); }

 private:
  /// A point that was skipped, or not measured yet, has none and hides no other one.
  [[nodiscard]] bool has_sample(std::int64_t point) const {
    bool found = false;
    for_each_timed(point, [&](const Sample&) { found = true; });
    return found;
  }

  void for_each_timed(std::int64_t point, const std::function<void(const Sample&)>& visit) const {
    const std::int64_t launched = launched_as(results_.points, point);
    for (std::size_t i = 0; i < results_.launches.size(); ++i) {
      const Launch& launch = results_.launches[i];
      if (launch.point != launched || launch.state != State::ok || launch.superseded) continue;
      for (const Sample& sample : samples_[i]) {
        if (!sample.diagnostic && sample.verified && !sample.ranks.empty()) visit(sample);
      }
    }
  }

  const Results& results_;
  std::vector<std::span<const Sample>> samples_;
};

Measured::Candidates filtered(const Measured& measured, const Measured::Candidates& from,
                              const std::function<bool(const Point&)>& wanted) {
  Measured::Candidates out;
  for (const std::int64_t index : from) {
    if (wanted(measured.at(index))) out.push_back(index);
  }
  return out;
}

std::string place_text(const Placement& at) {
  return fmt::format("{} rank{} of {} thread{} on a node", at.ranks_per_node,
                     at.ranks_per_node == 1 ? "" : "s", at.threads, at.threads == 1 ? "" : "s");
}

/// The measured points of the point's series.
Measured::Candidates series_like(const Point& point, const Measured& measured) {
  const auto of_kernel = filtered(measured, measured.all(), [&](const Point& p) {
    return p.kernel == point.kernel && p.implementation == point.implementation &&
           p.model.name == point.model.name;
  });
  if (of_kernel.empty()) {
    throw Error(fmt::format("the measured campaign has no time of {} with the model {}",
                            point.kernel, point.model.name),
                "measure it with the same config first");
  }
  const auto same = filtered(measured, of_kernel, [&](const Point& p) {
    return p.options == point.options && p.scaling == point.scaling && same_series(p, point);
  });
  if (same.empty()) {
    throw Error(fmt::format("the measured campaign has {} with the model {}, but not {} with {} {}",
                            point.kernel, point.model.name, to_string(point.scaling),
                            serialize(point.params), serialize(point.options)),
                "measure these parameters and options; write sizes as numbers, not \"auto\"");
  }
  return same;
}

std::int64_t source_for(const Point& point, const Measured& measured,
                        const Measured::Candidates& series) {
  const auto placed = filtered(measured, series, [&](const Point& p) {
    return same_node(p.placement, point.placement) && p.placement.nodes <= point.placement.nodes;
  });
  const auto fewest = std::min_element(placed.begin(), placed.end(), [&](auto a, auto b) {
    return measured.at(a).placement.nodes < measured.at(b).placement.nodes;
  });
  if (fewest != placed.end()) return *fewest;
  throw Error(fmt::format("the measured campaign has no time of {} with {}", point.kernel,
                          place_text(point.placement)),
              "measure that on one node, or simulate as many ranks on a node as were measured");
}

std::size_t phase_index(const std::vector<Phase>& phases, const std::string& name) {
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].name == name) return i;
  }
  throw Error(
      fmt::format("the driver says that its ranks communicate in '{}', which is none of its "
                  "phases",
                  name),
      "scalelaw check-driver PROGRAM tests what it says");
}

Shares shares_of(const Point& point) {
  const std::int64_t items =
      point.work.is_object() ? point.work.value("items", std::int64_t{0}) : 0;
  return {operations_of(point), items, point.placement.threads};
}

/// What a rank computed whose busiest thread had so many operations.  Messages are simulated.
PassCosts::Rank computed_by(const RankTimes& rank, double operations) {
  PassCosts::Rank out;
  for (const PhaseTime& phase : rank.phases) {
    out.push_back(phase.role == Role::parallel ? phase.seconds / operations
                  : phase.role == Role::serial ? phase.seconds
                                               : 0);
  }
  return out;
}

/// The ranks from `first` on of a sample, one node of them; ranks without items take after those
/// with.  Empty when the node had none.
PassCosts::Node node_of(const Sample& sample, std::size_t first, std::size_t ranks,
                        const Shares& shares) {
  PassCosts::Node out;
  std::vector<std::size_t> idle;
  for (std::size_t i = first; i < first + ranks; ++i) {
    const double operations =
        shares.operations_of(static_cast<std::int64_t>(i), std::ssize(sample.ranks));
    if (operations > 0) {
      out.push_back(computed_by(sample.ranks[i], operations));
    } else {
      idle.push_back(i);
    }
  }
  if (out.empty()) return out;
  const std::size_t busy = out.size();  // the first ranks have the items
  for (std::size_t i = 0; i < idle.size(); ++i) out.push_back(out[i % busy]);
  return out;
}

/// A node like the root's without its root: the serial work of that is what another rank has.
PassCosts::Node without_root(PassCosts::Node node, const std::vector<Phase>& phases) {
  if (node.size() < 2) return node;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].role == Role::serial) node[0][i] = node[1][i];
  }
  return node;
}

/// Adds what the ranks of each node computed in each sample of `source`.
void add_computing(const Measured& measured, std::int64_t source, PassCosts& out) {
  const Placement& placement = measured.at(source).placement;
  const Shares shares = shares_of(measured.at(source));
  const auto ranks = static_cast<std::size_t>(placement.ranks_per_node);
  std::int64_t last_root = -1, last_other = -1;
  measured.for_each_sample(source, [&](const Sample& sample) {
    if (std::ssize(sample.ranks) != placement.ranks()) return;
    if (out.phases.empty()) {
      for (const PhaseTime& phase : sample.ranks.front().phases) {
        out.phases.push_back({phase.name, phase.role});
      }
    }
    for (std::size_t first = 0; first < sample.ranks.size(); first += ranks) {
      PassCosts::Node node = node_of(sample, first, ranks, shares);
      if (node.empty()) continue;
      std::vector<PassCosts::Samples>& launches = first == 0 ? out.root : out.others;
      std::int64_t& last = first == 0 ? last_root : last_other;
      if (sample.launch != last || launches.empty()) launches.emplace_back();
      last = sample.launch;
      launches.back().push_back(std::move(node));
    }
  });
  if (out.phases.empty()) {
    throw Error(fmt::format("the driver of {} does not name the phases of its passes",
                            measured.at(source).id),
                "a simulation needs them (docs/record.md, `phases`)");
  }
  if (!out.others.empty()) return;
  out.others = out.root;
  for (PassCosts::Samples& samples : out.others) {
    for (PassCosts::Node& node : samples) node = without_root(std::move(node), out.phases);
  }
}

/// Adds to the root what a single rank, which has nobody to send to, does in transfer phases.
void add_local_transfer(const Point& point, const Measured& measured,
                        const Measured::Candidates& series, PassCosts& out) {
  const auto alone = filtered(measured, series, [&](const Point& p) {
    return p.placement.ranks() == 1 && p.placement.threads == point.placement.threads;
  });
  if (alone.empty()) return;
  std::vector<std::vector<double>> seconds(out.phases.size());
  measured.for_each_sample(alone.front(), [&](const Sample& sample) {
    const std::vector<PhaseTime>& phases = sample.ranks.front().phases;
    for (std::size_t i = 0; i < std::min(phases.size(), seconds.size()); ++i) {
      if (phases[i].role == Role::transfer) seconds[i].push_back(phases[i].seconds);
    }
  });
  const double scale = operations_of(point) / operations_of(measured.at(alone.front()));
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i].empty()) continue;
    const auto middle = seconds[i].begin() + std::ssize(seconds[i]) / 2;
    std::nth_element(seconds[i].begin(), middle, seconds[i].end());
    for (PassCosts::Samples& samples : out.root) {
      for (PassCosts::Node& node : samples) node[0][i] += scale * *middle;
    }
  }
}

/// The number in a fact of the measured results, in proportion to the work.
double fact_of(const std::string& name, const Point& point, const Measured& measured,
               std::int64_t source) {
  std::optional<double> found;
  measured.for_each_sample(source, [&](const Sample& sample) {
    const auto fact = sample.facts.find(name);
    if (fact != sample.facts.end()) found = std::strtod(fact->second.c_str(), nullptr);
  });
  if (!found) {
    throw Error(fmt::format("{} has no fact '{}', which says how much its ranks exchange",
                            measured.at(source).id, name),
                "scalelaw check-driver PROGRAM tests what it says");
  }
  return *found * operations_of(point) / operations_of(measured.at(source));
}

void add_exchange(const Point& point, const Measured& measured, std::int64_t source,
                  PassCosts& out) {
  if (point.placement.ranks() == 1) return;
  if (!point.work.is_object() || !point.work.contains("communication")) {
    throw Error(
        fmt::format("its driver does not say what the ranks of {} send each other", point.kernel),
        "simulate it with one rank, or without dynamic distribution, overlap and files");
  }
  for (const json& one : point.work["communication"]) {
    ExchangeStep step;
    step.phase = phase_index(out.phases, one.at("phase").get<std::string>());
    step.operation = enum_from<Operation>(one.at("operation").get<std::string>(), "operation");
    step.rank_bytes = one.value("rank_bytes", 0.0);
    step.shared_bytes = one.value("shared_bytes", 0.0);
    step.count = one.value("count", std::int64_t{1});
    const std::string fact = one.value("shared_fact", "");
    double& stated =
        one.value("fact_between_hosts", false) ? step.between_hosts_bytes : step.shared_bytes;
    if (!fact.empty()) stated += fact_of(fact, point, measured, source);
    out.exchange.push_back(step);
  }
}

}  // namespace

PassCosts costs_of(const Point& point, const Results& results) {
  const Measured measured(results);
  const Measured::Candidates series = series_like(point, measured);
  const std::int64_t source = source_for(point, measured, series);
  PassCosts out;
  out.source = measured.at(source).id;
  out.shares = shares_of(point);
  add_computing(measured, source, out);
  add_local_transfer(point, measured, series, out);
  add_exchange(point, measured, source, out);
  return out;
}

}  // namespace scalelaw::harness

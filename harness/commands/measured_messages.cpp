#include "harness/commands/measured_messages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/simulate/platform.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

bool is_between_two(const Point& point, std::int64_t nodes) {
  return point.kernel == ceiling_exchange && point.params.is_object() &&
         point.placement.ranks() == 2 && point.placement.nodes == nodes && !point.oversubscribed &&
         are_comparable(point.clock, TimeSource::measured);
}

/// What measured a point, for people.
std::string program_of(const Point& point) {
  return fmt::format("{} {} {}", point.implementation, point.model.name, serialize(point.options));
}

/// Where the times of a file come from.
class Origins {
 public:
  void add(const std::string& operation, const Point& point) {
    programs_.insert(program_of(point));
    experiments_[operation].insert(fmt::format("{} with {}", point.experiment, program_of(point)));
  }

  /// Errors: throws Error when they are of several programs, or an operation of several experiments.
  void require_one(const std::string& file) const {
    for (const auto& [operation, experiments] : experiments_) {
      if (experiments.size() > 1) refuse(file, operation, experiments);
    }
    if (programs_.size() > 1) refuse(file, "collectives", programs_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& file, const std::string& what,
                                  const std::set<std::string>& all) {
    throw Error(fmt::format("'{}' has {} measurements of '{}': {}", file, all.size(), what,
                            fmt::join(all, "; ")),
                "calibrate with a file that has one of each: scalelaw run configs/ping-pong.toml");
  }

  std::set<std::string> programs_;
  std::map<std::string, std::set<std::string>> experiments_;  ///< by operation
};

/// How many messages of each size left ahead, less those that did not.
using LeftAhead = std::map<double, int>;

void add_sent_ahead(const Results& results, std::int64_t point, LeftAhead& out) {
  const auto samples = samples_by_launch(results);
  const std::int64_t launched = launched_as(results.points, point);
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    if (results.launches[i].point != launched || !gives_times(results.launches[i])) continue;
    for (const Sample& sample : samples[i]) {
      const auto fact = sample.facts.find("sent_ahead");
      if (fact == sample.facts.end()) continue;
      out[results.point(point).params.value("bytes", 0.0)] += fact->second == "yes" ? 1 : -1;
    }
  }
}

/// The first size that did not leave ahead; above all sizes, when each did.
void set_eager_limit(const LeftAhead& ahead, MeasuredMessages& out) {
  const auto waits = std::ranges::find_if(ahead, [](const auto& one) { return one.second <= 0; });
  out.eager_limit_seen = waits != ahead.end();
  if (out.eager_limit_seen) {
    out.eager_limit = waits->first;
  } else if (!ahead.empty()) {
    out.eager_limit = ahead.rbegin()->first + 1;
  }
}

/// What reading the clock costs in a pass: the median over the launches of a point.
double clock_s(const Results& results, const Summary& summary) {
  std::vector<double> costs;
  for (const LaunchTime& launch : summary.launches) {
    const auto& header = results.launches[static_cast<std::size_t>(launch.launch)].header;
    const auto timer = header.find("timer");
    if (timer != header.end()) costs.push_back(timer->value("overhead_s", 0.0));
  }
  return costs.empty() ? 0 : median(costs);
}

/// The list that the times of an operation go to; nullptr for those of more than two ranks.
std::vector<MessageTime>* list_of(const std::string& operation, MeasuredMessages& times) {
  if (operation == "ping_pong") return &times.ping_pong;
  if (operation == "send") return &times.send;
  if (operation == "receive") return &times.receive;
  return nullptr;
}

PairMessages messages_on(std::int64_t nodes, const Results& results, const std::string& file) {
  PairMessages out{.nodes = nodes, .times = {}};
  Origins origins;
  LeftAhead ahead;
  const std::vector<Summary> summaries = summarize_all(results);
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (!is_between_two(point, nodes) || summaries[i].launches.empty()) continue;
    const std::string operation = point.params.value("operation", "");
    std::vector<MessageTime>* list = list_of(operation, out.times);
    if (list == nullptr) continue;
    origins.add(operation, point);
    const double ways = operation == "ping_pong" ? 2 : 1;
    const double seconds = summaries[i].median_s - clock_s(results, summaries[i]);
    if (seconds > 0) list->push_back({point.params.value("bytes", 0.0), seconds / ways});
    if (operation == "send") add_sent_ahead(results, static_cast<std::int64_t>(i), ahead);
  }
  set_eager_limit(ahead, out.times);
  origins.require_one(file);
  return out;
}

}  // namespace

PairMessages messages_of(const Results& results, const std::string& file) {
  for (const std::int64_t nodes : {2, 1}) {
    PairMessages found = messages_on(nodes, results, file);
    if (!found.times.ping_pong.empty()) return found;
  }
  throw Error(fmt::format("'{}' has no ping-pong of two ranks", file),
              "measure one: scalelaw run configs/ping-pong.toml");
}

void take_node_messages(const Calibration& calibration, SimulateOptions& options) {
  if (!options.node_latency_s) options.node_latency_s = calibration.latency_s();
  if (!options.node_bandwidth_bytes_per_s) {
    options.node_bandwidth_bytes_per_s = calibration.bandwidth_bytes_per_s();
  }
}

std::string take_node_messages(const Results& measured, const std::string& file,
                               SimulateOptions& options) try {
  if (options.network == Network::file) return "";  // which says it itself
  if (options.node_latency_s && options.node_bandwidth_bytes_per_s) return "";
  PairMessages found = messages_on(1, measured, file);
  if (found.times.ping_pong.empty()) return "";
  // The network has the whole message: a simulation gets no overheads unless the config says them.
  found.times.send.clear();
  found.times.receive.clear();
  take_node_messages(calibrate(found.times), options);
  return "";
} catch (const Error& error) {
  return fmt::format(
      "the ping-pong of '{}' does not say what messages inside a node take ({}); they take {} s "
      "and "
      "{} bytes a second: give [simulate] node_latency_s and node_bandwidth for others",
      file, error.what(), node_latency_s(options), node_bandwidth_bytes_per_s(options));
}

void leave_out_messages(std::vector<Experiment>& experiments) {
  MeasuredMessages unused;
  const auto is_of_two = [&](const nlohmann::json& operation) {
    return operation.is_string() && list_of(operation.get<std::string>(), unused) != nullptr;
  };
  std::vector<Experiment> left;
  for (Experiment experiment : experiments) {
    bool any = true;
    for (Setting& param : experiment.params) {
      if (experiment.kernel != ceiling_exchange || param.name != "operation") continue;
      std::erase_if(param.values, is_of_two);
      any = !param.values.empty();
    }
    if (any) left.push_back(std::move(experiment));
  }
  if (!left.empty()) experiments = std::move(left);
}

}  // namespace scalelaw::harness

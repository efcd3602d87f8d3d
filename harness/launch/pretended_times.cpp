#include "harness/launch/pretended_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// What a case can ask of a job.  Null: the job does not have it.
json value_of(const Job& job, const std::string& name) {
  const json known{{"kernel", job.kernel},
                   {"model", job.model.name},
                   {"implementation", job.implementation},
                   {"scaling", to_string(job.scaling)},
                   {"nodes", job.placement.nodes},
                   {"ranks", job.placement.ranks_per_node},
                   {"threads", job.placement.threads},
                   {"workers", job.placement.workers()},
                   {"memory_bound", job.memory_bound}};
  for (const json* values : {&known, &job.params, &job.options}) {
    if (values->is_object() && values->contains(name)) return (*values)[name];
  }
  return {};
}

bool meets(const Job& job, const FakeCase& one) {
  return std::all_of(one.when.begin(), one.when.end(), [&](const Setting& wanted) {
    return std::find(wanted.values.begin(), wanted.values.end(), value_of(job, wanted.name)) !=
           wanted.values.end();
  });
}

/// Lays what `over` states over `costs`.
void lay(const FakeCosts& over, FakeCosts& costs) {
  for (const auto member :
       {&FakeCosts::one_worker_s, &FakeCosts::operation_s, &FakeCosts::serial_share,
        &FakeCosts::critical_share, &FakeCosts::limit, &FakeCosts::node_speed, &FakeCosts::node_s,
        &FakeCosts::node_ranks, &FakeCosts::pass_s, &FakeCosts::doubling_s, &FakeCosts::chunk_s,
        &FakeCosts::chunk_items}) {
    if (over.*member) costs.*member = over.*member;
  }
  // Of two ways to say the same, each replaces the other.
  if (over.one_worker_s && !over.operation_s) costs.operation_s.reset();
  if (over.serial_share) costs.serial_share_of.clear();
  if (!over.serial_share_of.empty()) costs.serial_share_of = over.serial_share_of;
  if (over.chunk_items) costs.chunk_items_of.clear();
  if (!over.chunk_items_of.empty()) costs.chunk_items_of = over.chunk_items_of;
  if (over.weights) costs.weights = over.weights;
  for (const auto& [name, value] : over.facts) costs.facts[name] = value;
  if (!over.stages.empty()) costs.stages = over.stages;
}

/// The serial share that a parameter of the job states.
double stated_share(const Job& job, const std::string& name) {
  const json value = value_of(job, name);
  if (value.is_number() && value >= 0 && value <= 1) return value.get<double>();
  throw Error(fmt::format("[fake] serial_share is the parameter '{}', which is {} for {}", name,
                          value.is_null() ? "unknown" : serialize(value), job.kernel),
              "name a parameter from 0 to 1 of every kernel, or put it into a [[fake.case]]");
}

/// The workers of the first node; for node_s and node_speed, some ranks may count as a node.
std::int64_t workers_of_first(const FakeCosts& costs, const Job& job) {
  const auto ranks = static_cast<std::int64_t>(costs.node_ranks.value_or(0));
  return (ranks > 0 ? ranks : job.placement.ranks_per_node) * job.placement.threads;
}

/// How fast each worker is: 1 with a core of its own on the first node.
std::vector<double> speeds_of(const FakeCosts& costs, const Job& job, double cores, double load) {
  const auto of_node = static_cast<double>(job.placement.ranks_per_node * job.placement.threads);
  const double there = cores > 0 ? cores * (1 - load) : of_node;
  const double gain = std::min(of_node, costs.limit.value_or(there));
  const double shared = std::isinf(costs.limit.value_or(0)) ? gain : std::min(gain, there);
  std::vector<double> out;
  for (std::int64_t worker = 0; worker < job.placement.workers(); ++worker) {
    const bool first = worker < workers_of_first(costs, job);
    out.push_back(shared / of_node * (first ? 1 : costs.node_speed.value_or(1)));
  }
  return out;
}

/// The share of each item in all work.
std::vector<double> item_shares(FakeWeights weights, std::int64_t items) {
  const auto count = static_cast<double>(items);
  std::vector<double> out(static_cast<std::size_t>(items), 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double place = static_cast<double>(i) + 1;
    if (weights == FakeWeights::linear) out[i] = place;
    if (weights == FakeWeights::power_law) out[i] = std::sqrt(count / place);
  }
  if (weights == FakeWeights::one_heavy) out.front() = std::max(1.0, count / 4);
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& share : out) share /= sum;
  return out;
}

/// The items that a worker gets at a time; 0: one chunk for each worker, whoever is free.
std::int64_t chunk_of(const FakeCosts& costs, const Job& job) {
  const json stated = costs.chunk_items_of.empty() ? json() : value_of(job, costs.chunk_items_of);
  return stated.is_number() ? stated.get<std::int64_t>()
                            : static_cast<std::int64_t>(costs.chunk_items.value_or(0));
}

/// What each worker computes, and when the last one ends.
struct Dealt {
  std::vector<double> busy_s;
  double end_s = 0;
};

/// Each worker that is free gets the next chunk; or each worker gets one.
Dealt deal(const FakeCosts& costs, const Job& job, const std::vector<double>& speeds,
           double work_s) {
  const std::vector<double> shares =
      item_shares(costs.weights.value_or(FakeWeights::equal), std::max<std::int64_t>(1, job.items));
  const auto stated = static_cast<std::size_t>(chunk_of(costs, job));
  const std::size_t chunk =
      stated > 0 ? stated : (shares.size() + speeds.size() - 1) / speeds.size();
  const auto on_first = static_cast<std::size_t>(workers_of_first(costs, job));
  using Free = std::pair<double, std::size_t>;  // from when on, and which worker
  std::priority_queue<Free, std::vector<Free>, std::greater<>> free;
  for (std::size_t worker = 0; worker < speeds.size(); ++worker) {
    free.emplace(worker < on_first ? 0 : costs.node_s.value_or(0), worker);
  }
  Dealt out{std::vector<double>(speeds.size()), 0};
  for (std::size_t first = 0; first < shares.size(); first += chunk) {
    const auto [from_s, worker] = free.top();
    free.pop();
    const auto begin = shares.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = static_cast<std::ptrdiff_t>(std::min(chunk, shares.size() - first));
    const double took_s = work_s * std::accumulate(begin, begin + count, 0.0) / speeds[worker];
    out.busy_s[worker] += took_s;
    if (stated > 0) free.emplace(from_s + took_s + costs.chunk_s.value_or(0), worker);
    out.end_s = std::max(out.end_s, from_s + took_s + costs.chunk_s.value_or(0));
  }
  return out;
}

/// The seconds of one worker's serial and parallel work.
struct Work {
  double serial_s = 0, parallel_s = 0;
};

Work work_of(const FakeCosts& costs, const Job& job) {
  const double share = costs.serial_share_of.empty() ? costs.serial_share.value_or(0)
                                                     : stated_share(job, costs.serial_share_of);
  double total_s = costs.one_worker_s.value_or(0) * job.work;
  if (costs.operation_s) total_s = *costs.operation_s * job.operations;
  if (job.scaling == Scaling::strong) return {total_s * share, total_s * (1 - share)};
  const auto workers = static_cast<double>(job.placement.workers());
  const double pass_s = total_s / (share + (1 - share) * workers);
  return {pass_s * share, pass_s * (1 - share) * workers};
}

}  // namespace

double FakeTimes::total_s() const {
  double total = 0;
  for (const PhaseTime& phase : phases) total += phase.seconds;
  return total;
}

FakeCosts costs_of(const FakeOptions& fake, const Job& job) {
  FakeCosts out = fake.costs;
  for (const FakeCase& one : fake.cases) {
    if (meets(job, one)) lay(one.costs, out);
  }
  return out;
}

FakeTimes pretended_times(const FakeCosts& costs, const Job& job, double cores, double load) {
  const Work work = work_of(costs, job);
  const std::vector<double> speeds = speeds_of(costs, job, cores, load);
  const double rate = std::accumulate(speeds.begin(), speeds.end(), 0.0);
  const auto ranks = static_cast<double>(job.placement.ranks());
  FakeTimes out;
  double parallel_s = work.parallel_s / rate;
  if (costs.weights || costs.chunk_s) {
    Dealt dealt = deal(costs, job, speeds, work.parallel_s);
    parallel_s = dealt.end_s;
    out.busy_s = std::move(dealt.busy_s);
  } else if (job.placement.workers() > workers_of_first(costs, job)) {
    parallel_s += costs.node_s.value_or(0);
  }
  for (const auto& [stage, share] : costs.stages) {
    out.stages.push_back({stage, share * work.parallel_s});
  }
  const double least_s = costs.critical_share.value_or(0) * (work.serial_s + work.parallel_s);
  double transfer_s = costs.doubling_s.value_or(0) * std::log2(ranks);
  if (job.placement.workers() > 1) transfer_s += costs.pass_s.value_or(0);
  out.phases = {{"serial", Role::serial, work.serial_s},
                {"parallel", Role::parallel, std::max(parallel_s, least_s)}};
  if (costs.pass_s || costs.doubling_s) {
    out.phases.push_back({"transfer", Role::transfer, transfer_s});
  }
  return out;
}

}  // namespace scalelaw::harness

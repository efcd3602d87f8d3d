#include "harness/measure/binding.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

struct BoundThread {
  std::int64_t rank = 0;
  std::int64_t thread = 0;
  std::string cpus;
};

using Hosts = std::map<std::string, std::vector<BoundThread>>;

std::string fault_of_counts(const Point& point, const json& ranks) {
  const Placement& asked = point.placement;
  if (static_cast<std::int64_t>(ranks.size()) != asked.ranks()) {
    return fmt::format("{} rank{} ran, not {}", ranks.size(), ranks.size() == 1 ? "" : "s",
                       asked.ranks());
  }
  for (const json& rank : ranks) {
    const auto threads = static_cast<std::int64_t>(rank.at("threads").size());
    if (threads != asked.threads) {
      return fmt::format("rank {} had {} thread{}, not {}", serialize(rank.at("rank")), threads,
                         threads == 1 ? "" : "s", asked.threads);
    }
  }
  return {};
}

Hosts threads_by_host(const json& ranks) {
  Hosts hosts;
  for (const json& rank : ranks) {
    auto& threads = hosts[rank.at("host").get<std::string>()];
    for (const json& thread : rank.at("threads")) {
      threads.push_back({rank.at("rank").get<std::int64_t>(),
                         thread.at("thread").get<std::int64_t>(),
                         thread.at("cpus").get<std::string>()});
    }
  }
  return hosts;
}

std::string fault_of_hosts(const Point& point, const Hosts& hosts) {
  if (static_cast<std::int64_t>(hosts.size()) == point.placement.nodes) return {};
  std::string names;
  for (const auto& [name, threads] : hosts) names += (names.empty() ? "" : ", ") + name;
  return fmt::format("the ranks ran on {} host{} ({}), not on {}", hosts.size(),
                     hosts.size() == 1 ? "" : "s", names, point.placement.nodes);
}

/// Two threads that may run on the same core, if there are any.
std::string fault_of_masks(const std::vector<BoundThread>& threads,
                           const std::vector<Core>& cores) {
  std::map<int, int> core_of;  // by processor
  for (std::size_t i = 0; i < cores.size(); ++i) {
    for (const int cpu : cores[i]) core_of[cpu] = static_cast<int>(i);
  }
  std::map<int, const BoundThread*> owner;  // by core; a processor unknown here is a core by itself
  for (const BoundThread& thread : threads) {
    std::set<int> own;
    for (const int cpu : parse_cpu_list(thread.cpus)) {
      const auto core = core_of.find(cpu);
      own.insert(core == core_of.end() ? -1 - cpu : core->second);
    }
    if (own.empty()) {
      return fmt::format("rank {} thread {} shows no binding", thread.rank, thread.thread);
    }
    for (const int core : own) {
      const auto [other, is_free] = owner.try_emplace(core, &thread);
      if (is_free) continue;
      return fmt::format("rank {} thread {} (CPUs {}) and rank {} thread {} (CPUs {}) share a core",
                         other->second->rank, other->second->thread, other->second->cpus,
                         thread.rank, thread.thread, thread.cpus);
    }
  }
  return {};
}

}  // namespace

std::string binding_fault(const Point& point, const json& header, const std::vector<Core>& cores,
                          bool bound) {
  try {
    const json& ranks = header.at("ranks");
    if (std::string fault = fault_of_counts(point, ranks); !fault.empty()) return fault;
    if (point.oversubscribed || !bound) return {};
    const Hosts hosts = threads_by_host(ranks);
    if (std::string fault = fault_of_hosts(point, hosts); !fault.empty()) return fault;
    for (const auto& [name, threads] : hosts) {
      if (std::string fault = fault_of_masks(threads, cores); !fault.empty()) {
        return fmt::format("binding: {}", fault);
      }
    }
    return {};
  } catch (const std::exception& error) {  // a missing key, a wrong type, no CPU list
    return fmt::format("the record does not prove the binding: {}", error.what());
  }
}

std::string binding_fault(const Point& point, const json& header, bool bound) {
  static const std::vector<Core> cores = find_cores().all;
  return binding_fault(point, header, cores, bound);
}

}  // namespace scalelaw::harness

#include "harness/measure/binding.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::string_view unknown_mask = "unknown";

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

/// The cores of a mask.  A processor unknown here is a core by itself.
class CoreNumbers {
 public:
  explicit CoreNumbers(const std::vector<Core>& cores) {
    for (std::size_t i = 0; i < cores.size(); ++i) {
      for (const int cpu : cores[i]) core_of_[cpu] = static_cast<int>(i);
    }
  }

  [[nodiscard]] std::set<int> of(const std::string& cpus) const {
    std::set<int> out;
    for (const int cpu : parse_cpu_list(cpus)) {
      const auto core = core_of_.find(cpu);
      out.insert(core == core_of_.end() ? -1 - cpu : core->second);
    }
    return out;
  }

 private:
  std::map<int, int> core_of_;  // by processor
};

/// Two threads that may run on the same core, if there are any; `within_ranks`: of one rank, too.
std::string fault_of_masks(const std::vector<BoundThread>& threads, const CoreNumbers& cores,
                           bool within_ranks) {
  std::map<int, const BoundThread*> owner;  // by core
  for (const BoundThread& thread : threads) {
    if (thread.cpus == unknown_mask) continue;
    const std::set<int> own = cores.of(thread.cpus);
    if (own.empty()) {
      return fmt::format("rank {} thread {} shows no binding", thread.rank, thread.thread);
    }
    for (const int core : own) {
      const auto [other, is_free] = owner.try_emplace(core, &thread);
      if (is_free || (!within_ranks && other->second->rank == thread.rank)) continue;
      return fmt::format("rank {} thread {} (CPUs {}) and rank {} thread {} (CPUs {}) share a core",
                         other->second->rank, other->second->thread, other->second->cpus,
                         thread.rank, thread.thread, thread.cpus);
    }
  }
  return {};
}

/// A rank with fewer cores than threads, if there is one.
std::string fault_of_room(const std::vector<BoundThread>& threads, const CoreNumbers& cores) {
  std::map<std::int64_t, std::pair<std::int64_t, std::set<int>>> ranks;  // threads and their cores
  for (const BoundThread& thread : threads) {
    if (thread.cpus == unknown_mask) continue;
    auto& [count, own] = ranks[thread.rank];
    ++count;
    own.merge(cores.of(thread.cpus));
  }
  for (const auto& [rank, room] : ranks) {
    const auto& [count, own] = room;
    if (count <= static_cast<std::int64_t>(own.size())) continue;
    return fmt::format("the {} threads of rank {} share {} core{}", count, rank, own.size(),
                       own.size() == 1 ? "" : "s");
  }
  return {};
}

}  // namespace

std::string binding_fault(const Point& point, const json& header, const std::vector<Core>& cores,
                          bool bound) {
  try {
    if (header.is_object() && !header.contains("ranks")) return {};
    const json& ranks = header.at("ranks");
    if (std::string fault = fault_of_counts(point, ranks); !fault.empty()) return fault;
    if (point.oversubscribed || !bound) return {};
    const Hosts hosts = threads_by_host(ranks);
    if (std::string fault = fault_of_hosts(point, hosts); !fault.empty()) return fault;
    const bool observed = header.value("binding", "") == "observed";
    const CoreNumbers numbers(cores);
    for (const auto& [name, threads] : hosts) {
      std::string fault = fault_of_masks(threads, numbers, !observed);
      if (fault.empty() && observed) fault = fault_of_room(threads, numbers);
      if (!fault.empty()) return fmt::format("binding: {}", fault);
    }
    return {};
  } catch (const std::exception& error) {  // a missing key, a wrong type, no CPU list
    return fmt::format("the record does not say where its threads ran: {}", error.what());
  }
}

std::string binding_fault(const Point& point, const json& header, bool bound) {
  static const std::vector<Core> cores = find_cores().all;
  return binding_fault(point, header, cores, bound);
}

}  // namespace scalelaw::harness

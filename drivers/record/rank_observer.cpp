#include "drivers/record/rank_observer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/cpu_list.hpp"
#include "common/quantity.hpp"
#include "drivers/comm/json_exchange.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

/// All processors that some thread may run on; none when one is unknown.
std::vector<int> processors_of(const json& threads) {
  std::set<int> all;
  for (const json& thread : threads) {
    const auto& cpus = thread.at("cpus").get_ref<const std::string&>();
    if (cpus == "unknown") return {};
    for (const int cpu : parse_cpu_list(cpus)) all.insert(cpu);
  }
  return {all.begin(), all.end()};
}

ObserverSetup setup_of(Team& team, const json& threads) {
  ObserverSetup setup{.processors = processors_of(threads)};
  setup.threads.resize(static_cast<std::size_t>(team.size()));
  team.run([&](int thread) { setup.threads[static_cast<std::size_t>(thread)] = gettid(); });
  return setup;
}

/// What each way to look costs the slowest rank; `ranks`: what each rank told.
std::map<std::string, double> slowest(const json& ranks) {
  std::map<std::string, double> out;
  for (const json& rank : ranks) {
    for (const auto& [way, cost_s] : rank.at("costs").items()) {
      out[way] = std::max(out[way], cost_s.get<double>());
    }
  }
  return out;
}

bool is_first_of_host(const json& ranks, int rank) {
  const auto first = std::find_if(ranks.begin(), ranks.end(), [&](const json& other) {
    return other.at("host") == ranks.at(static_cast<std::size_t>(rank)).at("host");
  });
  return first - ranks.begin() == rank;
}

}  // namespace

RankObserver::RankObserver(Team& team, Comm& comm, const json& threads, double sample_s)
    : observer_(setup_of(team, threads)) {
  const json ranks = share_json(
      comm, {{"host", host_name()}, {"costs", observer_.costs([&comm] { return comm.now_s(); })}});
  if (!std::isfinite(sample_s)) omit_slow_ways();
  for (const auto& [way, cost_s] : slowest(ranks)) {
    if (!is_too_slow(cost_s, sample_s)) continue;
    observer_.omit(way, Error(fmt::format("a look takes {}, too long beside a sample of {}",
                                          format_seconds(cost_s), format_seconds(sample_s)),
                              "measure longer samples: more passes each (--batch)"));
  }
  if (is_first_of_host(ranks, comm.rank())) return;
  observer_.omit("energy", Error("the first rank of the host tells it", ""));
}

/// Those that take longest: they may be too slow for the samples.
void RankObserver::omit_slow_ways() {
  for (const char* way : {"steal", "counters"}) {
    observer_.omit(way, Error("the length of a sample is not known before it",
                              "let a warm-up tell it: --warmups 1"));
  }
}

json RankObserver::end(std::int64_t passes) {
  const Observed seen = observer_.end();
  json out{{"peak_bytes", peak_bytes_so_far()}};
  for (const auto& [name, member] : observed_quantities) {
    if (!std::isnan(seen.*member)) {
      out[std::string(name)] = seen.*member / static_cast<double>(passes);
    }
  }
  return out;
}

json RankObserver::header_part() const {
  json known = json::object(), unknown = json::object();
  for (const auto& [way, what] : observer_.known()) known[way] = what;
  for (const auto& [way, why] : observer_.unknown()) unknown[way] = why.what();
  return {{"observed", std::move(known)}, {"unobserved", std::move(unknown)}};
}

}  // namespace scalelaw::driver

#include "harness/config/simulate.hpp"

#include <fmt/format.h>

#include <regex>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr double longest_latency_s = 1e3;
constexpr double fastest_bytes_per_s = 1e15;
/// Beyond it, a replay of one pass takes more than an hour.
constexpr std::int64_t most_ranks = 65536;

auto bandwidth_into(double SimulateOptions::*member) {
  return [=](SimulateOptions& out, const Value& value) {
    out.*member =
        static_cast<double>(value.count(1, static_cast<std::int64_t>(fastest_bytes_per_s)));
  };
}

/// As SimGrid reads it: SIZE:VALUE, or SIZE:VALUE:VALUE, and more of them behind `;`.
auto steps_into(std::string SimulateOptions::*member, const char* example) {
  return [=](SimulateOptions& out, const Value& value) {
    static const std::regex form(R"(\d+(:[0-9.eE+-]+){1,2}(;\d+(:[0-9.eE+-]+){1,2})*)");
    out.*member = value.text();
    if (!std::regex_match(out.*member, form)) {
      value.fail(
          fmt::format("'{}' is not a list of steps", out.*member),
          fmt::format("write them as `scalelaw calibrate` prints them, e.g. \"{}\"", example));
    }
  };
}

void read_network(SimulateOptions& out, const Value& value) {
  const std::string text = value.text();
  if (!text.ends_with(".xml")) {
    out.network = value.one_of<Network>();
    if (out.network != Network::file) return;
    value.fail("'file' is not a platform", "give the file itself, e.g. platform = \"site.xml\"");
  }
  out.network = Network::file;
  out.platform_file = text;
}

void read_ranks(SimulateOptions& out, const Value& value) {
  const Counts counts = value.counts();
  if (counts.automatic) value.fail("'auto' has no end here", "list them: ranks = [1, 2, 4]");
  for (const std::int64_t ranks : counts.values) {
    if (ranks < 1 || ranks > most_ranks) {
      value.fail(fmt::format("{} ranks cannot be simulated", ranks),
                 fmt::format("choose counts from 1 to {}", most_ranks));
    }
  }
  out.ranks = counts.values;
}

}  // namespace

const Keys<SimulateOptions>& simulate_keys() {
  using T = SimulateOptions;
  static const Keys<T> keys{
      {"from", "text: a results file", "none: required to simulate", text_into(&T::from)},
      {"ranks", "list of counts from 1", "those of the experiments", read_ranks},
      {"ranks_per_node", "count from 1", "1", count_into(&T::ranks_per_node, 1)},
      {"platform", "fat_tree, dragonfly, ethernet, or an .xml file", "fat_tree", read_network},
      {"hostfile", "text: a file of hosts", "none: required with an .xml file",
       text_into(&T::hostfile)},
      {"nodes", "count from 1", "as many as are asked for", count_into(&T::nodes, 1)},
      {"cores", "count from 1", "those of this machine", count_into(&T::cores, 1)},
      {"nodes_per_switch", "count from 1", "32", count_into(&T::nodes_per_switch, 1)},
      {"latency_s", "seconds", "1e-6", number_from_zero_into(&T::latency_s, longest_latency_s)},
      {"bandwidth", "bytes per second", "12.5e9", bandwidth_into(&T::bandwidth_bytes_per_s)},
      {"oversubscription", "number from 1", "1",
       [](T& out, const Value& value) { out.oversubscription = value.number(0.999, 1e6); }},
      {"node_latency_s", "seconds", "3e-7",
       number_from_zero_into(&T::node_latency_s, longest_latency_s)},
      {"node_bandwidth", "bytes per second", "1e10",
       bandwidth_into(&T::node_bandwidth_bytes_per_s)},
      {"send_overhead", "text: steps by size", "none",
       steps_into(&T::send_overhead, "0:1e-6:2e-10")},
      {"receive_overhead", "text: steps by size", "none",
       steps_into(&T::receive_overhead, "0:1e-6:2e-10")},
      {"latency_factors", "text: steps by size", "none",
       steps_into(&T::latency_factors, "0:1;65536:2.5")},
      {"bandwidth_factors", "text: steps by size", "none",
       steps_into(&T::bandwidth_factors, "0:0.5;65536:0.9")},
      {"budget_s", "seconds", "10", number_into(&T::budget_s, 0)},
  };
  return keys;
}

void check_simulate(const SimulateOptions& options, const std::string& file) {
  const bool own = options.network == Network::file;
  if (own && options.hostfile.empty()) {
    throw Error(fmt::format("{}: [simulate] has a platform file but no hostfile", file),
                "add hostfile = \"FILE\": the platform's nodes, one a line");
  }
  if (!own && !options.hostfile.empty()) {
    throw Error(fmt::format("{}: [simulate] hostfile has no effect without a platform file", file),
                "omit it, or write platform = \"FILE.xml\"");
  }
  if (options.network == Network::dragonfly && options.oversubscription != 1) {
    throw Error(fmt::format("{}: [simulate] oversubscription has no effect in a dragonfly", file),
                "omit it, or choose platform = \"fat_tree\" or \"ethernet\"");
  }
}

}  // namespace scalelaw::harness

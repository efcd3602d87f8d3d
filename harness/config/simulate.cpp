#include "harness/config/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr double longest_latency_s = 1e3;
constexpr double fastest_bytes_per_s = 1e15;
/// Beyond it, a replay of one pass takes more than an hour.
constexpr std::int64_t most_ranks = 65536;

template <class Number>
auto bandwidth_into(Number SimulateOptions::*member) {
  return [=](SimulateOptions& out, const Value& value) {
    out.*member =
        static_cast<double>(value.count(1, static_cast<std::int64_t>(fastest_bytes_per_s)));
  };
}

template <class Number>
bool is_number_from_zero(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end && number >= Number{} &&
         std::isfinite(static_cast<double>(number));
}

/// What is between the separators.  clang 14 cannot compile std::views::split of GCC 12's library.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

/// One step: SIZE, and so many numbers, with `:` between them.
bool is_step(std::string_view step, std::size_t numbers) {
  std::size_t found = 0;
  for (const std::string_view text : parts_of(step, ':')) {
    const bool read =
        found++ == 0 ? is_number_from_zero<std::int64_t>(text) : is_number_from_zero<double>(text);
    if (!read) return false;
  }
  return found == numbers + 1;
}

/// As SimGrid reads it: steps of so many numbers, with `;` between them.
auto steps_into(std::string SimulateOptions::*member, std::size_t numbers, const char* example) {
  return [=](SimulateOptions& out, const Value& value) {
    out.*member = value.text();
    bool are_steps = !(out.*member).empty();
    for (const std::string_view step : parts_of(out.*member, ';')) {
      are_steps = are_steps && is_step(step, numbers);
    }
    if (!are_steps) {
      value.fail(fmt::format("'{}' is not a list of steps", out.*member),
                 fmt::format("write a size and {} behind it, e.g. \"{}\"",
                             numbers == 1 ? "one number" : "two numbers", example));
    }
  };
}

void read_network(SimulateOptions& out, const Value& value) {
  const std::string text = value.text();
  if (!text.ends_with(".xml")) {
    const auto names = enum_names(Network{});
    if (text != to_string(Network::file) && std::ranges::find(names, text) != names.end()) {
      out.network = enum_from<Network>(text);
      return;
    }
    value.fail(fmt::format("unknown platform '{}'", text),
               "choose fat_tree, dragonfly or ethernet, or give a file: platform = \"site.xml\"");
  }
  out.network = Network::file;
  out.platform_file = text;
}

void read_oversubscription(SimulateOptions& out, const Value& value) {
  out.oversubscription = value.number_from(1, 1e6);
}

/// SimGrid's own limit of the number.
void read_eager_limit(SimulateOptions& out, const Value& value) {
  out.eager_limit = value.count(0, std::numeric_limits<std::int32_t>::max());
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

/// What a user's platform file says itself.
void refuse_beside_a_file(const SimulateOptions& options, const std::string& file) {
  const SimulateOptions fresh;
  const std::pair<const char*, bool> keys[] = {
      {"nodes_per_switch", options.nodes_per_switch != fresh.nodes_per_switch},
      {"latency_s", options.latency_s != fresh.latency_s},
      {"bandwidth", options.bandwidth_bytes_per_s != fresh.bandwidth_bytes_per_s},
      {"oversubscription", options.oversubscription != fresh.oversubscription},
      {"node_latency_s", options.node_latency_s != fresh.node_latency_s},
      {"node_bandwidth", options.node_bandwidth_bytes_per_s != fresh.node_bandwidth_bytes_per_s}};
  for (const auto& [key, is_set] : keys) {
    if (!is_set) continue;
    throw Error(fmt::format("{}: [simulate] {} has no effect beside a platform file", file, key),
                "omit it: the platform file says what the network is");
  }
}

/// Errors: throws Error for a key that the platform does not have.
void refuse_without_effect(const SimulateOptions& options, const std::string& file) {
  const SimulateOptions fresh;
  if (options.network == Network::file) refuse_beside_a_file(options, file);
  if (options.network == Network::dragonfly && options.oversubscription != 1) {
    throw Error(fmt::format("{}: [simulate] oversubscription has no effect in a dragonfly", file),
                "omit it, or choose platform = \"fat_tree\" or \"ethernet\"");
  }
  if (options.network == Network::ethernet && options.nodes_per_switch != fresh.nodes_per_switch) {
    throw Error(fmt::format("{}: [simulate] nodes_per_switch has no effect in an ethernet", file),
                "omit it: an ethernet is one switch");
  }
  if (options.ranks.empty() && options.ranks_per_node != fresh.ranks_per_node) {
    throw Error(fmt::format("{}: [simulate] ranks_per_node has no effect without ranks", file),
                "add ranks = [...], or omit it: the experiments say where their ranks are");
  }
}

}  // namespace

const Keys<SimulateOptions>& simulate_keys() {
  using T = SimulateOptions;
  static const Keys<T> keys{
      {"from", "text: a results file", "what `run` measures first", text_into(&T::from)},
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
      {"oversubscription", "number from 1", "1", read_oversubscription},
      {"node_latency_s", "seconds", "as measured, or 3e-7",
       number_from_zero_into(&T::node_latency_s, longest_latency_s)},
      {"node_bandwidth", "bytes per second", "as measured, or 1e10",
       bandwidth_into(&T::node_bandwidth_bytes_per_s)},
      {"eager_limit", "bytes", "64Ki", read_eager_limit},
      {"send_overhead", "text: steps by size", "none",
       steps_into(&T::send_overhead, 2, "0:1e-6:2e-10")},
      {"receive_overhead", "text: steps by size", "none",
       steps_into(&T::receive_overhead, 2, "0:1e-6:2e-10")},
      {"latency_factors", "text: steps by size", "none",
       steps_into(&T::latency_factors, 1, "0:1;65536:2.5")},
      {"bandwidth_factors", "text: steps by size", "none",
       steps_into(&T::bandwidth_factors, 1, "0:0.5;65536:0.9")},
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
  refuse_without_effect(options, file);
}

}  // namespace scalelaw::harness

#include "harness/simulate/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "common/error.hpp"
#include "harness/simulate/trace.hpp"

namespace scalelaw::harness {
namespace {

std::int64_t divided_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// A topology of SimGrid's <cluster>: its attributes, and how many nodes it then has.
struct Topology {
  std::string attributes;
  std::int64_t nodes = 1;
};

Topology fat_tree(const SimulateOptions& options, std::int64_t nodes) {
  const std::int64_t below = options.nodes_per_switch;
  if (nodes <= below) {
    return {fmt::format(R"(topology="FAT_TREE" topo_parameters="1;{};1;1")", nodes), nodes};
  }
  const std::int64_t switches = divided_up(nodes, below);
  const auto up = std::max<std::int64_t>(
      1, std::llround(static_cast<double>(below) / options.oversubscription));
  return {
      fmt::format(R"(topology="FAT_TREE" topo_parameters="2;{},{};1,{};1,1")", below, switches, up),
      below * switches};
}

Topology dragonfly(const SimulateOptions& options, std::int64_t nodes) {
  constexpr std::int64_t chassis = 4, routers = 4;
  const std::int64_t groups = divided_up(nodes, chassis * routers * options.nodes_per_switch);
  return {fmt::format(R"(topology="DRAGONFLY" topo_parameters="{},1;{},1;{},1;{}")", groups,
                      chassis, routers, options.nodes_per_switch),
          groups * chassis * routers * options.nodes_per_switch};
}

/// Steps of seconds by size, "0:1e-6:2e-10", in slow motion.
std::string slowed(const std::string& steps, double slower) {
  if (slower == 1) return steps;
  std::string out;
  std::istringstream each(steps);
  for (std::string step; std::getline(each, step, ';');) {
    std::istringstream values(step);
    std::string value;
    std::getline(values, value, ':');
    out += (out.empty() ? "" : ";") + value;
    while (std::getline(values, value, ':')) {
      out += fmt::format(":{:.9g}", slower * std::strtod(value.c_str(), nullptr));
    }
  }
  return out;
}

/// The steps of what starting a message costs, for messages below `eager_limit` alone: SimGrid's
/// steps are for messages that are larger than what they begin with.
std::string below(std::int64_t eager_limit, const std::string& steps) {
  std::string out;
  const std::int64_t last = std::max<std::int64_t>(0, eager_limit - 1);
  std::istringstream each(steps);
  for (std::string step; std::getline(each, step, ';');) {
    if (std::strtod(step.c_str(), nullptr) < static_cast<double>(last)) out += step + ";";
  }
  return out + fmt::format("{}:0:0", last);
}

Topology ethernet(const SimulateOptions& options, std::int64_t nodes) {
  if (options.oversubscription <= 1) return {"", nodes};
  const double inside = options.bandwidth_bytes_per_s / slow_motion(options) *
                        static_cast<double>(nodes) / options.oversubscription;
  return {fmt::format(R"(bb_bw="{}Bps" bb_lat="0s")", inside), nodes};
}

Topology topology_of(const SimulateOptions& options, std::int64_t nodes) {
  switch (options.network) {
    case Network::dragonfly:
      return dragonfly(options, nodes);
    case Network::ethernet:
      return ethernet(options, nodes);
    case Network::fat_tree:
    case Network::file:
      break;
  }
  return fat_tree(options, nodes);
}

/// The name that a line of a hostfile has; empty when it has none.
std::string host_in(std::string line) {
  constexpr const char* blanks = " \t\r\v\f";
  line.erase(std::min(line.find('#'), line.size()));
  line.erase(0, std::min(line.find_first_not_of(blanks), line.size()));
  line.erase(line.find_last_not_of(blanks) + 1);
  const std::string name = line.substr(0, line.find(':'));
  const std::string slots = line.substr(std::min(name.size() + 1, line.size()));
  const bool one_name = name.find_first_of(blanks) == std::string::npos &&
                        (line.empty() || !name.empty()) &&
                        slots.find_first_not_of("0123456789") == std::string::npos;
  if (one_name) return name;
  throw Error(fmt::format("the line '{}' of the hostfile is not the name of a host", line),
              "write one name a line, as the platform file has it");
}

std::string without_comments(std::string xml) {
  for (std::size_t at = xml.find("<!--"); at != std::string::npos; at = xml.find("<!--", at)) {
    const std::size_t end = xml.find("-->", at);
    xml.erase(at, end == std::string::npos ? end : end + 3 - at);
  }
  return xml;
}

/// Whether a speed as SimGrid writes it, "1Gf", is the one that traces count with.
bool is_trace_speed(const std::string& text) {
  static const std::map<std::string, double> units{{"", 1},     {"f", 1},    {"kf", 1e3},
                                                   {"Mf", 1e6}, {"Gf", 1e9}, {"Tf", 1e12}};
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const auto unit = units.find(end);
  constexpr double rounding = 1e-9;
  return unit != units.end() && std::abs(number * unit->second / flops_per_s - 1) <= rounding;
}

}  // namespace

double slow_motion(const SimulateOptions& options) {
  return options.network == Network::file ? 1 : 1000;
}

std::string node_name(std::int64_t node) {
  return fmt::format("node{}", node);
}

double node_latency_s(const SimulateOptions& options) {
  return options.node_latency_s.value_or(SimulateOptions::usual_node_latency_s);
}

double node_bandwidth_bytes_per_s(const SimulateOptions& options) {
  return options.node_bandwidth_bytes_per_s.value_or(
      SimulateOptions::usual_node_bandwidth_bytes_per_s);
}

std::string platform_xml(const SimulateOptions& options, std::int64_t nodes, std::int64_t cores) {
  const Topology topology = topology_of(options, nodes);
  const double slower = slow_motion(options);
  // A message crosses two links to a node at the same switch.
  return fmt::format(R"(<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="machine" routing="Floyd">
    <cluster id="nodes" prefix="node" suffix="" radical="0-{}" speed="1Gf" core="{}"
             bw="{}Bps" lat="{}s" loopback_bw="{}Bps" loopback_lat="{}s" {}/>
  </zone>
</platform>
)",
                     topology.nodes - 1, cores, options.bandwidth_bytes_per_s / slower,
                     slower * options.latency_s / 2, node_bandwidth_bytes_per_s(options) / slower,
                     slower * node_latency_s(options), topology.attributes);
}

std::string hostfile_text(const std::vector<std::string>& hosts, const Placement& placement) {
  std::string out;
  for (std::int64_t rank = 0; rank < placement.ranks(); ++rank) {
    out += hosts.at(static_cast<std::size_t>(rank / placement.ranks_per_node)) + "\n";
  }
  return out;
}

std::vector<std::string> listed_hosts(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::string host = host_in(std::move(line));
    if (!host.empty()) out.push_back(std::move(host));
  }
  return out;
}

void require_speeds(const std::string& xml) {
  static const std::regex speeds(R"(\sspeed\s*=\s*["']\s*([^"']*?)\s*["'])");
  const std::string text = without_comments(xml);
  for (std::sregex_iterator at(text.begin(), text.end(), speeds), end; at != end; ++at) {
    const std::string speed = (*at)[1];
    if (is_trace_speed(speed)) continue;
    throw Error(
        fmt::format("the platform has hosts of the speed '{}'", speed),
        "write speed=\"1Gf\" for every host: what its ranks compute takes as long as it took "
        "where it was measured");
  }
}

std::vector<std::string> replay_words(const SimulateOptions& options, std::int64_t ranks,
                                      const std::string& folder) {
  const auto or_none = [](const std::string& steps, const char* none) {
    return steps.empty() ? std::string(none) : steps;
  };
  const std::string platform = options.network == Network::file
                                   ? std::filesystem::absolute(options.platform_file).string()
                                   : replay_file::platform;
  const double slower = slow_motion(options);
  // SMPI's own factors and overheads are those of a cluster that it was calibrated on.  Collectives
  // are Open MPI's choice for small messages; its selector ends in a fault from 256 ranks on.
  // A replay has no global variables to keep apart, for which SMPI loads a copy of itself per rank.
  return {"env", "--chdir=" + folder, "TMPDIR=.", "smpirun", "-np", std::to_string(ranks),
          "-platform", platform, "-hostfile", replay_file::hosts, "-no-privatize",
          "--log=smpi_replay.thresh:verbose", "--log=smpi_replay.fmt:%m%n",
          std::string("--log=smpi_replay.app:file:") + replay_file::log,
          "--cfg=smpi/host-speed:1Gf", "--cfg=contexts/stack-size:256",
          "--cfg=network/crosstraffic:0", "--cfg=smpi/barrier:ompi_recursivedoubling",
          "--cfg=smpi/allreduce:rdb", "--cfg=smpi/bcast:binomial_tree",
          // Without these, a message would only begin when it is received.
          fmt::format("--cfg=smpi/send-is-detached-thresh:{}", options.eager_limit),
          fmt::format("--cfg=smpi/async-small-thresh:{}", options.eager_limit),
          "--cfg=smpi/os:" + or_none(slowed(options.send_overhead, slower), "0:0:0"),
          "--cfg=smpi/ois:" + below(options.eager_limit, slowed(options.send_overhead, slower)),
          "--cfg=smpi/or:" + or_none(slowed(options.receive_overhead, slower), "0:0:0"),
          "--cfg=smpi/lat-factor:" + or_none(options.latency_factors, "0:1"),
          "--cfg=smpi/bw-factor:" + or_none(options.bandwidth_factors, "0:1"), "-replay",
          replay_file::list};
}

}  // namespace scalelaw::harness

#include "harness/simulate/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

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

}  // namespace

double slow_motion(const SimulateOptions& options) {
  return options.network == Network::file ? 1 : 1000;
}

std::string node_name(std::int64_t node) {
  return fmt::format("node{}", node);
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
                     slower * options.latency_s / 2, options.node_bandwidth_bytes_per_s / slower,
                     slower * options.node_latency_s, topology.attributes);
}

std::string hostfile_text(const std::vector<std::string>& hosts, const Placement& placement) {
  std::string out;
  for (std::int64_t rank = 0; rank < placement.ranks(); ++rank) {
    out += hosts.at(static_cast<std::size_t>(rank / placement.ranks_per_node)) + "\n";
  }
  return out;
}

std::vector<std::string> replay_words(const SimulateOptions& options, std::int64_t ranks,
                                      const std::string& folder) {
  const auto file = [&](const char* name) { return folder + "/" + name; };
  const auto or_none = [](const std::string& steps, const char* none) {
    return steps.empty() ? std::string(none) : steps;
  };
  const std::string platform =
      options.network == Network::file ? options.platform_file : file(replay_file::platform);
  const double slower = slow_motion(options);
  // SMPI's own factors and overheads are those of a cluster that it was calibrated on.  Collectives
  // are Open MPI's choice for small messages; its selector ends in a fault from 256 ranks on.
  return {"smpirun",
          "-np",
          std::to_string(ranks),
          "-platform",
          platform,
          "-hostfile",
          file(replay_file::hosts),
          "--log=smpi_replay.thresh:verbose",
          "--log=smpi_replay.fmt:%m%n",
          "--log=smpi_replay.app:file:" + file(replay_file::log),
          "--cfg=smpi/host-speed:1Gf",
          "--cfg=contexts/stack-size:256",
          "--cfg=network/crosstraffic:0",
          "--cfg=smpi/barrier:ompi_recursivedoubling",
          "--cfg=smpi/allreduce:rdb",
          "--cfg=smpi/bcast:binomial_tree",
          "--cfg=smpi/os:" + or_none(slowed(options.send_overhead, slower), "0:0:0"),
          "--cfg=smpi/or:" + or_none(slowed(options.receive_overhead, slower), "0:0:0"),
          "--cfg=smpi/lat-factor:" + or_none(options.latency_factors, "0:1"),
          "--cfg=smpi/bw-factor:" + or_none(options.bandwidth_factors, "0:1"),
          "-replay",
          file(replay_file::list)};
}

}  // namespace scalelaw::harness

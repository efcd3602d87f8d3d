#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <memory>
#include <set>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/launch/simulate.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/scratch_folder.hpp"
#include "harness/render/layout.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/simulate/calibration.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

/// The ping-pongs between two ranks of one node, or of two.
struct PingPong {
  std::int64_t nodes = 1;
  std::vector<MessageTime> times;
};

bool is_ping_pong_on(std::int64_t nodes, const Point& point) {
  return point.kernel == ceiling_exchange && point.params.is_object() &&
         point.params.value("operation", "") == "ping_pong" && point.placement.ranks() == 2 &&
         point.placement.nodes == nodes && !point.oversubscribed &&
         are_comparable(point.clock, TimeSource::measured);
}

/// Which of several ping-pongs of a file a point belongs to, for people.
std::string origin_of(const Point& point) {
  return fmt::format("{} with {} {} {}", point.experiment, point.implementation, point.model.name,
                     serialize(point.options));
}

/// The ping-pongs of two ranks on so many nodes, half of their times.
/// Errors: throws Error when they are of several experiments, drivers or options: their times are
/// no single curve.
PingPong ping_pong_on(std::int64_t nodes, const Results& results, const std::string& file) {
  PingPong out{.nodes = nodes, .times = {}};
  std::set<std::string> origins;
  const std::vector<Summary> summaries = summarize_all(results);
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (!is_ping_pong_on(nodes, point) || summaries[i].launches.empty()) continue;
    origins.insert(origin_of(point));
    out.times.push_back({point.params.value("bytes", 0.0), summaries[i].median_s / 2});
  }
  if (origins.size() <= 1) return out;
  throw Error(
      fmt::format("'{}' has {} ping-pongs: {}", file, origins.size(), fmt::join(origins, "; ")),
      "calibrate with a file that has one: scalelaw run configs/ping-pong.toml");
}

/// The ping-pongs of a file: between two nodes, where it has them.
PingPong ping_pong_of(const Results& results, const std::string& file) {
  for (const std::int64_t nodes : {2, 1}) {
    PingPong found = ping_pong_on(nodes, results, file);
    if (!found.times.empty()) return found;
  }
  throw Error(fmt::format("'{}' has no ping-pong of two ranks", file),
              "measure one: scalelaw run configs/ping-pong.toml");
}

SimulateOptions options_of(const Calibration& calibration, bool on_one_node) {
  SimulateOptions out;
  (on_one_node ? out.node_latency_s : out.latency_s) = calibration.latency_s();
  (on_one_node ? out.node_bandwidth_bytes_per_s : out.bandwidth_bytes_per_s) =
      calibration.bandwidth_bytes_per_s();
  out.latency_factors = calibration.latency_factors();
  out.bandwidth_factors = calibration.bandwidth_factors();
  return out;
}

/// The seconds one way, of each size, as a replay of the ping-pong has them; none when it was
/// interrupted.
std::vector<double> simulated(const PingPong& measured, const SimulateOptions& options) {
  constexpr std::int64_t repeats = 20;  // the log has whole microseconds
  PassCosts costs;
  for (std::size_t i = 0; i < measured.times.size(); ++i) {
    costs.phases.push_back({fmt::format("size {}", i), Role::transfer});
    costs.exchange.push_back({.phase = i,
                              .operation = Operation::ping_pong,
                              .rank_bytes = measured.times[i].bytes,
                              .count = repeats});
  }
  const PassCosts::Node node(static_cast<std::size_t>(2 / measured.nodes),
                             PassCosts::Rank(costs.phases.size(), 0.0));
  costs.root = costs.others = {{node}};
  const ScratchFolder scratch;
  const ReplayEnd end =
      replay({.options = options,
              .nodes = measured.nodes,
              .cores = 2,
              .placement = {.nodes = measured.nodes, .ranks_per_node = 2 / measured.nodes},
              .folder = scratch.file("replay")},
             costs);
  if (end.outcome.interrupted) return {};
  if (end.passes.empty()) {
    throw Error(
        fmt::format("SimGrid ended with status {}: {}", end.outcome.exit_code, end.outcome.log),
        "try it by itself: smpirun -help");
  }
  std::vector<double> out;
  for (const double seconds : end.passes.front().front()) {
    out.push_back(seconds / (2.0 * static_cast<double>(repeats)));
  }
  return out;
}

/// A network has one list of factors, for messages inside a node and between nodes.
std::string warning_text(const Calibration& calibration, bool on_one_node) {
  if (calibration.steps.size() == 1) return "";
  return fmt::format(
      "# The factors are of messages {}, and SimGrid applies them to all messages.\n",
      on_one_node ? "inside a node" : "between nodes");
}

std::string keys_text(const Calibration& calibration, bool on_one_node) {
  const char* prefix = on_one_node ? "node_" : "";
  return fmt::format(
      "[simulate]\n"
      "{4}"
      "{0}latency_s = {1:.4g}\n"
      "{0}bandwidth = {2:.0f}\n"
      "latency_factors = \"{3}\"\n"
      "bandwidth_factors = \"{5}\"\n",
      prefix, calibration.latency_s(), calibration.bandwidth_bytes_per_s(),
      calibration.latency_factors(), warning_text(calibration, on_one_node),
      calibration.bandwidth_factors());
}

Section table_of(const PingPong& measured, const std::vector<double>& simulated_s) {
  Section section{2, "Ping-pong, one way", {}, {}, {}};
  section.table.header = {"size", "measured", "simulated", "error"};
  double worst = 0;
  for (std::size_t i = 0; i < measured.times.size(); ++i) {
    const MessageTime& one = measured.times[i];
    const double error = simulated_s[i] / one.seconds - 1;
    if (std::abs(error) > std::abs(worst)) worst = error;
    section.table.rows.push_back({format_bytes(one.bytes), precise_seconds(one.seconds),
                                  precise_seconds(simulated_s[i]), signed_percent(error)});
  }
  section.after.push_back(fmt::format("largest error: {}", signed_percent(worst)));
  return section;
}

int run_calibrate(const std::string& file) {
  const PingPong measured = ping_pong_of(read_results(file), file);
  const Calibration calibration = calibrate(measured.times);
  const bool on_one_node = measured.nodes == 1;
  if (find_program("smpirun").empty()) {
    throw Error(
        "SimGrid is not there: no smpirun in PATH",
        "install it (Debian: apt-get install libsimgrid-dev; scripts/setup --with simulate)");
  }
  catch_interrupts();
  const std::vector<double> seconds = simulated(measured, options_of(calibration, on_one_node));
  if (seconds.empty()) {
    complain("scalelaw", fmt::format("stopped by signal {}", interrupt_signal()), "call it again");
    return 128 + interrupt_signal();
  }
  fmt::print("{}\n", keys_text(calibration, on_one_node));
  print_document(as_text({table_of(measured, seconds)}));
  return exit_well;
}

}  // namespace

Subcommand add_calibrate(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "calibrate",
      "fit the network of [simulate] to a measured ping-pong, and show how far its simulation is "
      "off");
  const auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "results file (.h5) with a ping-pong of two ranks")
      ->required()
      ->type_name("FILE.h5");
  return {command, [file] { return run_calibrate(*file); }};
}

}  // namespace scalelaw::harness

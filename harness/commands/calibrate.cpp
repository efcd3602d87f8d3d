#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "common/error.hpp"
#include "common/quantity.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/measured_messages.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/launch/simulate.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/scratch_folder.hpp"
#include "harness/render/layout.hpp"
#include "harness/simulate/calibration.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

SimulateOptions options_of(const Calibration& calibration, bool on_one_node) {
  SimulateOptions out;
  if (on_one_node) {
    take_node_messages(calibration, out);
  } else {
    out.latency_s = calibration.latency_s();
    out.bandwidth_bytes_per_s = calibration.bandwidth_bytes_per_s();
  }
  out.latency_factors = calibration.latency_factors();
  out.bandwidth_factors = calibration.bandwidth_factors();
  out.send_overhead = calibration.send_overhead();
  out.receive_overhead = calibration.receive_overhead();
  out.eager_limit = std::llround(calibration.eager_limit);
  return out;
}

/// What is measured of messages, and simulated again: in the order of the tables.
struct TimedOperation {
  const char* title;
  Operation operation;
  std::vector<MessageTime> MeasuredMessages::*times;
  double ways;  ///< how often the message goes in one operation
};
constexpr TimedOperation timed_operations[] = {
    {"Ping-pong, one way", Operation::ping_pong, &MeasuredMessages::ping_pong, 2},
    {"Starting a message", Operation::send, &MeasuredMessages::send, 1},
    {"Receiving a message that was sent before", Operation::receive, &MeasuredMessages::receive,
     1}};

/// The phases of a replay that repeats what was measured, each `repeats` times.
PassCosts costs_of(const PairMessages& measured, std::int64_t repeats) {
  PassCosts costs;
  for (const TimedOperation& one : timed_operations) {
    for (const MessageTime& time : measured.times.*one.times) {
      const std::size_t phase = costs.phases.size();
      costs.phases.push_back({fmt::format("{} {}", one.title, time.bytes), Role::transfer});
      costs.exchange.push_back(
          {.phase = phase, .operation = one.operation, .rank_bytes = time.bytes, .count = repeats});
    }
  }
  const PassCosts::Node node(static_cast<std::size_t>(2 / measured.nodes),
                             PassCosts::Rank(costs.phases.size(), 0.0));
  costs.root = costs.others = {{node}};
  return costs;
}

/// The seconds of each measurement and size, as a replay has them; none when it was interrupted.
std::vector<double> simulated(const PairMessages& measured, const SimulateOptions& options) {
  constexpr std::int64_t repeats = 20;  // the log has whole microseconds
  const ScratchFolder scratch;
  const ReplayEnd end =
      replay({.options = options,
              .nodes = measured.nodes,
              .cores = 2,
              .placement = {.nodes = measured.nodes, .ranks_per_node = 2 / measured.nodes},
              .folder = scratch.file("replay")},
             costs_of(measured, repeats));
  if (end.outcome.interrupted) return {};
  if (end.passes.empty()) {
    throw Error(
        fmt::format("SimGrid ended with status {}: {}", end.outcome.exit_code, end.outcome.log),
        "try it by itself: smpirun -help");
  }
  std::vector<double> out;
  for (const double seconds : end.passes.front().front()) {
    out.push_back(seconds / static_cast<double>(repeats));
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

/// The key of what a call costs, or why there is none.
std::string overhead_text(const char* key, const char* operation, const std::string& steps,
                          std::size_t sizes) {
  if (!steps.empty()) return fmt::format("{} = \"{}\"\n", key, steps);
  return fmt::format(
      "# no {}: the file has \"{}\" of {} sizes that leave ahead, and {} are needed; the latency "
      "contains it\n",
      key, operation, sizes, fewest_sizes);
}

std::string eager_limit_text(const MeasuredMessages& measured) {
  if (measured.eager_limit_seen) return fmt::format("eager_limit = {:.0f}\n", measured.eager_limit);
  if (measured.send.empty()) return "";
  return fmt::format("eager_limit = {:.0f}  # at least: all of \"send\" left ahead\n",
                     measured.eager_limit);
}

/// The keys of what the calls take.
std::string overheads_text(const MeasuredMessages& measured, const Calibration& calibration) {
  const auto sizes = [&](const std::vector<MessageTime>& times) {
    return count_ahead(times, measured.eager_limit);
  };
  return eager_limit_text(measured) +
         overhead_text("send_overhead", "send", calibration.send_overhead(), sizes(measured.send)) +
         overhead_text("receive_overhead", "receive", calibration.receive_overhead(),
                       sizes(measured.receive));
}

std::string keys_text(const MeasuredMessages& measured, const Calibration& calibration,
                      bool on_one_node) {
  const char* prefix = on_one_node ? "node_" : "";
  return fmt::format(
      "[simulate]\n"
      "{4}"
      "{0}latency_s = {1:.4g}\n"
      "{0}bandwidth = {2:.0f}\n"
      "latency_factors = \"{3}\"\n"
      "bandwidth_factors = \"{5}\"\n"
      "{6}",
      prefix, calibration.latency_s(), calibration.bandwidth_bytes_per_s(),
      calibration.latency_factors(), warning_text(calibration, on_one_node),
      calibration.bandwidth_factors(), overheads_text(measured, calibration));
}

/// One measurement beside its simulation, whose times begin at `first`.
Section table_of(const char* title, const std::vector<MessageTime>& times, double ways,
                 const double* first) {
  Section section{2, title, {}, {}, {}};
  section.table.header = {"size", "measured", "simulated", "error"};
  double worst = 0;
  for (const MessageTime& one : times) {
    const double simulated_s = *first++ / ways;
    const double error = simulated_s / one.seconds - 1;
    if (std::abs(error) > std::abs(worst)) worst = error;
    section.table.rows.push_back({format_bytes(one.bytes), precise_seconds(one.seconds),
                                  precise_seconds(simulated_s), signed_percent(error)});
  }
  section.after.push_back(fmt::format("largest error: {}", signed_percent(worst)));
  return section;
}

std::vector<Section> tables_of(const PairMessages& measured, const std::vector<double>& seconds) {
  std::vector<Section> out;
  const double* first = seconds.data();
  for (const TimedOperation& one : timed_operations) {
    const std::vector<MessageTime>& times = measured.times.*one.times;
    if (!times.empty()) out.push_back(table_of(one.title, times, one.ways, first));
    first += times.size();
  }
  return out;
}

int run_calibrate(const std::string& file) {
  PairMessages measured = messages_of(read_results(file), file);
  const Calibration calibration = calibrate(measured.times);
  const bool on_one_node = measured.nodes == 1;
  require_simgrid();
  catch_interrupts();
  const std::string keys = keys_text(measured.times, calibration, on_one_node);
  // Starting a message that waits is part of the network, and not simulated by itself.
  std::erase_if(measured.times.send,
                [&](const MessageTime& one) { return one.bytes >= calibration.eager_limit; });
  const std::vector<double> seconds = simulated(measured, options_of(calibration, on_one_node));
  if (seconds.empty()) {
    complain("scalelaw", fmt::format("stopped by signal {}", interrupt_signal()), "call it again");
    return 128 + interrupt_signal();
  }
  fmt::print("{}\n", keys);
  print_document(as_text(tables_of(measured, seconds)));
  return exit_well;
}

}  // namespace

Subcommand add_calibrate(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "calibrate",
      "fit the network of [simulate] to measured messages, and show how far their simulation is "
      "off");
  const auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "results file (.h5) with a ping-pong of two ranks")
      ->required()
      ->type_name("FILE.h5");
  return {command, [file] { return run_calibrate(*file); }};
}

}  // namespace scalelaw::harness

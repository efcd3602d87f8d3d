#include "harness/commands/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "common/error.hpp"
#include "harness/commands/measured_messages.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

/// Where so many ranks are: on as few nodes as have room.
/// Errors: none; a number that does not fill its nodes has one rank fewer a node than it could.
Placement layout_of(std::int64_t ranks, std::int64_t per_node) {
  for (std::int64_t here = std::min(ranks, per_node); here > 1; --here) {
    if (ranks % here == 0) return {.nodes = ranks / here, .ranks_per_node = here};
  }
  return {.nodes = ranks, .ranks_per_node = 1};
}

/// Whether a name of the environment is of the machine and its settings, rather than of the program
/// or its plan.
bool is_of_machine(std::string_view name) {
  constexpr std::array families{"cpu.",  "topology.", "memory.", "huge_pages.", "numa.", "os.",
                                "host.", "load.",     "cores.",  "cgroup.",     "env."};
  return std::ranges::any_of(families,
                             [&](std::string_view family) { return name.starts_with(family); });
}

}  // namespace

std::int64_t most_nodes(const Campaign& campaign) {
  std::int64_t most = 1;
  for (const Experiment& experiment : campaign.experiments) {
    for (const std::int64_t nodes : experiment.nodes.values) most = std::max(most, nodes);
    for (const Placement& layout : experiment.layouts) most = std::max(most, layout.nodes);
  }
  return most;
}

void prepare_simulation(Campaign& campaign) {
  campaign.name += " simulated";
  const SimulateOptions& options = campaign.simulate;
  Measuring& measuring = campaign.measuring;
  measuring.samples = measuring.launches_min = 1;
  measuring.warmups = measuring.diagnostics = 0;
  measuring.choose_samples = measuring.ceilings = measuring.gate.enabled = false;
  measuring.budget_s = options.budget_s;
  // The campaign's budget is for measuring: one of the config's time on the machine.
  measuring.campaign_budget_s = std::numeric_limits<double>::infinity();
  leave_out_messages(campaign.experiments);
  for (Experiment& experiment : campaign.experiments) {
    experiment.oversubscribe = false;
    for (const std::int64_t ranks : options.ranks) {
      experiment.layouts.push_back(layout_of(ranks, options.ranks_per_node));
    }
  }
}

Machine simulated_machine(const Campaign& campaign, const Machine& here) {
  const SimulateOptions& options = campaign.simulate;
  Machine out = with_options(here, campaign.machine);
  out.nodes = options.nodes > 0 ? options.nodes : most_nodes(campaign);
  if (options.cores > 0) out.cores = out.cores_total = options.cores;
  out.memory_bytes = 0;  // nobody says how much the simulated nodes have
  return out;
}

std::shared_ptr<const Results> read_measured(const Campaign& campaign) {
  const std::string& path = campaign.simulate.from;
  if (path.empty()) return nullptr;
  auto out = std::make_shared<const Results>(read_results(path));
  const auto is_simulated = [](const Point& point) { return point.clock == TimeSource::simulated; };
  if (std::none_of(out->points.begin(), out->points.end(), is_simulated)) return out;
  throw Error(fmt::format("[simulate] from: '{}' is a simulation itself", path),
              "name the results file of the measured campaign");
}

void take_machine(const Results& measured, std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : environment) {
    out[is_of_machine(name) ? "simulated.on." + name : name] = value;
  }
  for (const auto& [name, value] : measured.environment) {
    if (is_of_machine(name)) out[name] = value;
  }
  environment = std::move(out);
}

void set_apart(std::vector<Point>& points) {
  for (Point& point : points) {
    point.id += " simulated";
    point.experiment += " simulated";
  }
}

void add_measured(const Results& measured, Results& results) {
  std::int64_t first_series = 0;
  for (const Point& point : results.points) {
    first_series = std::max(first_series, point.series + 1);
  }
  const std::int64_t first_point = std::ssize(results.points);
  const std::int64_t first_launch = std::ssize(results.launches);
  for (Point point : measured.points) {
    point.series += first_series;
    if (point.shares >= 0) point.shares += first_point;
    results.points.push_back(std::move(point));
  }
  const std::int64_t first_block = results.launches.empty() ? 0 : results.launches.back().block + 1;
  for (Launch launch : measured.launches) {
    launch.point += first_point;
    launch.block += first_block;
    results.launches.push_back(std::move(launch));
  }
  for (Sample sample : measured.samples) {
    sample.launch += first_launch;
    results.samples.push_back(std::move(sample));
  }
}

}  // namespace scalelaw::harness

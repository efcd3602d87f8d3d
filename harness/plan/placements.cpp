#include "harness/plan/placements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

std::string cores_text(const Machine& machine) {
  return machine.cores == machine.cores_total
             ? fmt::format("{} core{}", machine.cores, machine.cores == 1 ? "" : "s")
             : fmt::format("{} of {} cores allowed", machine.cores, machine.cores_total);
}

/// The counts of one axis: ranks or threads.
std::vector<std::int64_t> axis(const Counts& counts, const char* name, const Experiment& experiment,
                               const Machine& machine, const std::string& file) {
  if (counts.automatic) return powers_of_two(machine.cores);
  for (const std::int64_t count : counts.values) {
    if (count > machine.cores && !experiment.oversubscribe) {
      throw Error(
          fmt::format("{}:{}: {} {} on {}", file, counts.line, count, name, cores_text(machine)),
          fmt::format("ask for at most {}, write {} = \"auto\", or set oversubscribe = true "
                      "in the experiment{}",
                      machine.cores, name,
                      machine.nodes > 1 ? "; of SLURM, reserve whole nodes (--exclusive)" : ""));
    }
  }
  return counts.values;
}

std::vector<std::int64_t> node_axis(const Counts& counts, const Machine& machine,
                                    const std::string& file) {
  if (counts.automatic) return powers_of_two(machine.nodes);
  for (const std::int64_t count : counts.values) {
    if (count > machine.nodes) {
      throw Error(fmt::format("{}:{}: {} nodes, but only {} known", file, counts.line, count,
                              machine.nodes),
                  "name more hosts in [mpirun] hosts or hostfile, or run it in a SLURM allocation");
    }
  }
  return counts.values;
}

/// The nodes and ranks that an experiment asks for.
std::vector<Placement> layouts_of(const Experiment& experiment, const Model& model,
                                  const Machine& machine, const std::string& file) {
  if (!model.ranked) return {Placement{}};
  std::vector<Placement> out;
  for (const std::int64_t nodes : node_axis(experiment.nodes, machine, file)) {
    for (const std::int64_t ranks : axis(experiment.ranks, "ranks", experiment, machine, file)) {
      out.push_back({.nodes = nodes, .ranks_per_node = ranks});
    }
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> powers_of_two(std::int64_t most) {
  std::vector<std::int64_t> out;
  for (std::int64_t n = 1; n < most; n *= 2) out.push_back(n);
  out.push_back(std::max<std::int64_t>(1, most));
  return out;
}

void check_axes_used(const Experiment& experiment, const std::vector<Model>& models,
                     const std::string& file) {
  const auto check = [&](const Counts& counts, const char* key, bool Model::*takes) {
    // "auto" of all models there are is as many as they take, also where none takes any: a build
    // without MPI measures the same configs.
    const bool of_all = experiment.models.empty() && experiment.drivers.empty();
    const bool chosen = counts.automatic ? !of_all : counts.values != std::vector<std::int64_t>{1};
    if (!chosen || std::ranges::any_of(models, takes)) return;
    throw Error(
        fmt::format("{}:{}: '{}' has no effect in '{}'", file, counts.line, key, experiment.name),
        experiment.drivers.empty()
            ? fmt::format("omit it, or add a model with {} to models (scalelaw list)",
                          takes == &Model::threaded ? "threads" : "ranks")
            : fmt::format("omit it, or write model = {{ {} = true }} in the [[driver]] if {}",
                          takes == &Model::threaded ? "threaded" : "ranked",
                          takes == &Model::threaded ? "the command uses {threads}"
                                                    : "mpirun or srun is to start it"));
  };
  check(experiment.nodes, "nodes", &Model::ranked);
  check(experiment.ranks, "ranks", &Model::ranked);
  check(experiment.threads, "threads", &Model::threaded);
}

std::vector<Planned> placements_of(const Experiment& experiment, const Model& model,
                                   const Machine& machine, const std::string& file) {
  const std::vector<std::int64_t> one{1};
  const bool has_layouts = model.ranked && !experiment.layouts.empty();
  const std::vector<Placement> layouts =
      has_layouts ? experiment.layouts : layouts_of(experiment, model, machine, file);
  const auto threads =
      model.threaded ? axis(experiment.threads, "threads", experiment, machine, file) : one;

  std::set<Placement> unique;
  for (const auto& [n, r, unused] : layouts) {
    for (const std::int64_t t : threads) unique.insert({n, r, t});
  }
  const bool automatic = (model.ranked && !has_layouts && experiment.ranks.automatic) ||
                         (model.threaded && experiment.threads.automatic);
  std::vector<Planned> out;
  for (const Placement& placement : unique) {
    const std::int64_t per_node = placement.ranks_per_node * placement.threads;
    Planned planned{placement, per_node > machine.cores, {}};
    if (planned.oversubscribed && automatic) continue;
    if (planned.oversubscribed && !experiment.oversubscribe) {
      planned.skip = fmt::format("{} workers on {}: set oversubscribe = true to measure it",
                                 per_node, cores_text(machine));
      planned.oversubscribed = false;
    }
    out.push_back(std::move(planned));
  }
  std::stable_sort(out.begin(), out.end(), [](const Planned& a, const Planned& b) {
    return a.placement.workers() < b.placement.workers();
  });
  return out;
}

}  // namespace scalelaw::harness

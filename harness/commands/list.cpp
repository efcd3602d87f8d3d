#include <fmt/format.h>

#include <memory>

#include "common/json_text.hpp"
#include "harness/commands/commands.hpp"
#include "harness/launch/choose.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/process/find_program.hpp"

namespace scalelaw::harness {
namespace {

std::string type_text(const ParamFacts& param) {
  return param.choices.empty() ? param.type : fmt::format("{}", fmt::join(param.choices, "|"));
}

std::string default_text(const ParamFacts& param) {
  if (!param.fallback.is_string()) return serialize(param.fallback);
  const auto& text = param.fallback.get_ref<const std::string&>();
  return text.empty() ? "none" : text;
}

void print_kernel(const std::string& name, const KernelFacts& kernel) {
  fmt::print("  {}: {}\n", name, kernel.summary);
  if (kernel.modes.size() > 1) {
    fmt::print("    {:<18} {:<14} mode of an experiment\n", "(mode)",
               fmt::format("{}", fmt::join(kernel.modes, "|")));
  }
  for (const ParamFacts& param : kernel.params) {
    if (param.name == "seed") continue;  // the campaign's
    fmt::print("    {:<18} {:<14} {} (default {}){}\n", param.name, type_text(param), param.help,
               default_text(param), param.name == kernel.size_parameter ? ", the size" : "");
  }
}

void print_kernels(const DriverFacts& drivers) {
  std::map<std::string, KernelFacts> all;
  for (const auto& [model, catalog] : drivers.models) {
    all.insert(catalog.kernels.begin(), catalog.kernels.end());
  }
  fmt::print("kernels\n");
  for (const auto& [name, kernel] : all) print_kernel(name, kernel);
}

/// Why a driver that is there cannot be used, and what to do; empty when it can.
std::string unusable_text(const DriverFacts& drivers, const std::string& program) {
  const auto found = drivers.unusable.find(program);
  if (found == drivers.unusable.end()) return {};
  const auto& [why, remedy] = found->second;
  return fmt::format("cannot be used: {}{}", why, remedy.empty() ? "" : "\n    hint: " + remedy);
}

void print_models(const DriverFacts& drivers) {
  fmt::print("models\n");
  for (const Model model : {Model::serial, Model::openmp, Model::mpi, Model::hybrid}) {
    const std::string fault = unusable_text(drivers, fmt::format("scalelaw-{}", to_string(model)));
    fmt::print("  {:<8} {}\n", to_string(model),
               !fault.empty()                   ? fault
               : drivers.models.contains(model) ? "ready"
                                                : "not built");
  }
  const std::string mpirun = find_program("mpirun");
  fmt::print("  mpirun   {}\n", mpirun.empty() ? "not found" : mpirun);
}

void print_peers(const DriverFacts& drivers) {
  fmt::print("peers\n");
  if (drivers.peer_names.empty()) fmt::print("  none\n");
  for (const std::string& name : drivers.peer_names) {
    const auto found = drivers.peers.find(name);
    if (found == drivers.peers.end()) {
      fmt::print("  {} {}\n", name, unusable_text(drivers, "scalelaw-peer-" + name));
      continue;
    }
    std::vector<std::string> kernels;
    for (const auto& [kernel, facts] : found->second.kernels) kernels.push_back(kernel);
    fmt::print("  {} ({}): {}\n", name, to_string(found->second.model), fmt::join(kernels, ", "));
  }
}

int list(const std::string& chosen) {
  const std::filesystem::path folder = find_drivers(chosen);
  const DriverFacts drivers = ask_drivers(folder, drivers_in(folder));
  print_kernels(drivers);
  print_models(drivers);
  print_peers(drivers);
  return exit_well;
}

}  // namespace

Subcommand add_list(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("list", "the kernels, their parameters, the models and the peers");
  const auto folder = std::make_shared<std::string>();
  command->add_option("--drivers", *folder, "folder of the drivers")->type_name("DIR");
  return {command, [folder] { return list(*folder); }};
}

}  // namespace scalelaw::harness

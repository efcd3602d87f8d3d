#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/mpi/family.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/plan/needs.hpp"
#include "harness/plan/runners.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/own_files.hpp"

namespace scalelaw::harness {
namespace {

std::string type_text(const ParamFacts& param) {
  return param.choices.empty() ? std::string(to_string(param.type))
                               : fmt::format("{}", fmt::join(param.choices, "|"));
}

std::string default_text(const ParamFacts& param) {
  if (param.fallback.is_null()) return "the kernel's own";
  const std::string text = json_text(param.fallback);
  return text.empty() ? "none" : text;
}

void print_param(const ParamFacts& param, const std::string& more) {
  fmt::print("    {:<18} {:<14} {} (default {}){}\n", param.name, type_text(param), param.help,
             default_text(param), more);
}

void print_kernel(const std::string& name, const KernelFacts& kernel) {
  fmt::print("  {}: {}\n", name, kernel.summary);
  for (const ParamFacts& param : kernel.params) {
    if (param.name == "seed") continue;  // the campaign's
    print_param(param, param.name == kernel.size_parameter ? ", the size" : "");
  }
}

std::map<std::string, KernelFacts> all_kernels(const DriverFacts& drivers) {
  std::map<std::string, KernelFacts> all;
  for (const Driver& driver : drivers.models) {
    all.insert(driver.kernels.begin(), driver.kernels.end());
  }
  return all;
}

/// The options of a driver's kernel, without those that have been printed.
void print_options(const Driver& driver, const std::string& kernel,
                   std::set<std::string>& printed) {
  if (!driver.has(kernel)) return;
  for (const OptionFacts& option : driver.kernels.at(kernel).options) {
    if (!printed.insert(option.value.name + option.value.help).second) continue;
    print_param(option.value, "");
    const std::string needs = needs_text(option);
    if (!needs.empty()) fmt::print("    {:<18} needs {}\n", "", needs);
  }
}

/// Why a driver that is there cannot be used, and what to do; empty when it can.
std::string unusable_text(const DriverFacts& drivers, const std::string& program) {
  const auto found = drivers.unusable.find(program);
  if (found == drivers.unusable.end()) return {};
  const auto& [why, remedy] = found->second;
  return fmt::format("cannot be used: {}{}", why, remedy.empty() ? "" : "\n    hint: " + remedy);
}

/// "MPI, with ranks".
std::string model_text(const Model& model) {
  std::vector<std::string> has;
  if (model.ranked) has.emplace_back("ranks");
  if (model.threaded) has.emplace_back("threads");
  if (model.device) has.emplace_back("a device");
  return model.title + (has.empty() ? "" : fmt::format(", with {}", fmt::join(has, " and ")));
}

/// What a model or a peer is, with its kernels and their options.  Returns whether there is one of
/// that name.
bool print_driver(const std::string& name, const DriverFacts& drivers) {
  const auto of_name = [&](const Driver& driver) { return driver.model.name == name; };
  const auto model = std::ranges::find_if(drivers.models, of_name);
  const auto peer = drivers.peers.find(name);
  if (model == drivers.models.end() && peer == drivers.peers.end()) {
    const bool is_peer = std::ranges::count(drivers.peer_names, name) > 0;
    const bool is_model = std::ranges::count(drivers.model_names, name) > 0;
    if (!is_peer && !is_model) return false;
    fmt::print("  {} {}\n", name,
               unusable_text(drivers, is_peer ? peer_program(name) : model_program(name)));
    return true;
  }
  const bool is_model = model != drivers.models.end();
  const Driver& driver = is_model ? *model : peer->second;
  fmt::print("  {}, a {}: {}\n", name, is_model ? "model" : "peer", model_text(driver.model));
  for (const auto& [kernel, facts] : driver.kernels) {
    fmt::print("  {}: {}\n", kernel, facts.summary);
    std::set<std::string> printed;
    print_options(driver, kernel, printed);
  }
  return true;
}

/// A kernel with the options of its drivers, each listed once; or a model or a peer.
int print_one(const std::string& name, const DriverFacts& drivers) {
  const std::map<std::string, KernelFacts> all = all_kernels(drivers);
  const auto found = all.find(name);
  if (found == all.end()) {
    if (print_driver(name, drivers)) return exit_well;
    std::vector<std::string> known = names_of(all);
    for (const Driver& driver : drivers.models) known.push_back(driver.model.name);
    known.insert(known.end(), drivers.peer_names.begin(), drivers.peer_names.end());
    throw Error(fmt::format("no kernel, model or peer '{}'", name), did_you_mean(name, known));
  }
  print_kernel(name, found->second);
  std::set<std::string> printed;
  fmt::print("  options of an experiment with this kernel\n");
  for (const Driver& driver : drivers.models) print_options(driver, name, printed);
  fmt::print("  further options of its peers, in peer_options\n");
  for (const auto& [peer, driver] : drivers.peers) print_options(driver, name, printed);
  return exit_well;
}

void print_kernels(const DriverFacts& drivers) {
  fmt::print("kernels (scalelaw list NAME also shows the options of a kernel, model or peer)\n");
  for (const auto& [name, kernel] : all_kernels(drivers)) print_kernel(name, kernel);
}

void print_models(const DriverFacts& drivers) {
  fmt::print("models\n");
  for (const Driver& driver : drivers.models) {
    fmt::print("  {:<8} ready: {}{}\n", driver.model.name, model_text(driver.model),
               driver.mpi.empty() ? "" : fmt::format(", by {}", driver.mpi));
  }
  for (const std::string& name : drivers.model_names) {
    const std::string fault = unusable_text(drivers, model_program(name));
    if (!fault.empty()) fmt::print("  {:<8} {}\n", name, fault);
  }
  const std::string mpirun = find_program("mpirun");
  const std::optional<Mpirun> kind = ask_mpirun("mpirun");
  fmt::print("  mpirun   {}{}\n", mpirun.empty() ? "not found" : mpirun,
             kind ? fmt::format(", of {}", kind->name) : "");
}

void print_peers(const DriverFacts& drivers) {
  fmt::print("peers\n");
  if (drivers.peer_names.empty()) fmt::print("  none\n");
  for (const std::string& name : drivers.peer_names) {
    const auto found = drivers.peers.find(name);
    if (found == drivers.peers.end()) {
      fmt::print("  {} {}\n", name, unusable_text(drivers, peer_program(name)));
      continue;
    }
    std::vector<std::string> kernels;
    for (const auto& [kernel, facts] : found->second.kernels) kernels.push_back(kernel);
    fmt::print("  {} ({}): {}\n", name, found->second.model.name, fmt::join(kernels, ", "));
  }
}

/// Of the lessons, `scalelaw teach` tells more.
void print_configs() {
  const std::filesystem::path folder = own_files().configs;
  fmt::print("configs (scalelaw run NAME; scalelaw teach lists the lessons)\n");
  std::vector<std::string> names;
  for (const OwnConfig& config : configs_in(folder)) {
    if (config.name.starts_with("teach-") || config.name.starts_with("input-")) continue;
    names.push_back(config.name);
  }
  if (names.empty()) {
    fmt::print("  none\n");
    return;
  }
  fmt::print("  {}\n  in {}\n", fmt::join(names, ", "), folder.string());
}

/// The names alone, for a shell that completes them.
int print_names(const DriverFacts& drivers) {
  for (const auto& [name, kernel] : all_kernels(drivers)) fmt::print("{}\n", name);
  return exit_well;
}

struct ListChoice {
  std::string kernel;  ///< empty: all
  std::string drivers;
  bool names = false;
};

int list(const ListChoice& choice) {
  const std::filesystem::path folder = find_drivers(choice.drivers);
  const DriverFacts drivers = ask_drivers(folder, drivers_in(folder));
  if (choice.names) return print_names(drivers);
  if (!choice.kernel.empty()) return print_one(choice.kernel, drivers);
  print_kernels(drivers);
  print_models(drivers);
  print_peers(drivers);
  print_configs();
  fmt::print("drivers\n  in {}\n", folder.string());
  return exit_well;
}

}  // namespace

Subcommand add_list(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "list", "list the kernels with their parameters, the models, the peers and the configs");
  const auto choice = std::make_shared<ListChoice>();
  CLI::Option* kernel = command
                            ->add_option("kernel", choice->kernel,
                                         "show only this kernel, model or peer, with its options")
                            ->type_name("KERNEL");
  command->add_flag("--names", choice->names, "print only the names of the kernels, one a line")
      ->excludes(kernel);
  command
      ->add_option("--drivers", choice->drivers,
                   "folder of the drivers; default: $SCALELAW_DRIVERS, or those of scalelaw")
      ->type_name("DIR");
  return {command, [choice] { return list(*choice); }};
}

}  // namespace scalelaw::harness

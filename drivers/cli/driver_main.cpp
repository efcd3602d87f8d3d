#include "drivers/cli/driver_main.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <thread>

#include "common/build_info.hpp"
#include "common/isa.hpp"
#include "common/json_text.hpp"
#include "common/standard_streams.hpp"
#include "common/usage_fault.hpp"
#include "drivers/cli/command_line.hpp"
#include "drivers/cli/driver_options.hpp"
#include "drivers/cli/kernel_entry.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/record/session.hpp"

namespace scalelaw::driver {
namespace {

constexpr int describe_schema = 2;  // docs/record.md

/// The exit status of ranks other than the root.  They end later, because a launcher that sees one
/// of them end first kills the root before it has reported the error.
int after_the_root(int status) {
  std::this_thread::sleep_for(std::chrono::seconds(1));
  return status;
}

/// A kernel as a subcommand of the command line.
struct Subcommand {
  std::vector<DriverOption> driver_options;
  CLI::App* app = nullptr;
  BoundKernel kernel;
  Options options;
};

/// Also checks OMP_NUM_THREADS, which has no limit of its own.
void check_threads(const ExecutionModel& model, const Options& options) {
  if (!model.is.threaded) {
    if (options.threads <= 1) return;
    throw Error(fmt::format("the {} driver has one thread per process, not {}", model.is.name,
                            options.threads),
                "omit --threads, or use a driver whose model has threads");
  }
  if (options.threads > 0) return;
  if (const std::int64_t threads = model.default_threads(); threads > most_threads) {
    throw Error(
        fmt::format("OMP_NUM_THREADS asks for {} threads; the limit is {}", threads, most_threads),
        "set it to the number of cores, or use --threads");
  }
}

int threads_of(const ExecutionModel& model, const Options& options) {
  if (!model.is.threaded) return 1;
  return options.threads > 0 ? static_cast<int>(options.threads) : model.default_threads();
}

bool has(const ExecutionModel& model, const KernelEntry& kernel) {
  return model.is.ranked || !kernel.needs_ranks;
}

nlohmann::json describe_all(const Identity& identity, const ExecutionModel& model,
                            const std::vector<KernelEntry>& kernels) {
  nlohmann::json all = nlohmann::json::object();
  for (const KernelEntry& kernel : kernels) {
    if (!has(model, kernel)) continue;
    all[kernel.name] = {{"summary", kernel.summary},
                        {"size_parameter", kernel.size_parameter},
                        {"params", kernel.fields()},
                        {"options", describe(kernel.options())}};
  }
  nlohmann::json out{{"schema", describe_schema},
                     {"driver", identity.driver},
                     {"implementation", identity.implementation},
                     {"model", to_json(model.is)},
                     {"kernels", std::move(all)}};
  if (model.mpi_library != nullptr) out["mpi"] = model.mpi_library();
  return out;
}

/// Starting several copies is rarely intended, because each computes the whole problem.
void warn_of_copies(const Identity& identity, const ExecutionModel& model) {
  const std::int64_t ranks = ranks_launched();
  if (model.is.ranked || ranks == 1 || launched_as_other_rank()) return;
  complain(identity.driver,
           fmt::format("warning: started as {} ranks, which compute the same result {} times",
                       ranks, ranks),
           "use a driver whose model has ranks to share the work");
}

int run(const Identity& identity, const ExecutionModel& model, const Subcommand& chosen) {
  warn_of_copies(identity, model);
  const std::unique_ptr<Comm> comm = model.make_comm();
  try {
    std::unique_ptr<Team> team;
    together(*comm, [&] { team = model.make_team(threads_of(model, chosen.options)); });
    return chosen.kernel.run(identity, chosen.options, *team, *comm);
  } catch (const SharedError& error) {  // the same on every rank, so all end in order
    if (comm->is_root()) complain(identity.driver, error.what(), error.hint());
    return error.while_running() ? status_failure : status_usage;
  } catch (const Error& error) {
    complain(identity.driver, error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    complain(identity.driver, out_of_memory().what(), out_of_memory().hint());
  } catch (const std::exception& error) {
    complain(identity.driver, error.what());
  }
  comm->abort(status_failure);  // the others may be in a collective call
  return status_failure;
}

/// One subcommand for each kernel that this model can run.  Only those on the command line get
/// their options, because adding all of them takes as long as a short run.
std::vector<std::unique_ptr<Subcommand>> add_subcommands(CLI::App& app, const ExecutionModel& model,
                                                         const std::vector<KernelEntry>& kernels,
                                                         std::span<char* const> arguments) {
  std::vector<std::unique_ptr<Subcommand>> all;
  for (const KernelEntry& entry : kernels) {
    if (!has(model, entry)) continue;
    CLI::App* const of_kernel = app.add_subcommand(entry.name, entry.summary);
    if (std::ranges::find(arguments, entry.name) == arguments.end()) continue;
    auto subcommand = std::make_unique<Subcommand>();
    subcommand->driver_options = entry.options();
    subcommand->app = of_kernel;
    subcommand->options.schedule = entry.schedule;
    subcommand->kernel = entry.bind(*of_kernel);
    add_contract_options(*of_kernel, subcommand->options);
    for (const DriverOption& option : subcommand->driver_options) {
      option.add(*of_kernel, subcommand->options);
    }
    of_kernel->get_formatter()->column_width(34);
    all.push_back(std::move(subcommand));
  }
  return all;
}

std::string about(const Identity& identity) {
  std::string text = fmt::format(
      "Runs one kernel under the execution model '{}' and times it.\n\n"
      "  {} dot_product --length 1e8 --samples 10\n",
      identity.model.name, identity.driver);
  if (identity.model.ranked)
    text += fmt::format("  mpirun -np 4 {} dot_product --length 1e8\n", identity.driver);
  return text +
         "\nSizes can be written as 1000, 10_000, 1e9 or 4Gi. KERNEL --help lists a kernel's "
         "options.\n"
         "Exit status: 0 verified, 1 usage or input error, 2 wrong result, 3 failure.";
}

int usage(const CLI::App& app, const CLI::ParseError& error, const std::string& program) {
  if (error.get_exit_code() == 0) return launched_as_other_rank() ? 0 : app.exit(error);
  if (launched_as_other_rank()) return after_the_root(status_usage);
  const Error fault = usage_fault(app, error, "kernel");
  complain(program, fault.what(), fault.hint());
  return status_usage;
}

/// Reports everything that is wrong with files, without computing.  One rank does it for all.
int check_files(const Identity& identity, const Subcommand& chosen) {
  if (launched_as_other_rank() || !chosen.kernel.file_faults) return status_ok;
  const std::vector<Error> faults = chosen.kernel.file_faults(chosen.options);
  for (const Error& fault : faults) complain(identity.driver, fault.what(), fault.hint());
  return faults.empty() ? status_ok : status_usage;
}

int after_parsing(const Identity& identity, const ExecutionModel& model, const Subcommand& chosen) {
  try {
    if (chosen.options.isa != IsaChoice::automatic) {
      select_isa(enum_from<Isa>(to_string(chosen.options.isa)));
    }
    check_threads(model, chosen.options);
    check_needs(chosen.driver_options, *chosen.app, chosen.options, model.is,
                chosen.kernel.params());
    if (chosen.kernel.check) chosen.kernel.check();
    if (chosen.options.describe) {
      print_output(serialize(chosen.kernel.describe(chosen.options)) + "\n");
      return status_ok;
    }
    if (chosen.options.check) return check_files(identity, chosen);
  } catch (const Error& error) {
    if (launched_as_other_rank()) return after_the_root(status_usage);
    complain(identity.driver, error.what(), error.hint());
    return status_usage;
  }
  return run(identity, model, chosen);
}

int run_driver(int argc, char** argv, const Identity& identity, const ExecutionModel& model,
               const std::vector<KernelEntry>& kernels) {
  CLI::App app(about(identity), identity.driver);
  app.set_version_flag("--version",
                       fmt::format("{} {} ({})", identity.driver, build::version, build::revision));
  bool describe = false;
  app.add_flag("--describe", describe, "list kernels and their parameters as JSON");
  const auto subcommands =
      add_subcommands(app, model, kernels, {argv, static_cast<std::size_t>(argc)});
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage(app, error, identity.driver);
  }
  for (const auto& subcommand : subcommands) {
    if (subcommand->app->parsed()) return after_parsing(identity, model, *subcommand);
  }
  if (describe) {
    print_output(serialize(describe_all(identity, model, kernels)) + "\n");
    return status_ok;
  }
  if (launched_as_other_rank()) return after_the_root(status_usage);
  complain(identity.driver, "which kernel?", "see " + identity.driver + " --help");
  return status_usage;
}

}  // namespace

int driver_main(int argc, char** argv, const std::string& implementation,
                const ExecutionModel& model, std::vector<KernelEntry> (*kernels)()) {
  open_standard_streams();
  const Identity identity{std::filesystem::path(argv[0]).filename().string(), implementation,
                          model.is};
  int status = status_failure;
  try {
    status = run_driver(argc, argv, identity, model, kernels());
  } catch (const std::bad_alloc&) {
    complain(identity.driver, out_of_memory().what(), out_of_memory().hint());
  } catch (const std::exception& error) {
    complain(identity.driver, error.what());
  }
  return finish_stdout(identity.driver, status, status_failure);
}

}  // namespace scalelaw::driver

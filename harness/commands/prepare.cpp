#include "harness/commands/prepare.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "common/error.hpp"
#include "common/looked_in.hpp"
#include "common/standard_streams.hpp"
#include "harness/batch/batch.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/commands/auto_size.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/filters.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/commands/measured_messages.hpp"
#include "harness/commands/progress_line.hpp"
#include "harness/commands/simulation.hpp"
#include "harness/config/parse.hpp"
#include "harness/config/value.hpp"
#include "harness/launch/host_check.hpp"
#include "harness/launch/job.hpp"
#include "harness/launch/mpirun.hpp"
#include "harness/laws/series.hpp"
#include "harness/measure/allocation.hpp"
#include "harness/measure/time_estimate.hpp"
#include "harness/plan/ceilings.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/file_check.hpp"
#include "harness/plan/plan.hpp"
#include "harness/plan/preview.hpp"
#include "harness/plan/share_launches.hpp"
#include "harness/process/find_program.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

/// Skips what the launcher cannot start.
void skip_unstartable(Prepared& prepared) {
  for (Point& point : prepared.points) {
    if (point.state != State::pending) continue;
    try {
      (void)prepared.launcher->command(prepared.first_job(point, "record"));
    } catch (const Error& error) {
      point.state = State::skipped;
      point.reason = fmt::format("{}: {}", error.what(), error.hint());
    }
  }
}

/// Whether mpirun may have to start something.
bool needs_mpirun(const Prepared& prepared) {
  return !prepared.hosts.empty() || std::ranges::any_of(prepared.points, [](const Point& point) {
    return point.state == State::pending && point.model.ranked;
  });
}

/// Notes an mpirun that is needed and does not say of which MPI it is.
/// Errors: throws Error when a point needs mpirun and it cannot be found, or is not of its MPI.
void require_mpirun(Prepared& prepared) {
  const MpirunOptions& options = prepared.campaign.mpirun;
  const std::string& program = options.program;
  const bool there = !find_program(program).empty();
  for (const Point& point : prepared.points) {
    if (point.state != State::pending) continue;
    const Command command = prepared.launcher->command(prepared.first_job(point, "record"));
    if (command.argv.front() != program) continue;
    const bool own = prepared.campaign.find_driver(point.implementation) != nullptr;
    if (there) {
      refuse_foreign(prepared.mpirun, options, own ? point.implementation : driver_program(point));
      prepared.mpirun_doubt = doubt_about(prepared.mpirun, program);
      continue;
    }
    const bool in_path = program.find('/') == std::string::npos;
    throw Error(
        fmt::format("'{}' is not {}{}, and '{}' needs it", program, in_path ? "in PATH" : "there",
                    in_path ? "" : looked_in(program), point.experiment),
        "install it (Debian: apt-get install openmpi-bin), load its module, or measure "
        "only models without ranks (scalelaw list)");
  }
}

std::vector<std::string> launcher_names() {
  std::vector<std::string> names;
  for (const LauncherType& type : launcher_types()) names.push_back(type.name);
  return names;
}

std::string launchers_text() {
  std::vector<std::string> words;
  for (const LauncherType& type : launcher_types()) {
    words.push_back(fmt::format("{} ({})", type.name, type.help));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

void add_config_options(CLI::App& app, CampaignChoice& choice) {
  app.add_option(
         "config", choice.config,
         "the campaign: a TOML file (docs/config.md), or the name of a config that scalelaw "
         "list shows")
      ->required()
      ->transform([](const std::string& given) { return find_config(given); }, "")
      ->type_name("CONFIG");
  app.add_option("--filter", choice.filters,
                 "measure only points with KEY=VALUE, e.g. kernel=dot_product; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--yes", choice.yes, "run the config's own programs ([[driver]]) without asking");
  app.add_option("--drivers", choice.drivers,
                 "folder of the drivers; default: $SCALELAW_DRIVERS, or those of scalelaw")
      ->type_name("DIR");
}

void add_campaign_options(CLI::App& app, CampaignChoice& choice) {
  add_config_options(app, choice);
  app.add_option("--launcher", choice.launcher, "how drivers are started: " + launchers_text())
      ->type_name(braces(launcher_names()))
      ->capture_default_str();
  app.add_option("--from", choice.from,
                 "the measured campaign that is simulated, instead of [simulate] from")
      ->type_name("FILE.h5");
}

std::vector<std::string> words_of(const CampaignChoice& choice) {
  const CampaignChoice defaults;
  std::vector<std::string> words{choice.config};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  if (choice.launcher != defaults.launcher) add("--launcher", choice.launcher);
  for (const std::string& filter : choice.filters) add("--filter", filter);
  // The variable need not be set where the words are typed.
  const char* variable = std::getenv("SCALELAW_DRIVERS");
  add("--drivers", choice.drivers.empty() && variable != nullptr ? variable : choice.drivers);
  add("--plan", choice.plan);
  add("--hostfile", choice.hostfile);
  add("--from", choice.from);
  if (choice.yes) words.emplace_back("--yes");
  if (choice.preview) words.emplace_back("--preview");
  return words;
}

std::vector<std::string> run_words(const CampaignChoice& choice, const std::string& output) {
  std::vector<std::string> words{"run"};
  const std::vector<std::string> chosen = words_of(choice);
  words.insert(words.end(), chosen.begin(), chosen.end());
  words.insert(words.end(), {"--output", output});
  return words;
}

std::string typed_command(const std::vector<std::string>& words) {
  Command command{{program_invocation_name}, {}, {}};  // it need not be on the PATH
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return to_string(command);
}

Job Prepared::job(const Point& point, std::int64_t samples, const std::string& record) const {
  Measuring measuring = campaign.measuring;
  measuring.samples = samples;
  const ConfigDriver* own = campaign.find_driver(point.implementation);
  Job job = own == nullptr
                ? make_job(point, measuring, campaign.seed, drivers, record)
                : make_job(point, measuring, campaign.seed, driver_start(*own, drivers), record);
  job.bound = traits.binds;
  // Only pretended times depend on how much work is named here.
  if (!traits.real_time) job.work = relative_work(points, point);
  return job;
}

Job Prepared::first_job(const Point& point, const std::string& record) const {
  const LaunchCost planned = planned_cost(point, campaign.measuring, traits.real_time);
  const bool chosen = traits.real_time && !decides_samples(point);
  return job(point,
             chosen ? first_samples(planned, campaign.measuring) : campaign.measuring.samples,
             record);
}

namespace {

/// Runs `step` and adds the Error that it throws to the others.
template <class F>
void attempt(std::vector<Error>& faults, F&& step) {
  try {
    step();
  } catch (const Error& fault) {
    faults.push_back(fault);
  }
}

/// How deeply a config is checked for faults.
enum class Depth {
  plan,  ///< only what planning needs anyway
  files  ///< also what is in its inputs, and whether outputs can be written
};

/// Leaves only the points of a preview, with its budget: as many launches as fit, at most as many
/// as an interval needs, and then more where they serve best.
void keep_preview(Prepared& out) {
  constexpr double seconds = 20;
  constexpr double launches_of_interval = 6;
  if (!out.faults.empty()) return;
  out.points = preview_of(out.points);
  if (out.points.empty()) {
    throw Error("the config has no point that a preview could measure", "omit --preview");
  }
  Measuring& measuring = out.campaign.measuring;
  measuring.ceilings = false;
  double round_s = 0;
  for (const Point& point : out.points) {
    round_s += planned_launch_s(point, measuring, out.traits.real_time);
  }
  const double launches = std::clamp(std::floor(seconds / round_s), 1.0, launches_of_interval);
  measuring.launches_min = std::min(measuring.launches_min, static_cast<std::int64_t>(launches));
  measuring.campaign_budget_s = std::min(measuring.campaign_budget_s, seconds);
  out.campaign.name += " preview";
  out.preview = true;
}

/// Whose times the points will have.
void set_clocks(Prepared& out) {
  for (Point& point : out.points) point.clock = clock_of(out.traits);
}

/// Plans the points of the config for out.machine.
void make_points(Prepared& out, const CampaignChoice& choice, Depth depth) {
  DriverFacts facts = ask_drivers(out.drivers, drivers_of(out.campaign));
  ask_config_drivers(out.drivers, out.campaign, facts);
  require_a_model(out.drivers, out.campaign, facts);
  const bool may_measure = choice.runs == Runs::all && depth == Depth::plan;
  if (choice.memory) out.machine.memory_bytes = choice.memory->available_bytes;
  facts.memory_size = [&, find = memory_size_for(out, facts, may_measure)] {
    if (!out.memory) {
      out.memory = choice.memory ? *choice.memory : PlannedMemory{find(), out.machine.memory_bytes};
    }
    return out.memory->size;
  };
  Plan plan = find_plan(out.campaign, out.machine, facts);
  const auto add = [&](const std::vector<Error>& more) {
    out.faults.insert(out.faults.end(), more.begin(), more.end());
  };
  add(plan.faults);
  for (const Refusal& refusal : plan.refusals) {
    add(depth == Depth::plan ? std::vector<Error>{refusal.fault}
                             : find_file_faults(refusal, out.campaign.seed));
  }
  out.points = std::move(plan.points);
  if (out.faults.empty()) {
    keep_filtered(out.points, choice.filters);
  } else {
    std::erase_if(out.points, [&](const Point& point) { return !passes(point, choice.filters); });
  }
  if (depth == Depth::files) {
    add(find_file_faults(out.points, facts, out.campaign.seed));
  }
  if (choice.preview) keep_preview(out);
  out.mpirun.libraries = mpi_libraries(facts);
  set_clocks(out);
  // After the filter: only the points that are left need ceilings.
  if (out.campaign.measuring.ceilings) add_ceilings(out.points, facts, out.campaign.seed);
}

/// The share of a campaign's points that a job measures: of its budget, the job has as much.
double share_of_job(const std::vector<Point>& job, const std::vector<Point>& plan) {
  const auto pending = [](const std::vector<Point>& points) {
    return static_cast<double>(std::count_if(points.begin(), points.end(), [](const Point& point) {
      return point.state == State::pending;
    }));
  };
  return std::min(1.0, pending(job) / std::max(1.0, pending(plan)));
}

/// Takes the points of an existing plan, so that all jobs of a campaign measure the same sizes, and
/// what a job has of the campaign's launches and budgets.
void use_plan(Prepared& out, const CampaignChoice& choice) {
  const Batch batch = read_batch(std::filesystem::path(choice.plan).parent_path());
  const Results& plan = batch.plan;
  if (plan.config_text != out.campaign.text) {
    throw Error(fmt::format("'{}' is not the plan of '{}'", choice.plan, choice.config),
                "run the config that was submitted with it");
  }
  out.points = plan.points;
  keep_filtered(out.points, choice.filters);
  out.campaign.measuring =
      measuring_of_job(out.campaign.measuring, options_of(out.campaign, batch));
  out.campaign.measuring.campaign_budget_s *= share_of_job(out.points, plan.points);
}

/// The machine that the plan is for.
Machine machine_of(const Prepared& prepared, bool skip_large) {
  Machine out = find_machine();
  out.nodes = std::max<std::int64_t>(1, static_cast<std::int64_t>(prepared.hosts.size()));
  if (prepared.traits.simulates) return simulated_machine(prepared.campaign, out);
  if (!prepared.traits.real_time && prepared.hosts.empty())
    out.nodes = prepared.campaign.fake.nodes;
  // Invalid host names are one fault; having too few hosts is not reported as another.
  if (!prepared.faults.empty() || skip_large) {
    out.nodes = std::max(out.nodes, most_nodes(prepared.campaign));
  }
  if (prepared.allocation) {
    const SlurmNode& node = prepared.allocation->node;
    out = with_nodes(out, static_cast<std::int64_t>(prepared.allocation->nodes.size()), node.cores,
                     node.memory_bytes);
  }
  return with_options(out, prepared.campaign.machine);
}

/// Changes the campaign as the command line says.
void change(Campaign& campaign, const CampaignChoice& choice) {
  if (!choice.hostfile.empty()) {
    campaign.mpirun.hosts.clear();
    campaign.mpirun.hostfile = choice.hostfile;
  }
  if (!choice.from.empty()) campaign.simulate.from = choice.from;
  if (choice.cores > 0) campaign.machine.cores = choice.cores;
  if (choice.nodes > 0) campaign.fake.nodes = choice.nodes;
  if (choice.brief) make_brief(campaign);
}

void require_use_of_from(const CampaignChoice& choice, const LauncherTraits& traits) {
  if (choice.from.empty() || traits.simulates) return;
  throw Error("--from has no effect where nothing is simulated", "add --launcher simulate");
}

/// Errors: throws Error for an unknown launcher and for what is wrong with the config's text; other
/// faults are in the result.
Prepared prepare_at(const CampaignChoice& choice, std::optional<Allocation> allocation,
                    Depth depth) {
  Prepared out;
  const LauncherType& launcher = find_launcher(choice.launcher);
  out.launcher_name = launcher.name;
  out.traits = launcher.traits;
  require_use_of_from(choice, out.traits);
  out.campaign = choice.loaded ? *choice.loaded : load_campaign(choice.config);
  change(out.campaign, choice);
  require_trust(out.campaign, choice.runs, choice.yes);
  out.allocation = std::move(allocation);
  if (out.traits.simulates) {
    prepare_simulation(out.campaign);
    attempt(out.faults, [&] {
      out.measured = read_measured(out.campaign);
      SimulateOptions& options = out.campaign.simulate;
      if (out.measured) {
        out.messages_doubt = take_node_messages(*out.measured, options.from, options);
      }
    });
  }
  if (out.traits.on_hosts && out.allocation) {
    out.hosts = out.allocation->nodes;
  } else if (!out.traits.in_allocation && !out.traits.simulates) {
    attempt(out.faults, [&] { out.hosts = host_names(out.campaign.mpirun); });
  }
  out.machine = machine_of(out, choice.skip_large);
  attempt(out.faults, [&] {
    out.drivers = find_drivers(choice.drivers);
    if (choice.plan.empty()) {
      make_points(out, choice, depth);
    } else {
      use_plan(out, choice);
    }
  });
  set_clocks(out);
  if (out.traits.simulates) set_apart(out.points);
  if (out.traits.on_hosts && needs_mpirun(out)) {
    out.mpirun.found = ask_mpirun(out.campaign.mpirun.program);
  }
  out.launcher = launcher.make({.campaign = out.campaign,
                                .hosts = out.hosts,
                                .first_core = out.machine.first_core,
                                .mpirun = out.mpirun.family(),
                                .allocation = out.allocation,
                                .cores = out.machine.cores,
                                .nodes = out.machine.nodes,
                                .memory_bytes = find_machine().memory_bytes,
                                .measured = out.measured});
  skip_unstartable(out);
  share_launches(out.points);
  // Where jobs are only planned, their own nodes need it.
  if (!out.allocation) attempt(out.faults, [&] { require_mpirun(out); });
  return out;
}

std::optional<Allocation> allocation_for(const CampaignChoice& choice) {
  const LauncherType& launcher = find_launcher(choice.launcher);
  if (launcher.allocation == nullptr) return {};
  return launcher.allocation();
}

/// The hosts that mpirun is to start something on.
std::vector<std::string> hosts_to_call(const Prepared& prepared) {
  const bool here =
      !prepared.traits.on_hosts || find_program(prepared.campaign.mpirun.program).empty();
  return here ? std::vector<std::string>{} : prepared.hosts;
}

}  // namespace

void make_brief(Campaign& campaign) {
  constexpr std::int64_t smaller = 1000;
  Measuring& measuring = campaign.measuring;
  measuring.warmups = measuring.diagnostics = 0;
  measuring.samples = measuring.launches_min = measuring.launches_max = 1;
  measuring.choose_samples = measuring.ceilings = false;
  for (Experiment& experiment : campaign.experiments) {
    std::vector<nlohmann::json>& sizes = experiment.size.values;
    if (!sizes.empty()) sizes.resize(1);
    for (nlohmann::json& size : sizes) {
      if (size.is_number()) size = std::max<std::int64_t>(1, size.get<std::int64_t>() / smaller);
    }
    for (Setting& param : experiment.params) {
      if (param.values.front().is_number()) param.values.resize(1);
    }
  }
}

Prepared prepare(const CampaignChoice& choice) {
  Prepared out = prepare_at(choice, allocation_for(choice), Depth::plan);
  throw_faults(out.faults);
  return out;
}

Prepared find_faults(const CampaignChoice& choice) {
  Prepared out = prepare_at(choice, allocation_for(choice), Depth::files);
  const std::vector<Error> silent = find_silent_hosts(out.campaign.mpirun, hosts_to_call(out),
                                                      out.mpirun.family(), geteuid() == 0);
  out.faults.insert(out.faults.end(), silent.begin(), silent.end());
  return out;
}

void print_doubt(const Prepared& prepared) {
  for (const std::string& doubt : {prepared.mpirun_doubt, prepared.messages_doubt}) {
    if (!doubt.empty()) complain("scalelaw", doubt);
  }
}

void print_budget_doubt(const Prepared& prepared) {
  if (prepared.preview) return;  // its budget is not the config's
  const Measuring& measuring = prepared.campaign.measuring;
  const TimeRange time = planned_time(prepared.points, measuring, prepared.traits.real_time);
  const std::string doubt = budget_doubt(time, measuring);
  if (!doubt.empty()) complain("scalelaw", doubt, budget_remedy);
}

Prepared prepare_for_jobs(CampaignChoice choice, const Scheduler& scheduler) {
  choice.launcher = scheduler.launcher;
  choice.skip_large = scheduler.here;
  const Campaign campaign = load_campaign(choice.config);
  for (const Experiment& experiment : campaign.experiments) {
    if (experiment.nodes.automatic && !scheduler.here) {
      throw Error(fmt::format("{}:{}: nodes = \"auto\" means all nodes of an allocation, but a job "
                              "must request a number of nodes",
                              campaign.file, experiment.nodes.line),
                  "list them: nodes = [1, 2, 4]");
    }
  }
  Prepared out = prepare_at(
      choice, scheduler.nodes(options_of(campaign, scheduler), most_nodes(campaign)), Depth::plan);
  throw_faults(out.faults);
  return out;
}

}  // namespace scalelaw::harness

#include "harness/commands/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <map>

#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/batch/batch.hpp"
#include "harness/config/parse.hpp"
#include "harness/config/value.hpp"
#include "harness/launch/drivers.hpp"
#include "harness/launch/mpirun.hpp"
#include "harness/laws/series.hpp"
#include "harness/measure/ceilings.hpp"
#include "harness/plan/plan.hpp"

namespace scalelaw {
namespace {

using Reader = std::function<std::string(const Point&)>;

const std::map<std::string, Reader>& filter_keys() {
  static const std::map<std::string, Reader> keys{
      {"kernel", [](const Point& point) { return point.kernel; }},
      {"model", [](const Point& point) { return std::string(to_string(point.model)); }},
      {"scaling", [](const Point& point) { return std::string(to_string(point.scaling)); }},
      {"experiment", [](const Point& point) { return point.experiment; }},
      {"implementation", [](const Point& point) { return point.implementation; }},
      {"nodes", [](const Point& point) { return std::to_string(point.placement.nodes); }},
      {"ranks", [](const Point& point) { return std::to_string(point.placement.ranks_per_node); }},
      {"threads", [](const Point& point) { return std::to_string(point.placement.threads); }},
      {"workers", [](const Point& point) { return std::to_string(point.placement.workers()); }}};
  return keys;
}

bool passes_one(const Point& point, const std::string& filter) {
  const std::size_t equals = filter.find('=');
  const std::string key = filter.substr(0, equals);
  const auto reader = filter_keys().find(key);
  if (equals == std::string::npos || reader == filter_keys().end()) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : filter_keys()) names.push_back(name);
    const std::string meant = nearest(key, names);
    throw Error(fmt::format("'{}' is not a filter", filter),
                meant.empty() || equals == std::string::npos
                    ? fmt::format("write KEY=VALUE, e.g. kernel=dot_product; keys: {}",
                                  fmt::join(names, ", "))
                    : fmt::format("did you mean '{}'?", meant));
  }
  return reader->second(point) == filter.substr(equals + 1);
}

void keep_filtered(std::vector<Point>& points, const std::vector<std::string>& filters) {
  std::erase_if(points, [&](const Point& point) { return !passes(point, filters); });
  if (points.empty()) {
    throw Error(filters.empty()
                    ? std::string("the config asks for no point")
                    : fmt::format("no point passes --filter {}", fmt::join(filters, " --filter ")),
                "scalelaw check CONFIG lists the points");
  }
}

/// Skips what the launcher cannot start.
void skip_unstartable(Prepared& prepared) {
  for (Point& point : prepared.points) {
    if (point.state != State::pending) continue;
    try {
      (void)prepared.launcher->command(prepared.job(point, "record"));
    } catch (const Error& error) {
      point.state = State::skipped;
      point.reason = fmt::format("{}: {}", error.what(), error.hint());
    }
  }
}

Allocation require_allocation() {
  std::optional<Allocation> found = find_allocation();
  if (found) return *std::move(found);
  throw Error("srun needs a SLURM allocation, and there is none around this shell",
              "get one: salloc --nodes=4 --exclusive, or submit jobs: scalelaw submit CONFIG");
}

void require_mpirun(const Prepared& prepared) {
  const std::string& program = prepared.campaign.mpirun.program;
  if (prepared.launcher_kind != LauncherKind::mpirun || !find_program(program).empty()) return;
  for (const Point& point : prepared.points) {
    const bool needed = is_ranked(point.model);
    if (point.state == State::pending && needed) {
      throw Error(fmt::format("'{}' is not there, and '{}' needs it", program, point.experiment),
                  "install it (Debian: apt-get install openmpi-bin), load its module, or measure "
                  "the models serial and openmp alone");
    }
  }
}

}  // namespace

void add_config_options(CLI::App& app, CampaignChoice& choice) {
  app.add_option("config", choice.config, "the campaign, a TOML file (docs/config.md)")
      ->required()
      ->type_name("CONFIG");
  app.add_option("--filter", choice.filters,
                 "only the points with KEY=VALUE, e.g. kernel=dot_product; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--drivers", choice.drivers,
                 "folder of the drivers; default: $SCALELAW_DRIVERS, or where scalelaw is")
      ->type_name("DIR");
}

void add_campaign_options(CLI::App& app, CampaignChoice& choice) {
  add_config_options(app, choice);
  app.add_option("--launcher", choice.launcher,
                 "who starts the drivers: mpirun (models of one process directly), direct (one "
                 "rank at most), srun (steps in the SLURM allocation around this shell), fake "
                 "(invents times, to try the tool; results are marked as pretended)")
      ->capture_default_str();
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
  return words;
}

std::string typed_command(const std::vector<std::string>& words) {
  Command command{{program_invocation_name}, {}, {}};  // it need not be on the PATH
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return to_string(command);
}

Job Prepared::job(const Point& point, const std::string& report) const {
  Job job = make_job(point, campaign.measuring, campaign.seed, drivers, report);
  // Only an invented time has to be told how much there is to do.
  if (launcher_kind == LauncherKind::fake) job.work = relative_work(points, point);
  return job;
}

bool passes(const Point& point, const std::vector<std::string>& filters) {
  return std::all_of(filters.begin(), filters.end(),
                     [&](const std::string& filter) { return passes_one(point, filter); });
}

namespace {

/// The points of the config, planned for out.machine.
std::vector<Point> make_points(const Prepared& out, const CampaignChoice& choice) {
  const DriverFacts facts = ask_drivers(out.drivers, drivers_of(out.campaign));
  require_a_model(out.drivers, facts);
  std::vector<Point> points = make_plan(out.campaign, out.machine, facts);
  keep_filtered(points, choice.filters);
  // After the filter: what is left is held against its ceilings, too.
  if (out.campaign.measuring.ceilings) add_ceilings(points, facts, out.campaign.seed);
  return points;
}

/// The points of a plan that was made before, so that all jobs of a campaign measure the same
/// sizes.
std::vector<Point> planned_points(const Prepared& out, const CampaignChoice& choice) {
  const Results plan = read_batch(std::filesystem::path(choice.plan).parent_path()).plan;
  if (plan.config_text != out.campaign.text) {
    throw Error(fmt::format("'{}' is not the plan of '{}'", choice.plan, choice.config),
                "run the config that was submitted with it");
  }
  std::vector<Point> points = plan.points;
  keep_filtered(points, choice.filters);
  return points;
}

Prepared prepare_at(const CampaignChoice& choice, std::optional<Allocation> allocation) {
  Prepared out;
  out.launcher_kind = enum_from<LauncherKind>(choice.launcher, "launcher");
  out.campaign = load_campaign(choice.config);
  out.drivers = find_drivers(choice.drivers);
  std::vector<std::string> hosts;  // srun has an allocation's
  if (out.launcher_kind != LauncherKind::srun) hosts = host_names(out.campaign.mpirun);
  out.machine = find_machine();
  out.machine.nodes = std::max<std::int64_t>(1, static_cast<std::int64_t>(hosts.size()));
  out.allocation = std::move(allocation);
  if (out.allocation) {
    const SlurmNode& node = out.allocation->node;
    out.machine = with_nodes(out.machine, static_cast<std::int64_t>(out.allocation->nodes.size()),
                             node.cores, node.memory_bytes);
  }
  out.machine = with_options(out.machine, out.campaign.machine);
  out.points = choice.plan.empty() ? make_points(out, choice) : planned_points(out, choice);
  for (Point& point : out.points) point.clock = clock_of(out.launcher_kind);
  out.launcher =
      make_launcher(out.launcher_kind, out.campaign, hosts, out.machine.first_core, out.allocation);
  skip_unstartable(out);
  require_mpirun(out);
  return out;
}

}  // namespace

Prepared prepare(const CampaignChoice& choice) {
  std::optional<Allocation> allocation;
  if (choice.launcher == to_string(LauncherKind::srun)) allocation = require_allocation();
  return prepare_at(choice, std::move(allocation));
}

Prepared prepare_for_jobs(CampaignChoice choice) {
  choice.launcher = to_string(LauncherKind::srun);
  const Campaign campaign = load_campaign(choice.config);
  std::int64_t most = 1;
  for (const Experiment& experiment : campaign.experiments) {
    if (experiment.nodes.automatic) {
      throw Error(fmt::format("{}:{}: nodes = \"auto\" means all nodes of an allocation, and a job "
                              "must say how many it wants",
                              campaign.file, experiment.nodes.line),
                  "list them: nodes = [1, 2, 4]");
    }
    for (const std::int64_t nodes : experiment.nodes.values) most = std::max(most, nodes);
  }
  return prepare_at(choice, expected_allocation(campaign.slurm, most));
}

}  // namespace scalelaw

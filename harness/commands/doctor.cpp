#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "common/observation/observer.hpp"
#include "common/own_processors.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/machine_checks.hpp"
#include "harness/commands/mpirun_choice.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/job.hpp"
#include "harness/laws/noise.hpp"
#include "harness/machine/environment.hpp"
#include "harness/machine/machine.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/scratch_folder.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t test_operations = 20'000'000;  // tens of milliseconds
constexpr int test_launches = 6;                      // on each side of the A/A comparison

constexpr const char* test_kernel = "calibration";

/// Starts short runs of the calibration kernel.
class Trial {
 public:
  Trial(fs::path drivers, const Machine& machine, MpiFamily mpirun)
      : drivers_(std::move(drivers)),
        launcher_(launcher_types().front().make({.campaign = Campaign{},
                                                 .hosts = {},
                                                 .first_core = machine.first_core,
                                                 .mpirun = mpirun,
                                                 .allocation = {}})) {
    measuring_.samples = 5;
    measuring_.diagnostics = 0;
    measuring_.timeout_s = 60;
  }

  static Point point(const Model& model, const Placement& placement) {
    Point point;
    point.kernel = test_kernel;
    point.params = {{"operations", test_operations}};
    point.options = nlohmann::json::object();
    point.model = model;
    point.placement = placement;
    return point;
  }

  std::pair<Outcome, Record> run(const Point& point) {
    const std::string record = folder_.file(fmt::format("{}.jsonl", number_++));
    const Outcome outcome = launcher_->run(make_job(point, measuring_, 1, drivers_, record));
    return {outcome, read_record(record)};
  }

 private:
  fs::path drivers_;
  Measuring measuring_;
  std::unique_ptr<Launcher> launcher_;
  ScratchFolder folder_;
  int number_ = 0;
};

/// All cores, by threads where the model has them, else by ranks; one worker when it has neither.
Placement all_cores(const Model& model, std::int64_t cores) {
  if (model.threaded) return {1, 1, cores};
  return {1, model.ranked ? cores : 1, 1};
}

std::string trial_text(const Model& model, const Placement& placement) {
  std::string out = model.title;
  if (model.ranked) {
    out += fmt::format(", {} rank{}", placement.ranks(), placement.ranks() == 1 ? "" : "s");
  }
  if (model.threaded) {
    out += fmt::format("{}{} thread{}", model.ranked ? " of " : ", ", placement.threads,
                       placement.threads == 1 ? "" : "s");
  }
  return out;
}

/// The mpirun of the PATH, and the libraries of the drivers.
MpirunChoice mpirun_here(const DriverFacts& drivers) {
  return {.found = ask_mpirun(MpirunOptions{}.program), .libraries = mpi_libraries(drivers)};
}

/// An mpirun that does not say of which MPI it is cannot be refused.
void check_mpirun(const MpirunChoice& mpirun, std::vector<MachineCheck>& out) {
  const std::string program = MpirunOptions{}.program;
  const std::string doubt = find_program(program).empty() ? "" : doubt_about(mpirun, program);
  if (doubt.empty()) return;
  out.push_back({Health::note, "mpirun", doubt,
                 "if it is not (scalelaw list says which theirs is), name another in [mpirun] "
                 "program"});
}

/// What is wrong with starting several ranks of a driver by an mpirun of another MPI.
std::optional<MachineCheck> judge_mpirun(const MpirunChoice& mpirun, const Driver& driver,
                                         const std::string& what, const Placement& placement) {
  if (placement.ranks() == 1) return std::nullopt;
  try {
    refuse_foreign(mpirun, {}, driver.program.filename());
    return std::nullopt;
  } catch (const Error& foreign) {
    return MachineCheck{Health::bad, what, foreign.what(), foreign.hint()};
  }
}

void check_starts(Trial& trial, const DriverFacts& drivers, const MpirunChoice& mpirun,
                  std::int64_t cores, std::vector<MachineCheck>& out) {
  nlohmann::json header;
  for (const Driver& driver : drivers.models) {
    const Placement placement = all_cores(driver.model, cores);
    const std::string what = trial_text(driver.model, placement);
    if (!driver.has(test_kernel)) {
      out.push_back({Health::note, what,
                     fmt::format("it does not have the kernel '{}'", test_kernel),
                     "try it in a campaign"});
      continue;
    }
    if (auto foreign = judge_mpirun(mpirun, driver, what, placement)) {
      out.push_back(*std::move(foreign));
      continue;
    }
    const Point point = Trial::point(driver.model, placement);
    const auto [outcome, record] = trial.run(point);
    out.push_back(judge_start(what, point, outcome, record.header));
    if (record.header.is_object()) header = record.header;
  }
  for (const std::string& name : drivers.model_names) {
    const auto found = drivers.unusable.find(model_program(name));
    if (found == drivers.unusable.end()) continue;
    out.push_back({Health::bad, name, found->second.why, found->second.remedy});
  }
  out.push_back(judge_timer(header));
}

/// Peers: needed only by configs that name them.
void check_peers(const DriverFacts& drivers, std::vector<MachineCheck>& out) {
  for (const std::string& name : drivers.peer_names) {
    const auto found = drivers.unusable.find(peer_program(name));
    if (found == drivers.unusable.end()) continue;
    out.push_back({Health::note, "peer " + name, found->second.why, found->second.remedy});
  }
}

/// Launches one point of the simplest model, and assigns the launches alternately to two sets.
void check_same(Trial& trial, const DriverFacts& drivers, std::vector<MachineCheck>& out) {
  const Driver* driver = drivers.any_with(test_kernel);
  if (driver == nullptr) return;
  std::vector<double> sets[2];
  for (int i = 0; i < 2 * test_launches; ++i) {
    const Record record = trial.run(Trial::point(driver->model, {1, 1, 1})).second;
    std::vector<double> totals;
    for (const Sample& sample : record.samples) totals.push_back(sample.total_s);
    // ABBA, so that a drift affects both equally.
    if (!totals.empty()) sets[(i + 1) / 2 % 2].push_back(median(totals));
  }
  if (auto finding = judge_same(sets[0], sets[1])) out.push_back(std::move(*finding));
}

int examine(const std::string& drivers) {
  const fs::path folder = find_drivers(drivers);
  const Machine machine = find_machine();
  std::vector<MachineCheck> findings = judge_environment(capture_environment());
  findings.push_back(judge_free_cores(make_gate({}, find_cores())(machine.cores)));
  const Observer observer({.processors = processors_of_this_thread(), .threads = {::gettid()}});
  for (MachineCheck& check : judge_observer(observer)) findings.push_back(std::move(check));
  const DriverFacts facts = ask_drivers(folder, drivers_in(folder));
  const MpirunChoice mpirun = mpirun_here(facts);
  Trial trial(folder, machine, mpirun.family());
  check_mpirun(mpirun, findings);
  check_starts(trial, facts, mpirun, machine.cores, findings);
  check_peers(facts, findings);
  check_same(trial, facts, findings);
  print_document(as_text({doctor_section(findings)}));
  const bool bad = std::any_of(findings.begin(), findings.end(),
                               [](const MachineCheck& f) { return f.health == Health::bad; });
  return bad ? exit_failures : exit_well;
}

}  // namespace

Subcommand add_doctor(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "doctor",
      "check this machine and this installation, and report problems and how to fix them; exits 3 "
      "if there are any");
  const auto drivers = std::make_shared<std::string>();
  command
      ->add_option("--drivers", *drivers,
                   "folder of the drivers; default: $SCALELAW_DRIVERS, or those of scalelaw")
      ->type_name("DIR");
  return {command, [drivers] { return examine(*drivers); }};
}

}  // namespace scalelaw::harness

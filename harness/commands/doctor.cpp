#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/machine_checks.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/job.hpp"
#include "harness/laws/noise.hpp"
#include "harness/machine/environment.hpp"
#include "harness/machine/machine.hpp"
#include "harness/plan/ask_driver.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t test_operations = 20'000'000;  // tens of milliseconds
constexpr int test_launches = 6;                      // on each side of the A/A comparison

/// A folder for records, gone at the end.
class Folder {
 public:
  Folder() {
    std::error_code failed;
    path_ = fs::temp_directory_path(failed) / fmt::format("scalelaw-doctor-{}", ::getpid());
    if (!failed) fs::create_directories(path_, failed);
    if (!failed) return;
    throw Error(fmt::format("cannot make the folder '{}': {}", path_.string(), failed.message()),
                "set TMPDIR to a folder that can be written");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// Starts short runs of the calibration kernel.
class Trial {
 public:
  Trial(fs::path drivers, const Machine& machine)
      : drivers_(std::move(drivers)),
        launcher_(make_launcher(LauncherKind::mpirun, Campaign{}, {}, machine.first_core)) {
    measuring_.samples = 5;
    measuring_.diagnostics = 0;
    measuring_.timeout_s = 60;
  }

  [[nodiscard]] bool has(Model model) const {
    std::error_code unreachable;
    return fs::exists(driver_program(drivers_, model), unreachable);
  }

  /// The finding `what` of a driver that is there and cannot be used.
  [[nodiscard]] std::optional<Finding> unusable(const std::string& what, Model model) const {
    try {
      (void)ask_driver(driver_program(drivers_, model), {"--describe"});
      return std::nullopt;
    } catch (const Error& error) {
      return Finding{Health::bad, what, error.what(), error.hint()};
    }
  }

  static Point point(Model model, const Placement& placement) {
    Point point;
    point.kernel = "calibration";
    point.params = {{"operations", test_operations}};
    point.options = nlohmann::json::object();
    point.model = model;
    point.placement = placement;
    return point;
  }

  std::pair<Outcome, Record> run(const Point& point) {
    const std::string report = folder_.file(fmt::format("{}.jsonl", number_++));
    const Outcome outcome = launcher_->run(make_job(point, measuring_, 1, drivers_, report));
    return {outcome, read_record(report)};
  }

 private:
  fs::path drivers_;
  Measuring measuring_;
  std::unique_ptr<Launcher> launcher_;
  Folder folder_;
  int number_ = 0;
};

void check_starts(Trial& trial, std::int64_t cores, std::vector<Finding>& out) {
  nlohmann::json header;
  const auto check = [&](const std::string& what, Model model, const Placement& placement) {
    if (!trial.has(model)) {
      out.push_back(
          {Health::note, what, "its driver was not built", "see what cmake says is missing"});
      return;
    }
    if (auto fault = trial.unusable(what, model)) {
      out.push_back(*std::move(fault));
      return;
    }
    const Point point = Trial::point(model, placement);
    const auto [outcome, record] = trial.run(point);
    out.push_back(judge_start(what, point, outcome, record.header));
    if (record.header.is_object()) header = record.header;
  };
  check("serial", Model::serial, {1, 1, 1});
  check(fmt::format("OpenMP, {} threads", cores), Model::openmp, {1, 1, cores});
  check(fmt::format("MPI, {} ranks", cores), Model::mpi, {1, cores, 1});
  check(fmt::format("hybrid, 1 rank of {} threads", cores), Model::hybrid, {1, 1, cores});
  out.push_back(judge_timer(header));
}

/// Peers, which only configs that name them need.
void check_peers(const fs::path& drivers, std::vector<Finding>& out) {
  for (const std::string& name : find_peers(drivers)) {
    const fs::path program = driver_program(drivers, Model::serial, name);
    try {
      (void)parse_catalog(ask_driver(program, {"--describe"}), program);
    } catch (const Error& error) {
      out.push_back({Health::note, "peer " + name, error.what(), error.hint()});
    }
  }
}

/// Launches of one point, assigned in turn to two sets.
void check_same(Trial& trial, std::vector<Finding>& out) {
  if (!trial.has(Model::serial)) return;
  std::vector<double> sets[2];
  for (int i = 0; i < 2 * test_launches; ++i) {
    const Record record = trial.run(Trial::point(Model::serial, {1, 1, 1})).second;
    std::vector<double> totals;
    for (const Sample& sample : record.samples) totals.push_back(sample.total_s);
    // ABBA, so that a drift falls on both alike.
    if (!totals.empty()) sets[(i + 1) / 2 % 2].push_back(median(totals));
  }
  if (auto finding = judge_same(sets[0], sets[1])) out.push_back(std::move(*finding));
}

int examine(const std::string& drivers) {
  const Machine machine = find_machine();
  std::vector<Finding> findings = judge_environment(capture_environment());
  findings.push_back(judge_free_cores(make_gate({}, find_cores())(machine.cores)));
  const fs::path folder = find_drivers(drivers);
  Trial trial(folder, machine);
  check_starts(trial, machine.cores, findings);
  check_peers(folder, findings);
  check_same(trial, findings);
  fmt::print("{}", as_text({doctor_section(findings)}));
  const bool bad = std::any_of(findings.begin(), findings.end(),
                               [](const Finding& f) { return f.health == Health::bad; });
  return bad ? exit_failures : exit_well;
}

}  // namespace

Subcommand add_doctor(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "doctor", "check this machine and the tool, and say what to mend; exit status 3 if anything");
  const auto drivers = std::make_shared<std::string>();
  command
      ->add_option("--drivers", *drivers,
                   "folder of the drivers; default: $SCALELAW_DRIVERS, or where scalelaw is")
      ->type_name("DIR");
  return {command, [drivers] { return examine(*drivers); }};
}

}  // namespace scalelaw::harness

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "harness/batch/find.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/progress_line.hpp"
#include "harness/launch/interrupt.hpp"
#include "harness/laws/predictions.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/measure/environment.hpp"
#include "harness/measure/gate.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

struct RunChoice {
  CampaignChoice campaign;
  std::string output;
  bool dry_run = false;
  bool resume = false;
  bool overwrite = false;
};

std::string output_of(const RunChoice& choice, const Results& plan) {
  if (!choice.output.empty()) return choice.output;
  if (!choice.resume) return default_output(plan.name) + ".h5";
  const auto [output, notes] = find_unfinished(plan);
  print_notes(notes);
  return output;
}

/// A file with a journal belongs to a campaign that continues, or that refuses to be begun anew.
void require_startable(const RunChoice& choice, const std::string& output) {
  if (fs::exists(journal_path(output))) return;
  if (choice.resume && fs::exists(output)) {
    throw Error(fmt::format("the campaign of '{}' is complete", output),
                fmt::format("show it: scalelaw report {}", output));
  }
  require_free(output, choice.overwrite);
}

int print_commands(const Prepared& prepared) {
  for (const Point& point : prepared.points) {
    if (point.state == State::skipped) {
      fmt::print("# skipped {}: {}\n", point.id, point.reason);
    } else {
      fmt::print("{}\n", to_string(prepared.launcher->command(prepared.job(point, "RECORD"))));
    }
  }
  return exit_well;
}

/// A folder for the drivers' records, gone when the campaign is.  Beside the results, since that is
/// where every node of a cluster can write.
class Scratch {
 public:
  explicit Scratch(const std::string& output) : folder_(fs::absolute(records_path(output))) {
    std::error_code fault;
    fs::create_directories(folder_, fault);
    if (fault) {
      throw Error(fmt::format("cannot make the folder '{}': {}", folder_.string(), fault.message()),
                  "remove what stands in its place, or choose another --output");
    }
  }
  /// Removes the records, and the folder unless somebody put something else there.
  ~Scratch() {
    std::error_code ignored;
    for (fs::directory_iterator at(folder_, ignored), end; at != end; at.increment(ignored)) {
      if (at->path().filename().string().starts_with("launch-"))
        fs::remove_all(at->path(), ignored);
    }
    fs::remove(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::string path() const { return folder_.string(); }

 private:
  fs::path folder_;
};

/// Says that the campaign was stopped, and how to go on; the exit code of a program ended by that
/// signal.
int report_interrupt(const RunChoice& choice, const std::string& output) {
  std::vector<std::string> words{"scalelaw", "run", choice.campaign.config};
  const CampaignChoice defaults;
  if (choice.campaign.launcher != defaults.launcher) {
    words.insert(words.end(), {"--launcher", choice.campaign.launcher});
  }
  for (const std::string& filter : choice.campaign.filters) {
    words.insert(words.end(), {"--filter", filter});
  }
  if (!choice.campaign.drivers.empty()) {
    words.insert(words.end(), {"--drivers", choice.campaign.drivers});
  }
  words.insert(words.end(), {"--output", output, "--resume"});
  fmt::print(stderr,
             "scalelaw: stopped by signal {}; what was measured is kept\n  hint: go on with: {}\n",
             interrupt_signal(), to_string(Command{words, {}, {}}));
  return 128 + interrupt_signal();
}

/// Measures what is pending in `results`, launch by launch into the journal.
void measure_prepared(const Prepared& prepared, const std::string& output, Results& results,
                      Journal& journal) {
  const Measuring& measuring = prepared.campaign.measuring;
  const Scratch scratch(output);
  ProgressLine line;
  MeasureTools tools;
  tools.launcher = prepared.launcher.get();
  tools.job = [&](const Point& point, const std::string& report) {
    return prepared.job(point, report);
  };
  // An invented machine has no cores to be busy, and a login node's say nothing.
  const bool elsewhere = prepared.allocation && !prepared.allocation->here;
  if (measuring.gate.enabled && prepared.launcher_kind != LauncherKind::fake && !elsewhere) {
    tools.gate = make_gate(measuring.gate, find_cores());
  }
  tools.progress = [&](const Progress& progress) { line.show(progress); };
  tools.scratch = scratch.path();
  measure(results, measuring, tools, journal);
}

int run(const RunChoice& choice) {
  const Prepared prepared = prepare(choice.campaign);
  if (choice.dry_run) return print_commands(prepared);
  Results results = results_of(prepared);
  const std::string output = output_of(choice, results);
  require_output(output);
  require_startable(choice, output);
  catch_interrupts();
  Journal journal = choice.resume ? Journal::resume(journal_path(output), results)
                                  : Journal::begin(journal_path(output), results);
  if (!journal.lock_fault().empty()) {
    fmt::print(stderr,
               "scalelaw: {} cannot be locked: {}\n  hint: see to it yourself that no other "
               "scalelaw writes there\n",
               journal.path(), journal.lock_fault());
  }
  measure_prepared(prepared, output, results, journal);
  add_driver_environment(results);
  add_laws(results);
  write_results(output, results);
  if (interrupted()) return report_interrupt(choice, output);
  journal.remove();
  return print_end(results, output);
}

}  // namespace

Subcommand add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "measure a campaign");
  const auto choice = std::make_shared<RunChoice>();
  add_campaign_options(*command, choice->campaign);
  command
      ->add_option("-o,--output", choice->output, "the results file; default: results/NAME-TIME.h5")
      ->type_name("FILE");
  command->add_flag("--dry-run", choice->dry_run, "print the commands and measure nothing");
  command->add_flag("--resume", choice->resume,
                    "continue a campaign that was stopped (the newest of its name, or --output)");
  command->add_flag("--overwrite", choice->overwrite, "replace the results file if it exists");
  command
      ->add_option("--plan", choice->campaign.plan,
                   "the points of a submitted campaign instead of the config's: its "
                   "campaign.json")
      ->type_name("FILE");
  return {command, [choice] { return run(*choice); }};
}

}  // namespace scalelaw

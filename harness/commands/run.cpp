#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/batch/find.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/progress_line.hpp"
#include "harness/commands/retry.hpp"
#include "harness/laws/predictions.hpp"
#include "harness/machine/environment.hpp"
#include "harness/machine/gate.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct RunChoice {
  CampaignChoice campaign;
  std::string output;
  bool dry_run = false;
  bool resume = false;
  bool overwrite = false;
  RetryWords retry;
};

std::string output_of(const RunChoice& choice, const Results& plan) {
  if (!choice.output.empty()) return choice.output;
  if (!choice.resume) return default_output(plan.name) + ".h5";
  const auto [output, notes] = find_unfinished(plan, !choice.retry.empty());
  print_notes(notes);
  return output;
}

/// A file with a journal belongs to a campaign that continues, or that refuses to be begun anew.
void require_startable(const RunChoice& choice, const std::string& output) {
  std::error_code unreachable;  // writing says why
  if (fs::exists(journal_path(output), unreachable)) return;
  if (choice.resume && !choice.retry.empty()) return;  // a complete campaign that continues
  if (choice.resume && fs::exists(output, unreachable)) {
    throw Error(fmt::format("the campaign of '{}' is complete", output),
                "show it: " + typed_command({"report", output}) +
                    "; to measure again what failed: --resume --retry failed");
  }
  require_free(output, choice.overwrite);
}

/// A campaign without a point that can be measured has no results.
void require_a_point(const Prepared& prepared, const std::string& config) {
  const std::vector<Point>& points = prepared.points;
  const auto pending = [](const Point& point) { return point.state == State::pending; };
  if (std::any_of(points.begin(), points.end(), pending)) return;
  throw Error(fmt::format("no point of '{}' can be measured; {}: {}", config, points.front().id,
                          points.front().reason),
              "scalelaw check CONFIG says of each point why it is skipped");
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
  explicit Scratch(const std::string& output) {
    const fs::path wanted = records_path(output);
    std::error_code fault;
    fs::create_directories(wanted, fault);
    // Whichever way a resumed campaign names it: by this path it finds what its predecessor left.
    if (!fault) folder_ = fs::canonical(wanted, fault);
    if (!fault) return;
    throw Error(fmt::format("cannot make the folder '{}': {}", wanted.string(), fault.message()),
                "remove what stands in its place, or choose another --output");
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

/// The command that goes on with a campaign that was stopped, complete, for the shell that this one
/// was typed in.  What --retry asked for is in the journal.
std::string resume_command(const RunChoice& choice, const std::string& output) {
  std::vector<std::string> words{"run"};
  const std::vector<std::string> chosen = words_of(choice.campaign);
  words.insert(words.end(), chosen.begin(), chosen.end());
  words.insert(words.end(), {"--output", output, "--resume"});
  return typed_command(words);
}

/// Says that the campaign was stopped, and how to go on; the exit code of a program ended by that
/// signal.
int report_interrupt(const RunChoice& choice, const std::string& output) {
  complain("scalelaw",
           fmt::format("stopped by signal {}; what was measured is kept", interrupt_signal()),
           "go on with: " + resume_command(choice, output));
  return 128 + interrupt_signal();
}

/// Ends what is still running of the campaign's earlier attempts, and says so.  Before Scratch,
/// whose records may be another harness's.
void end_earlier_attempts(const std::string& output) {
  std::error_code unreachable;
  const fs::path records = fs::weakly_canonical(records_path(output), unreachable);
  const std::vector<std::string> ended = end_leftovers(records);
  if (ended.empty()) return;
  print_error(fmt::format("scalelaw: ended what an earlier attempt had left running: {}\n",
                          fmt::join(ended, ", ")));
}

/// Says how to go on with what could not be measured, by no fault of its driver.
int report_pending(const RunChoice& choice, const std::string& output) {
  complain("scalelaw", "the pending points could not be measured; what was measured is kept",
           "correct what the reasons above say, then: " + resume_command(choice, output));
  return exit_failures;
}

bool any_pending(const Results& results) {
  return std::any_of(results.points.begin(), results.points.end(),
                     [](const Point& point) { return point.state == State::pending; });
}

Journal open_journal(const RunChoice& choice, const Measuring& measuring, const std::string& output,
                     Results& results) {
  if (!choice.resume) return Journal::begin(journal_path(output), results);
  if (!choice.retry.empty()) return resume_with_retry(output, choice.retry, measuring, results);
  return Journal::resume(journal_path(output), results);
}

/// Measures what is pending in `results`, launch by launch into the journal.
void measure_prepared(const Prepared& prepared, const std::string& output, Results& results,
                      Journal& journal) {
  const Measuring& measuring = prepared.campaign.measuring;
  end_earlier_attempts(output);
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
  check_retry(choice.retry);
  const Prepared prepared = prepare(choice.campaign);
  if (choice.dry_run) return print_commands(prepared);
  require_a_point(prepared, choice.campaign.config);
  Results results = results_of(prepared);
  const std::string output = output_of(choice, results);
  require_output(output);
  require_startable(choice, output);
  catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // who reads the output may go: the campaign does not
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit (ulimit -f) is an error like a full disk
  Journal journal = open_journal(choice, prepared.campaign.measuring, output, results);
  if (!journal.lock_fault().empty()) {
    complain("scalelaw",
             fmt::format("{} cannot be locked: {}", journal.path(), journal.lock_fault()),
             "make sure that no other scalelaw writes there");
  }
  measure_prepared(prepared, output, results, journal);
  add_driver_environment(results);
  add_laws(results);
  write_results(output, results);
  if (interrupted()) return report_interrupt(choice, output);
  if (any_pending(results)) {
    print_end(results, output);
    return report_pending(choice, output);
  }
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
  CLI::Option* resume = command->add_flag(
      "--resume", choice->resume,
      "continue a campaign that was stopped (the newest of its name, or --output)");
  add_retry_option(*command, *resume, choice->retry);
  command->add_flag("--overwrite", choice->overwrite, "replace the results file if it exists");
  command
      ->add_option("--plan", choice->campaign.plan,
                   "the points of a submitted campaign instead of the config's: its "
                   "campaign.json")
      ->type_name("FILE");
  return {command, [choice] { return run(*choice); }};
}

}  // namespace scalelaw::harness

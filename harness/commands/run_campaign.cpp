#include "harness/commands/run_campaign.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/derive.hpp"
#include "harness/batch/find.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/progress_line.hpp"
#include "harness/commands/simulation.hpp"
#include "harness/launch/fake.hpp"
#include "harness/machine/batch_job.hpp"
#include "harness/machine/environment.hpp"
#include "harness/machine/gate.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/render/junit.hpp"
#include "harness/results/simulated_part.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::string output_of(const RunChoice& choice, const Results& plan) {
  if (!choice.output.empty()) return choice.output;
  if (!choice.resume) return default_output(plan.name) + ".h5";
  const auto [output, notes] = find_unfinished(plan, !choice.retry.empty());
  print_notes(notes);
  return output;
}

/// Plans a campaign that is resumed again if it has automatic sizes: it keeps those that it began
/// with.  Returns whether there was a reason to.
bool keep_sizes(const std::string& output, CampaignChoice& choice, Prepared& prepared) {
  if (!prepared.memory) return false;
  std::error_code unreachable;
  std::optional<Results> before;
  if (fs::exists(journal_path(output), unreachable)) {
    before = read_journal_plan(journal_path(output));
  } else if (fs::exists(output, unreachable)) {
    before = read_results(output);
  }
  if (before) choice.memory = stored_planned_memory(*before);
  if (!choice.memory) return false;
  choice.yes = true;  // it was confirmed just now
  prepared = prepare(choice);
  return true;
}

/// A file with a journal belongs to an unfinished campaign: it continues, or refuses to start over.
void require_startable(const RunChoice& choice, const std::string& output) {
  std::error_code unreachable;  // writing says why
  if (fs::exists(journal_path(output), unreachable)) return;
  if (choice.resume && !choice.retry.empty()) return;  // a complete campaign that continues
  if (choice.resume && fs::exists(output, unreachable)) {
    throw Error(fmt::format("the campaign of '{}' is complete", output),
                "show it: " + typed_command({"report", output}) +
                    "; to measure failed points again: --resume --retry failed");
  }
  if (choice.resume) {
    throw Error(fmt::format("there is no unfinished campaign '{}'", output),
                "omit --resume to start it, or name the right --output");
  }
  require_free(output, choice.overwrite);
}

/// A campaign in which no point can be measured has no results.
void require_a_point(const Prepared& prepared, const std::string& config) {
  const std::vector<Point>& points = prepared.points;
  const auto pending = [](const Point& point) { return point.state == State::pending; };
  if (std::any_of(points.begin(), points.end(), pending)) return;
  throw Error(fmt::format("no point of '{}' can be measured; {}: {}", config, points.front().id,
                          points.front().reason),
              "scalelaw check CONFIG says why each point is skipped");
}

std::string plan_text(const Prepared& prepared) {
  return plan_text(prepared.points, prepared.campaign.measuring, prepared.traits.real_time);
}

int print_commands(const Prepared& prepared) {
  fmt::print("# {}\n", plan_text(prepared));
  for (const Point& point : prepared.points) {
    if (point.state == State::skipped) {
      fmt::print("# skipped {}: {}\n", point.id, point.reason);
    } else if (point.shares >= 0) {
      const Point& launched = prepared.points[static_cast<std::size_t>(point.shares)];
      fmt::print("# {}: by the launches of {}\n", point.id, launched.id);
    } else {
      fmt::print("{}\n",
                 to_string(prepared.launcher->command(prepared.first_job(point, "RECORD"))));
    }
  }
  return exit_well;
}

/// A folder for the drivers' records, removed when the campaign ends.  It lies beside the results,
/// where every node of a cluster can write.
class Scratch {
 public:
  explicit Scratch(const std::string& output) {
    const fs::path wanted = records_path(output);
    std::error_code fault;
    fs::create_directories(wanted, fault);
    // The canonical path, so that a resumed campaign finds what its predecessor left.
    if (!fault) folder_ = fs::canonical(wanted, fault);
    if (!fault) return;
    throw Error(fmt::format("cannot make the folder '{}': {}", wanted.string(), fault.message()),
                "remove the file in its place, or choose another --output");
  }
  /// Removes the records, and the folder unless it contains other files.
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

/// The complete command that continues a stopped campaign, quoted for the shell.  The journal has
/// what --retry asked for.
std::string resume_command(const RunChoice& choice, const std::string& output) {
  std::vector<std::string> words = run_words(choice.campaign, output);
  words.emplace_back("--resume");
  if (!choice.junit.empty()) words.insert(words.end(), {"--junit", choice.junit});
  return typed_command(words);
}

/// Reports that the campaign was stopped, and how to continue; returns the exit code of a program
/// ended by that signal.
int report_interrupt(const RunChoice& choice, const std::string& output) {
  complain(
      "scalelaw",
      fmt::format("stopped by signal {}; the measurements so far are kept", interrupt_signal()),
      "continue with: " + resume_command(choice, output));
  return 128 + interrupt_signal();
}

/// Ends the processes that earlier attempts at the campaign left running, and reports them.  Removes
/// what they had begun to write.  Must
/// be called before Scratch is made, whose records may belong to another harness.
void end_earlier_attempts(const std::string& output) {
  remove_abandoned_parts(output);
  std::error_code unreachable;
  const fs::path records = fs::weakly_canonical(records_path(output), unreachable);
  const std::vector<std::string> ended = end_leftovers(records);
  if (ended.empty()) return;
  print_error(fmt::format("scalelaw: ended processes that an earlier attempt left running: {}\n",
                          fmt::join(ended, ", ")));
}

/// Reports how to continue with points that could not be measured for reasons outside their driver.
int report_pending(const RunChoice& choice, const std::string& output) {
  complain("scalelaw", "the pending points could not be measured; the other measurements are kept",
           "fix the causes reported above, then: " + resume_command(choice, output));
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

bool is_same_path(const std::string& a, const std::string& b) {
  return fs::weakly_canonical(fs::absolute(a)) == fs::weakly_canonical(fs::absolute(b));
}

/// Whoever simulates anew needs the measured campaign again.
void require_source_kept(const Prepared& prepared, const std::string& output) {
  const std::string& from = prepared.campaign.simulate.from;
  if (!prepared.traits.simulates || from.empty() || !is_same_path(from, output)) return;
  throw Error(fmt::format("'{}' has the measured campaign that is simulated", output),
              "choose another --output");
}

/// A campaign may take hours: whether its last file can be written is known before.
void require_junit(const std::string& path, const std::string& output) {
  if (path.empty()) return;
  if (is_same_path(path, output)) {
    throw Error(fmt::format("'{}' is the results file", path), "choose another --junit");
  }
  if (std::ofstream(path, std::ios::app).is_open()) return;
  throw Error(fmt::format("cannot write '{}'", path),
              "choose a --junit in an existing, writable folder");
}

void write_junit(const std::string& path, const Results& results) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::trunc);
  if ((file << run_junit(results)).flush()) return;
  throw Error(fmt::format("cannot write '{}'; the results file is complete", path),
              "free space on its disk");
}

/// What granted the nodes of the campaign's launches: a batch job, or the config by name.
std::string allocation_name(const Prepared& prepared) {
  if (const std::string job = batch_job(); !job.empty()) return job;
  return prepared.hosts.empty() ? "" : "[mpirun] hosts";
}

/// The nodes that launches get, in order; this host where they all run here.
std::vector<std::string> granted_nodes(const Prepared& prepared) {
  if (prepared.allocation) return prepared.allocation->nodes;
  return prepared.hosts.empty() ? std::vector{this_host()} : prepared.hosts;
}

/// Measures what is pending in `results`, launch by launch into the journal.
void measure_prepared(const Prepared& prepared, const RunChoice& choice, const std::string& output,
                      Results& results, Journal& journal) {
  const Measuring& measuring = prepared.campaign.measuring;
  end_earlier_attempts(output);
  const Scratch scratch(output);
  if (!choice.quiet && !choice.resume) print_error(plan_text(prepared) + "\n");
  std::optional<ProgressLine> line;
  if (!choice.quiet) line.emplace();
  MeasureTools tools;
  tools.launcher = prepared.launcher.get();
  tools.job = [&](const Point& point, std::int64_t samples, const std::string& record) {
    return prepared.job(point, samples, record);
  };
  // A pretended machine has no cores, and those of a login node do not matter.
  const bool here = prepared.traits.local || (prepared.allocation && prepared.allocation->here);
  if (measuring.gate.enabled && prepared.traits.real_time && here) {
    tools.gate = make_gate(measuring.gate, find_cores());
  }
  if (measuring.gate.enabled && !prepared.traits.real_time && !prepared.traits.simulates) {
    tools.gate =
        pretended_gate(prepared.campaign.fake, prepared.machine.cores, measuring.gate.free_share);
  }
  if (line) tools.progress = [&](const Progress& progress) { line->show(progress); };
  tools.real_time = prepared.traits.real_time;
  if (prepared.traits.real_time) {
    tools.allocation = allocation_name(prepared);
    tools.nodes = granted_nodes(prepared);
  }
  tools.scratch = scratch.path();
  measure(results, measuring, tools, journal);
}

}  // namespace

RunEnd run_campaign(const RunChoice& choice) {
  check_retry(choice.retry);
  CampaignChoice campaign = choice.campaign;
  if (choice.dry_run) campaign.runs = Runs::descriptions;
  Prepared prepared = prepare(campaign);
  print_doubt(prepared);
  if (!choice.resume) print_budget_doubt(prepared);
  if (choice.dry_run) return {print_commands(prepared), "", false};
  require_a_point(prepared, choice.campaign.config);
  Results results = results_of(prepared);
  const std::string output = output_of(choice, results);
  if (choice.resume && keep_sizes(output, campaign, prepared)) results = results_of(prepared);
  require_source_kept(prepared, output);
  require_output(output);
  require_startable(choice, output);
  require_junit(choice.junit, output);
  catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // the campaign outlives a reader of its output
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit (ulimit -f) is an error like a full disk
  Journal journal = open_journal(choice, prepared.campaign.measuring, output, results);
  if (!journal.lock_fault().empty()) {
    complain("scalelaw",
             fmt::format("{} cannot be locked: {}", journal.path(), journal.lock_fault()),
             "make sure that no other scalelaw writes to it");
  }
  measure_prepared(prepared, choice, output, results, journal);
  if (prepared.traits.simulates && prepared.measured) add_measured(*prepared.measured, results);
  add_driver_environment(results);
  derive(results);
  write_results(output, results);
  write_junit(choice.junit, results);
  if (interrupted()) return {report_interrupt(choice, output), output, false};
  // What was measured before is not this campaign's to end.
  const Results own = without_measured(std::move(results));
  if (any_pending(own)) {
    print_end(own, output);
    return {report_pending(choice, output), output, false};
  }
  journal.remove();
  return {print_end(own, output), output, true};
}

}  // namespace scalelaw::harness

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/batch/find.hpp"
#include "harness/batch/queue.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/config/parse.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/store/output_path.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct StatusChoice {
  std::string campaign;
  bool wait = false;
};

/// What a job has measured so far.
struct Tallied {
  std::int64_t done = 0;     ///< points with a verdict, good or bad
  std::int64_t missing = 0;  ///< points that are still to be measured
  std::int64_t launches = 0;
  std::map<State, std::int64_t> failed;
  std::string damage;  ///< why its file cannot be read

  [[nodiscard]] std::string failures() const {
    std::string out;
    for (const auto& [state, count] : failed) {
      out += fmt::format(", {} {}", count, to_string(state));
    }
    return out;
  }
};

Tallied tallied(const Batch& batch, const BatchJob& job, const Measuring& measuring) {
  Tallied out;
  Results results;
  try {
    results = results_so_far(batch, job);
  } catch (const Error& error) {
    out.damage = error.what();
  }
  judge(results, measuring);
  out.launches = static_cast<std::int64_t>(results.launches.size());
  if (results.points.empty()) out.missing = job.points;
  for (const Point& point : results.points) {
    if (point.state == State::pending) ++out.missing;
    if (point.state != State::pending && point.state != State::skipped) ++out.done;
    if (is_failure(point.state)) ++out.failed[point.state];
  }
  return out;
}

/// One look at a campaign.
struct Look {
  std::string text;
  std::string stage;    ///< changes when a job's state does, or another point is done
  bool failed = false;  ///< a point failed
  bool lost = false;    ///< a point is missing, and no job is left to measure it
  bool alive = false;   ///< a job may still measure something

  [[nodiscard]] int exit_code() const { return failed || lost ? exit_failures : exit_well; }
};

/// What became of a job that is no longer alive in the queue.
std::string end_of(const Batch& batch, const BatchJob& job, const QueuedJob* queued) {
  const std::string output = batch.file(job, ".h5");
  const std::string why = queued == nullptr ? "" : ", " + queued->state;
  if (fs::exists(journal_path(output))) return "stopped" + why;
  if (fs::exists(output)) return "complete";
  return job.id.empty() ? "not submitted" : "ended without results" + why;
}

Look look_at(const Batch& batch, const Campaign& campaign) {
  const auto queue = ask_queue(batch);
  const BatchOptions& options = options_of(campaign, batch);
  Look look;
  look.text =
      fmt::format("{}: {}\n  {:<10} {:>5}  {:>8}  {:>11}  {:>8}  {}\n", batch.plan.name,
                  batch.folder.string(), "job", "nodes", "number", "points", "launches", "state");
  Tallied all;
  std::int64_t points = 0;
  for (const BatchJob& job : batch.jobs) {
    const auto found = queue.find(job.id);
    const QueuedJob* queued = found == queue.end() ? nullptr : &found->second;
    const Tallied now = tallied(batch, job, measuring_of_job(campaign.measuring, options));
    const bool alive = queued != nullptr && queued->alive(requeues(options));
    std::string state = alive ? queued->state : end_of(batch, job, queued);
    if (alive && !queued->reason.empty()) state += " (" + queued->reason + ")";
    state += now.failures();
    if (!now.damage.empty()) state += "; " + now.damage;
    look.failed = look.failed || !now.failed.empty();
    look.lost = look.lost || (!alive && now.missing > 0);
    look.alive = look.alive || alive;
    look.stage += fmt::format("{} {} {}\n", job.name, state, now.done);
    all.done += now.done;
    all.missing += now.missing;
    for (const auto& [failure, count] : now.failed) all.failed[failure] += count;
    points += job.points;
    look.text += fmt::format("  {:<10} {:>5}  {:>8}  {:>11}  {:>8}  {}\n", job.name, job.nodes,
                             job.id.empty() ? "-" : job.id,
                             fmt::format("{}/{}", now.done, job.points), now.launches, state);
  }
  look.text += fmt::format("{} of {} points done{}\n", all.done, points, all.failures());
  return look;
}

/// Checks repeatedly, less often while nothing changes, until no job is alive.
int wait_for_end(const Batch& batch, const Campaign& campaign) {
  std::string shown;
  catch_interrupts();
  for (double pause_s = 0; !interrupted();) {
    bool changed = false;
    try {
      const Look look = look_at(batch, campaign);
      changed = look.stage != shown;
      if (changed) fmt::print("{}", look.text);
      std::fflush(stdout);
      shown = look.stage;
      if (!look.alive) return look.exit_code();
    } catch (const Error& error) {
      complain("scalelaw", fmt::format("{}; asking again", error.what()));
    }
    pause_s = next_pause_s(pause_s, changed);
    for (double waited = 0; waited < pause_s && !interrupted(); waited += 0.5) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
  }
  return 128 + interrupt_signal();
}

int status(const StatusChoice& choice) {
  auto [batch, notes] = find_batch(config_or_other(choice.campaign));
  print_notes(notes);
  if (find_lost_numbers(batch)) write_batch(batch);
  const Campaign campaign = parse_campaign(batch.plan.config_text, "config.toml");
  if (choice.wait) return wait_for_end(batch, campaign);
  const Look look = look_at(batch, campaign);
  fmt::print("{}", look.text);
  return look.exit_code();
}

}  // namespace

Subcommand add_status(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "status",
      "show the jobs of a campaign and their progress; exits 3 if a point failed, or is missing "
      "with no job left to measure it");
  const auto choice = std::make_shared<StatusChoice>();
  command->add_option("campaign", choice->campaign, which_campaign)->type_name("DIR|CONFIG");
  command->add_flag("--wait", choice->wait,
                    "wait until all jobs end; exits 3 if any point failed or is missing");
  return {command, [choice] { return status(*choice); }};
}

}  // namespace scalelaw::harness

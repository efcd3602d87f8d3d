#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "common/error.hpp"
#include "harness/batch/batch.hpp"
#include "harness/batch/queue.hpp"
#include "harness/commands/commands.hpp"
#include "harness/config/parse.hpp"
#include "harness/launch/interrupt.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/store/journal.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

struct StatusChoice {
  std::string campaign;
  bool wait = false;
};

/// One look at a campaign.
struct Look {
  std::string text;
  std::string stage;  ///< changes when a job's state does, or another point is done
  bool complete = true;
  bool alive = false;  ///< a job may still measure something
};

/// What became of a job that the queue does not know as one that lives.
std::string end_of(const Batch& batch, const BatchJob& job, const QueuedJob* queued) {
  const std::string output = batch.file(job, ".h5");
  const std::string why = queued == nullptr ? "" : ", " + queued->state;
  if (fs::exists(journal_path(output))) return "stopped" + why;
  if (fs::exists(output)) return "complete";
  return job.id.empty() ? "not handed in" : "left nothing" + why;
}

Look look_at(const Batch& batch, const Measuring& measuring) {
  const auto queue = ask_queue(batch);
  Look look;
  look.text =
      fmt::format("{}: {}\n  {:<10} {:>5}  {:>8}  {:>11}  {:>8}  {}\n", batch.plan.name,
                  batch.folder.string(), "job", "nodes", "number", "points", "launches", "state");
  std::int64_t done_in_all = 0, points_in_all = 0;
  for (const BatchJob& job : batch.jobs) {
    const auto found = queue.find(job.id);
    const QueuedJob* queued = found == queue.end() ? nullptr : &found->second;
    Results results = results_so_far(batch, job);
    judge(results, measuring);
    std::int64_t done = 0;
    for (const Point& point : results.points) {
      done += point.state != State::pending && point.state != State::skipped ? 1 : 0;
    }
    const bool alive = queued != nullptr && queued->alive();
    std::string state = alive ? queued->state : end_of(batch, job, queued);
    if (alive && queued->reason != "None") state += " (" + queued->reason + ")";
    look.complete = look.complete && state == "complete";
    look.alive = look.alive || alive;
    look.stage += fmt::format("{} {} {}\n", job.name, state, done);
    done_in_all += done;
    points_in_all += job.points;
    look.text += fmt::format("  {:<10} {:>5}  {:>8}  {:>11}  {:>8}  {}\n", job.name, job.nodes,
                             job.id.empty() ? "-" : job.id, fmt::format("{}/{}", done, job.points),
                             results.launches.size(), state);
  }
  look.text += fmt::format("{} of {} points done\n", done_in_all, points_in_all);
  return look;
}

/// Looks again, less often while nothing changes, until no job is left that could change something.
int wait_for_end(const Batch& batch, const Measuring& measuring) {
  std::string shown;
  catch_interrupts();
  for (double pause_s = 0; !interrupted();) {
    bool changed = false;
    try {
      const Look look = look_at(batch, measuring);
      changed = look.stage != shown;
      if (changed) fmt::print("{}", look.text);
      std::fflush(stdout);
      shown = look.stage;
      if (!look.alive) return look.complete ? exit_well : exit_failures;
    } catch (const Error& error) {
      fmt::print(stderr, "scalelaw: {}; asking again\n", error.what());
    }
    pause_s = next_pause_s(pause_s, changed);
    for (double waited = 0; waited < pause_s && !interrupted(); waited += 0.5) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
  }
  return 128 + interrupt_signal();
}

int status(const StatusChoice& choice) {
  const Batch batch = find_batch(choice.campaign);
  const Measuring measuring = parse_campaign(batch.plan.config_text, "config.toml").measuring;
  if (choice.wait) return wait_for_end(batch, measuring);
  fmt::print("{}", look_at(batch, measuring).text);
  return exit_well;
}

}  // namespace

Subcommand add_status(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("status", "the jobs of a campaign, and what they have done");
  const auto choice = std::make_shared<StatusChoice>();
  command->add_option("campaign", choice->campaign,
                      "its folder, or its config (the newest of that name); default: the newest");
  command->add_flag("--wait", choice->wait,
                    "until all jobs have ended; exit status 3 when something is missing then");
  return {command, [choice] { return status(*choice); }};
}

}  // namespace scalelaw

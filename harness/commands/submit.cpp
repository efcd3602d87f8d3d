#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "common/error.hpp"
#include "harness/batch/find.hpp"
#include "harness/batch/queue.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/retry.hpp"
#include "harness/config/parse.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/plan/share_launches.hpp"
#include "harness/process/own_files.hpp"
#include "harness/store/output_path.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct SubmitChoice {
  CampaignChoice campaign;
  std::string output;
  std::string scheduler;  ///< empty: as the config says
  bool dry_run = false;
  bool resume = false;
  RetryWords retry;
};

/// What the job runs: this program, with the config and the plan in the campaign's folder.
std::vector<std::string> command_of(const Batch& batch, const BatchJob& job,
                                    const Campaign& campaign) {
  std::vector<std::string> words{this_program().string(),
                                 "run",
                                 (batch.folder / "config.toml").string(),
                                 "--plan",
                                 (batch.folder / batch_file).string(),
                                 "--launcher",
                                 scheduler_of(batch).launcher,
                                 "--drivers",
                                 batch.drivers.string(),
                                 "--output",
                                 batch.file(job, ".h5")};
  if (!campaign.drivers.empty()) words.emplace_back("--yes");  // confirmed when it was submitted
  if (options_of(campaign, batch).jobs == JobCut::per_node_count) {
    words.insert(words.end(), {"--filter", fmt::format("nodes={}", job.nodes)});
  }
  return words;
}

std::string script_of(const Batch& batch, const BatchJob& job, const Campaign& campaign) {
  return job_script(
      scheduler_of(batch), job, campaign,
      {batch.folder.string(), batch.working_folder.string(), command_of(batch, job, campaign)});
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file)
    throw Error(fmt::format("cannot write '{}'", path.string()),
                "check the free space on its disk");
}

/// Submits one job.  Notes the attempt before it asks the scheduler, and the job's number right
/// after: a failure in between must not lose a job.
/// Errors: throws Error with the scheduler's reason when it refuses; the job is then unchanged.
void submit_job(Batch& batch, BatchJob& job) {
  const BatchJob before = job;
  job.id.clear();
  job.script = script_file(batch, job);
  write_batch(batch);
  const Submission submission = scheduler_of(batch).submit(job.script);
  if (submission.id.empty() && !submission.unsure) job = before;
  if (!submission.id.empty()) job.id = submission.id;
  write_batch(batch);
  if (submission.id.empty()) {
    throw Error(fmt::format("{} was not submitted: {}", job.name, submission.fault),
                submission.hint);
  }
  fmt::print("submitted {}: job {}, {} node{}, {} point{}\n", job.name, job.id, job.nodes,
             job.nodes == 1 ? "" : "s", job.points, job.points == 1 ? "" : "s");
}

int say_how_to_go_on(const Batch& batch) {
  fmt::print("{}\n", batch.folder.string());
  fmt::print("next: scalelaw status, scalelaw collect, scalelaw cancel\n");
  return exit_well;
}

/// Removes a campaign without submitted jobs: the files that were written, and the folder unless it
/// existed before.
void remove_files(const Batch& batch, bool folder_is_new) {
  std::error_code ignored;
  for (const BatchJob& job : batch.jobs) fs::remove(script_file(batch, job), ignored);
  fs::remove(batch.folder / "config.toml", ignored);
  fs::remove(batch.folder / batch_file, ignored);
  if (folder_is_new) fs::remove(batch.folder, ignored);
}

/// Submits the jobs of a new campaign.  If the first is refused, the campaign is removed; if a later one
/// is, that job can be corrected and submitted again.
void submit_all(Batch& batch, bool folder_is_new, const std::string& config) {
  for (BatchJob& job : batch.jobs) {
    try {
      submit_job(batch, job);
    } catch (const Error& error) {
      if (!batch.submitted()) {
        remove_files(batch, folder_is_new);
        throw;
      }
      const std::string resume =
          typed_command({"submit", config, "--output", batch.folder.string(), "--resume"});
      const std::string& mark = scheduler_of(batch).mark;
      const std::string lines =
          mark.empty() ? ""
                       : fmt::format("if its {} lines are at fault, correct them in '{}', ", mark,
                                     script_file(batch, job));
      throw Error(error.what(),
                  fmt::format("{}; {}then continue: {}", error.hint(), lines, resume));
    }
  }
}

/// What a job may ask of a node.
SlurmNode node_of(const Prepared& prepared) {
  if (prepared.allocation) return prepared.allocation->node;
  return {.cpus = prepared.machine.cores, .cores = prepared.machine.cores};
}

/// Says which points no job measures, by their reasons.
void note_skipped(const std::vector<Point>& points) {
  std::map<std::string, int> reasons;
  for (const Point& point : points) {
    if (point.state == State::skipped) ++reasons[point.reason];
  }
  std::vector<std::string> notes;
  for (const auto& [reason, count] : reasons) {
    notes.push_back(fmt::format("{} point{} skipped: {}", count, count == 1 ? "" : "s", reason));
  }
  print_notes(notes);
}

/// The scheduler that the command line names, or else the config.
const Scheduler& chosen_scheduler(const SubmitChoice& choice) {
  if (!choice.scheduler.empty()) return choose_scheduler(choice.scheduler);
  return choose_scheduler(std::string(to_string(load_campaign(choice.campaign.config).scheduler)));
}

Batch new_batch(const SubmitChoice& choice, const Prepared& prepared, const Scheduler& scheduler) {
  Batch batch;
  batch.scheduler = scheduler.name;
  batch.folder =
      plain_folder(choice.output.empty() ? default_output(prepared.campaign.name) : choice.output);
  batch.written_for = batch.folder;
  batch.working_folder = fs::current_path();
  batch.drivers = fs::absolute(prepared.drivers).lexically_normal();
  batch.plan = results_of(prepared);
  batch.jobs = cut_into_jobs(prepared.points, prepared.campaign.measuring,
                             options_of(prepared.campaign, scheduler), node_of(prepared));
  if (batch.jobs.empty()) {
    throw Error("no point of the config can be measured",
                "scalelaw check CONFIG says why each point is skipped");
  }
  return batch;
}

int print_scripts(const Batch& batch, const Campaign& campaign) {
  for (const BatchJob& job : batch.jobs) {
    fmt::print("{}# {}\n", &job == &batch.jobs.front() ? "" : "\n", script_file(batch, job));
    fmt::print("{}", script_of(batch, job, campaign));
  }
  return exit_well;
}

int submit_anew(const SubmitChoice& choice) {
  CampaignChoice campaign = choice.campaign;
  if (choice.dry_run) campaign.runs = Runs::descriptions;
  const Scheduler& scheduler = chosen_scheduler(choice);
  const Prepared prepared = prepare_for_jobs(campaign, scheduler);
  Batch batch = new_batch(choice, prepared, scheduler);
  if (scheduler.here) note_skipped(batch.plan.points);
  print_notes(notes_on_allocations(options_of(prepared.campaign, scheduler),
                                   fmt::format("[{}]", scheduler.name)));
  if (choice.dry_run) return print_scripts(batch, prepared.campaign);
  if (fs::exists(batch.folder / batch_file)) {
    throw Error(fmt::format("'{}' already contains a campaign", batch.folder.string()),
                "continue it with --resume, or choose another --output");
  }
  const bool folder_is_new = !fs::exists(batch.folder);
  require_output((batch.folder / batch_file).string());
  require_output(batch.folder.string() + ".h5");  // where collect will write
  write_file(batch.folder / "config.toml", prepared.campaign.text);
  for (const BatchJob& job : batch.jobs) {
    write_file(script_file(batch, job), script_of(batch, job, prepared.campaign));
  }
  write_batch(batch);
  submit_all(batch, folder_is_new, choice.campaign.config);
  return say_how_to_go_on(batch);
}

/// The campaign to continue: the one in --output, which must match the config, or the newest.
Batch batch_to_resume(const SubmitChoice& choice) {
  const std::string config = choice.campaign.config;
  auto [batch, notes] = find_batch(choice.output.empty() ? config : choice.output, true);
  print_notes(notes);
  if (!choice.output.empty() && !fs::is_directory(config)) {
    const std::string name = load_campaign(config).name;
    if (batch.plan.name != name) {
      throw Error(fmt::format("'{}' contains the campaign '{}', not '{}'", choice.output,
                              batch.plan.name, name),
                  "name a folder and a config of the same campaign");
    }
  }
  return std::move(batch);
}

/// Rewrites the scripts of a campaign whose folder was moved: they name the old one.
void follow_move(Batch& batch, const Campaign& campaign) {
  if (batch.written_for == batch.folder) return;
  if (!fs::is_directory(batch.working_folder)) batch.working_folder = fs::current_path();
  if (!fs::is_directory(batch.drivers)) batch.drivers = find_drivers("");
  batch.written_for = batch.folder;
  for (const BatchJob& job : batch.jobs) {
    write_file(script_file(batch, job), script_of(batch, job, campaign));
  }
}

const Point* find_point(const std::vector<Point>& points, const std::string& id) {
  const auto found = std::find_if(points.begin(), points.end(),
                                  [&](const Point& point) { return point.id == id; });
  return found == points.end() ? nullptr : &*found;
}

/// Adds to the plan the points that were skipped when it was made, that --retry selects, and that
/// can be measured now.  Adds jobs for them where the campaign has none with as many nodes.
void plan_skipped_anew(Batch& batch, const SubmitChoice& choice, const Campaign& campaign) {
  const auto wanted = [&](const Point& point) {
    return point.state == State::skipped && is_retried(choice.retry, point);
  };
  if (std::none_of(batch.plan.points.begin(), batch.plan.points.end(), wanted)) return;
  CampaignChoice again;
  again.config = (batch.folder / "config.toml").string();
  again.drivers = batch.drivers.string();
  again.yes = true;  // confirmed when it was submitted
  const Prepared now = prepare_for_jobs(again, scheduler_of(batch));
  for (Point& point : batch.plan.points) {
    const Point* planned = wanted(point) ? find_point(now.points, point.id) : nullptr;
    if (planned == nullptr) continue;
    const TimeSource clock = point.clock;  // as for the campaign's other times
    point = *planned;
    point.clock = clock;
  }
  share_launches(batch.plan.points);
  for (BatchJob job : cut_into_jobs(batch.plan.points, campaign.measuring,
                                    options_of(campaign, batch), node_of(now))) {
    const auto known = std::find_if(batch.jobs.begin(), batch.jobs.end(),
                                    [&](const BatchJob& other) { return other.name == job.name; });
    if (known == batch.jobs.end()) {
      batch.jobs.push_back(job);
    } else if (known->points != job.points) {
      job.id = known->id;
      job.script = known->script;
      *known = job;
    } else {
      continue;
    }
    write_file(script_file(batch, job), script_of(batch, job, campaign));
  }
  write_batch(batch);
}

/// How many points of a job --retry asks to measure again.  Unless `dry_run`, marks them in its
/// journal: SLURM may start the script any number of times, and each start must not ask again.
std::int64_t retry_in_job(const Batch& batch, const BatchJob& job, const SubmitChoice& choice,
                          const Measuring& measuring) {
  if (choice.retry.empty()) return 0;
  Results known = results_so_far(batch, job);
  Results plan = known;
  for (Point& point : plan.points) {
    const std::int64_t shares = point.shares;  // by the job's own numbers
    if (const Point* planned = find_point(batch.plan.points, point.id)) point = *planned;
    point.shares = shares;
  }
  judge(known, measuring);
  const std::vector<bool> retried = retried_points(choice.retry, known.points, plan.points);
  const auto count = std::count(retried.begin(), retried.end(), true);
  if (count > 0 && !choice.dry_run) {
    (void)resume_with_retry(batch.file(job, ".h5"), choice.retry, measuring, plan);
  }
  return count;
}

/// Submits again the jobs that are neither complete nor in the queue, with their old scripts.
int submit_again(const SubmitChoice& choice) {
  check_retry(choice.retry);
  Batch batch = batch_to_resume(choice);
  if (find_lost_numbers(batch)) write_batch(batch);
  const Campaign campaign = parse_campaign(batch.plan.config_text, "config.toml");
  const BatchOptions& options = options_of(campaign, batch);
  const auto queue = ask_queue(batch);
  if (!choice.dry_run) {
    follow_move(batch, campaign);
    plan_skipped_anew(batch, choice, campaign);
  }
  for (BatchJob& job : batch.jobs) {
    const std::string output = batch.file(job, ".h5");
    const auto queued = queue.find(job.id);
    if (queued != queue.end() && queued->second.alive(requeues(options))) {
      fmt::print("{}: job {} is {}\n", job.name, job.id, queued->second.state);
      continue;
    }
    const std::int64_t retried =
        retry_in_job(batch, job, choice, measuring_of_job(campaign.measuring, options));
    if (retried > 0) {
      fmt::print("{}: {} point{} to be measured again\n", job.name, retried,
                 retried == 1 ? "" : "s");
    }
    const bool goes_on = retried > 0 || !fs::exists(output) || fs::exists(journal_path(output));
    if (!goes_on) {
      fmt::print("{}: complete\n", job.name);
    } else if (choice.dry_run) {
      fmt::print("would submit {}\n", script_file(batch, job));
    } else {
      submit_job(batch, job);
    }
  }
  return say_how_to_go_on(batch);
}

}  // namespace

Subcommand add_submit(CLI::App& app) {
  CLI::App* command = app.add_subcommand("submit", "submit a campaign as batch jobs");
  const auto choice = std::make_shared<SubmitChoice>();
  add_config_options(*command, choice->campaign);
  command
      ->add_option(
          "-o,--output", choice->output,
          "the campaign's folder, which every node must be able to read and write; default: "
          "results/NAME-TIME")
      ->type_name("DIR");
  CLI::Option* scheduler =
      command
          ->add_option("--scheduler", choice->scheduler,
                       "who runs the jobs: a batch system, or local (one after another in the "
                       "background of this machine); default: the config's, or the batch system "
                       "that is found")
          ->check(CLI::IsMember(all_names<SchedulerChoice>()).description(""))
          ->type_name(braces(all_names<SchedulerChoice>()));
  command->add_flag("--dry-run", choice->dry_run, "print the job scripts without submitting them");
  CLI::Option* resume = command->add_flag(
      "--resume", choice->resume,
      "submit incomplete jobs again (of the newest campaign of this name, or of --output)");
  resume->excludes(scheduler);  // a campaign stays with the one that has its jobs
  add_retry_option(*command, *resume, choice->retry);
  return {command,
          [choice] { return choice->resume ? submit_again(*choice) : submit_anew(*choice); }};
}

}  // namespace scalelaw::harness

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "common/error.hpp"
#include "harness/batch/find.hpp"
#include "harness/batch/queue.hpp"
#include "harness/batch/sbatch.hpp"
#include "harness/commands/campaign_files.hpp"
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
                                 "srun",
                                 "--drivers",
                                 batch.drivers.string(),
                                 "--output",
                                 batch.file(job, ".h5")};
  if (!campaign.drivers.empty()) words.emplace_back("--yes");  // confirmed when it was submitted
  if (campaign.slurm.jobs == SlurmJobs::per_node_count) {
    words.insert(words.end(), {"--filter", fmt::format("nodes={}", job.nodes)});
  }
  return words;
}

std::string script_of(const Batch& batch, const BatchJob& job, const Campaign& campaign) {
  return job_script(
      job, campaign,
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

/// Submits one job.  Notes the attempt before it calls sbatch, and the job's number right after: a
/// failure in between must not lose a job.
/// Errors: throws Error with sbatch's reason when it refuses; the job is then unchanged.
void submit_job(Batch& batch, BatchJob& job) {
  const BatchJob before = job;
  job.id.clear();
  job.script = batch.file(job, ".sbatch");
  write_batch(batch);
  const Submission submission = submit_script(job.script);
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
  for (const BatchJob& job : batch.jobs) fs::remove(batch.file(job, ".sbatch"), ignored);
  fs::remove(batch.folder / "config.toml", ignored);
  fs::remove(batch.folder / batch_file, ignored);
  if (folder_is_new) fs::remove(batch.folder, ignored);
}

/// Submits the jobs of a new campaign.  If sbatch refuses the first, the campaign is removed; if it
/// refuses a later one, that job can be corrected and submitted again.
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
      throw Error(error.what(),
                  fmt::format("{}; if its #SBATCH lines are at fault, correct them in '{}', then "
                              "continue: {}",
                              error.hint(), batch.file(job, ".sbatch"), resume));
    }
  }
}

Batch new_batch(const SubmitChoice& choice, const Prepared& prepared) {
  Batch batch;
  batch.folder =
      plain_folder(choice.output.empty() ? default_output(prepared.campaign.name) : choice.output);
  batch.written_for = batch.folder;
  batch.working_folder = fs::current_path();
  batch.drivers = fs::absolute(prepared.drivers).lexically_normal();
  batch.plan = results_of(prepared);
  batch.jobs = cut_into_jobs(prepared.points, prepared.campaign, prepared.allocation->node);
  if (batch.jobs.empty()) {
    throw Error("no point of the config can be measured",
                "scalelaw check CONFIG says why each point is skipped");
  }
  return batch;
}

int print_scripts(const Batch& batch, const Campaign& campaign) {
  for (const BatchJob& job : batch.jobs) {
    fmt::print("{}# {}\n", &job == &batch.jobs.front() ? "" : "\n", batch.file(job, ".sbatch"));
    fmt::print("{}", script_of(batch, job, campaign));
  }
  return exit_well;
}

int submit_anew(const SubmitChoice& choice) {
  CampaignChoice campaign = choice.campaign;
  if (choice.dry_run) campaign.runs = Runs::descriptions;
  const Prepared prepared = prepare_for_jobs(campaign);
  Batch batch = new_batch(choice, prepared);
  print_notes(notes_on_allocations(prepared.campaign.slurm));
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
    write_file(batch.file(job, ".sbatch"), script_of(batch, job, prepared.campaign));
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
    write_file(batch.file(job, ".sbatch"), script_of(batch, job, campaign));
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
  const Prepared now = prepare_for_jobs(again);
  for (Point& point : batch.plan.points) {
    const Point* planned = wanted(point) ? find_point(now.points, point.id) : nullptr;
    if (planned == nullptr) continue;
    const TimeSource clock = point.clock;  // as for the campaign's other times
    point = *planned;
    point.clock = clock;
  }
  share_launches(batch.plan.points);
  for (BatchJob job : cut_into_jobs(batch.plan.points, campaign, now.allocation->node)) {
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
    write_file(batch.file(job, ".sbatch"), script_of(batch, job, campaign));
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
  const auto queue = ask_queue(batch);
  if (!choice.dry_run) {
    follow_move(batch, campaign);
    plan_skipped_anew(batch, choice, campaign);
  }
  for (BatchJob& job : batch.jobs) {
    const std::string output = batch.file(job, ".h5");
    const auto queued = queue.find(job.id);
    if (queued != queue.end() && queued->second.alive(requeues(campaign.slurm))) {
      fmt::print("{}: job {} is {}\n", job.name, job.id, queued->second.state);
      continue;
    }
    const std::int64_t retried = retry_in_job(batch, job, choice, measuring_of_job(campaign));
    if (retried > 0) {
      fmt::print("{}: {} point{} to be measured again\n", job.name, retried,
                 retried == 1 ? "" : "s");
    }
    const bool goes_on = retried > 0 || !fs::exists(output) || fs::exists(journal_path(output));
    if (!goes_on) {
      fmt::print("{}: complete\n", job.name);
    } else if (choice.dry_run) {
      fmt::print("would submit {}\n", batch.file(job, ".sbatch"));
    } else {
      submit_job(batch, job);
    }
  }
  return say_how_to_go_on(batch);
}

}  // namespace

Subcommand add_submit(CLI::App& app) {
  CLI::App* command = app.add_subcommand("submit", "submit a campaign to SLURM as batch jobs");
  const auto choice = std::make_shared<SubmitChoice>();
  add_config_options(*command, choice->campaign);
  command
      ->add_option(
          "-o,--output", choice->output,
          "the campaign's folder, which every node must be able to read and write; default: "
          "results/NAME-TIME")
      ->type_name("DIR");
  command->add_flag("--dry-run", choice->dry_run, "print the job scripts without submitting them");
  CLI::Option* resume = command->add_flag(
      "--resume", choice->resume,
      "submit incomplete jobs again (of the newest campaign of this name, or of --output)");
  add_retry_option(*command, *resume, choice->retry);
  return {command,
          [choice] { return choice->resume ? submit_again(*choice) : submit_anew(*choice); }};
}

}  // namespace scalelaw::harness

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "common/error.hpp"
#include "harness/batch/batch.hpp"
#include "harness/batch/queue.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/store/journal.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

struct SubmitChoice {
  CampaignChoice campaign;
  std::string output;
  bool dry_run = false;
  bool resume = false;
};

/// What the job runs: this program, on the config and the plan that lie in the campaign's folder.
std::vector<std::string> command_of(const Batch& batch, const BatchJob& job,
                                    const Prepared& prepared) {
  std::vector<std::string> words{fs::read_symlink("/proc/self/exe").string(),
                                 "run",
                                 (batch.folder / "config.toml").string(),
                                 "--plan",
                                 (batch.folder / batch_file).string(),
                                 "--launcher",
                                 "srun",
                                 "--drivers",
                                 fs::absolute(prepared.drivers).lexically_normal().string(),
                                 "--output",
                                 batch.file(job, ".h5")};
  if (prepared.campaign.slurm.jobs == SlurmJobs::per_node_count) {
    words.insert(words.end(), {"--filter", fmt::format("nodes={}", job.nodes)});
  }
  return words;
}

std::string script_of(const Batch& batch, const BatchJob& job, const Prepared& prepared) {
  return job_script(
      job, prepared.campaign,
      {batch.folder.string(), fs::current_path().string(), command_of(batch, job, prepared)});
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw Error(fmt::format("cannot write '{}'", path.string()), "is the disk full?");
}

/// Hands one job in, and notes its number at once: what fails afterwards must not lose it.
void hand_in(Batch& batch, BatchJob& job) {
  std::string answer = ask_slurm({"sbatch", "--parsable", batch.file(job, ".sbatch")});
  job.id = answer.substr(0, answer.find_first_of(";\n"));
  write_batch(batch);
  fmt::print("handed in {}: job {}, {} node{}, {} point{}\n", job.name, job.id, job.nodes,
             job.nodes == 1 ? "" : "s", job.points, job.points == 1 ? "" : "s");
}

int say_how_to_go_on(const Batch& batch) {
  fmt::print("{}\n", batch.folder.string());
  fmt::print("go on with: scalelaw status, scalelaw collect, scalelaw cancel\n");
  return exit_well;
}

int submit_anew(const SubmitChoice& choice) {
  const Prepared prepared = prepare_for_jobs(choice.campaign);
  Batch batch;
  batch.folder =
      fs::absolute(choice.output.empty() ? default_output(prepared.campaign.name) : choice.output)
          .lexically_normal();
  batch.plan = results_of(prepared);
  batch.jobs = cut_into_jobs(prepared.points, prepared.campaign, prepared.allocation->node);
  if (batch.jobs.empty()) {
    throw Error("the config asks for no point that can be measured",
                "scalelaw check CONFIG says why each is skipped");
  }
  if (choice.dry_run) {
    for (const BatchJob& job : batch.jobs) {
      fmt::print("{}# {}\n", &job == &batch.jobs.front() ? "" : "\n", batch.file(job, ".sbatch"));
      fmt::print("{}", script_of(batch, job, prepared));
    }
    return exit_well;
  }
  if (fs::exists(batch.folder / batch_file)) {
    throw Error(fmt::format("'{}' holds a campaign already", batch.folder.string()),
                "go on with it by --resume, or choose another --output");
  }
  require_output((batch.folder / batch_file).string());
  write_file(batch.folder / "config.toml", prepared.campaign.text);
  for (const BatchJob& job : batch.jobs) {
    write_file(batch.file(job, ".sbatch"), script_of(batch, job, prepared));
  }
  write_batch(batch);
  for (BatchJob& job : batch.jobs) hand_in(batch, job);
  return say_how_to_go_on(batch);
}

/// Hands in again the jobs that are neither complete nor in the queue, by the scripts they had.
int submit_again(const SubmitChoice& choice) {
  Batch batch = find_batch(choice.output.empty() ? choice.campaign.config : choice.output);
  const auto queue = ask_queue(batch);
  for (BatchJob& job : batch.jobs) {
    const std::string output = batch.file(job, ".h5");
    const auto queued = queue.find(job.id);
    if (queued != queue.end() && queued->second.alive()) {
      fmt::print("{}: job {} is {}\n", job.name, job.id, queued->second.state);
    } else if (fs::exists(output) && !fs::exists(journal_path(output))) {
      fmt::print("{}: complete\n", job.name);
    } else if (choice.dry_run) {
      fmt::print("would hand in {}\n", batch.file(job, ".sbatch"));
    } else {
      hand_in(batch, job);
    }
  }
  return say_how_to_go_on(batch);
}

}  // namespace

Subcommand add_submit(CLI::App& app) {
  CLI::App* command = app.add_subcommand("submit", "hand a campaign in to SLURM, as batch jobs");
  const auto choice = std::make_shared<SubmitChoice>();
  add_config_options(*command, choice->campaign);
  command
      ->add_option("-o,--output", choice->output,
                   "the campaign's folder, which every node sees; default: results/NAME-TIME")
      ->type_name("FOLDER");
  command->add_flag("--dry-run", choice->dry_run, "print the job scripts and hand nothing in");
  command->add_flag("--resume", choice->resume,
                    "hand in again what is not complete (of the newest campaign, or --output)");
  return {command,
          [choice] { return choice->resume ? submit_again(*choice) : submit_anew(*choice); }};
}

}  // namespace scalelaw

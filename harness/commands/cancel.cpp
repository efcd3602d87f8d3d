#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/batch/find.hpp"
#include "harness/batch/queue.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/config/parse.hpp"

namespace scalelaw::harness {
namespace {

/// Asks the scheduler to end these jobs.  It is not an error if one has ended in the meantime, or is
/// ending.
void end_jobs(const Batch& batch, const std::vector<std::string>& ids) {
  try {
    scheduler_of(batch).cancel(ids);
  } catch (const Error&) {
    for (const auto& [id, job] : ask_queue(batch)) {
      if (job.alive(false) && job.stage != JobStage::ending) throw;
    }
  }
}

int cancel(const std::string& campaign) {
  auto [batch, notes] = find_batch(config_or_other(campaign));
  print_notes(notes);
  if (find_lost_numbers(batch)) write_batch(batch);
  const bool requeue =
      requeues(options_of(parse_campaign(batch.plan.config_text, "config.toml"), batch));
  fmt::print("{}: {}\n", batch.plan.name, batch.folder.string());
  const auto queue = ask_queue(batch);
  std::vector<std::string> ids;
  std::string lines;
  for (const BatchJob& job : batch.jobs) {
    const auto found = queue.find(job.id);
    if (found == queue.end() || !found->second.alive(requeue)) continue;
    ids.push_back(job.id);
    lines += fmt::format("  {}: cancelled job {}, which was {}\n", job.name, job.id,
                         found->second.state);
  }
  if (!ids.empty()) end_jobs(batch, ids);
  fmt::print("{}{} job{} cancelled\n", lines, ids.size(), ids.size() == 1 ? "" : "s");
  return exit_well;
}

}  // namespace

Subcommand add_cancel(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("cancel", "cancel the jobs of one campaign; their measurements are kept");
  const auto campaign = std::make_shared<std::string>();
  command->add_option("campaign", *campaign, which_campaign)->type_name("DIR|CONFIG");
  return {command, [campaign] { return cancel(*campaign); }};
}

}  // namespace scalelaw::harness

#include "harness/batch/queue.hpp"

#include <algorithm>
#include <vector>

#include "harness/batch/scheduler.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// Whether a job that runs `script` is this job of the campaign, wherever its folder is now.
bool runs(const Batch& batch, const BatchJob& job, const std::string& script) {
  std::error_code gone;
  if (script.empty()) return false;
  if (script == script_file(batch, job)) return true;
  if (fs::equivalent(script, script_file(batch, job), gone)) return true;
  // Its folder was moved since; if it is still there, this one is a copy, and the job is not ours.
  return script == job.script && !fs::exists(script, gone);
}

}  // namespace

bool QueuedJob::alive(bool requeue) const {
  return stage != JobStage::ended && (stage != JobStage::preempted || requeue);
}

std::map<std::string, QueuedJob> ask_queue(const Batch& batch) {
  std::vector<std::string> ids;
  for (const BatchJob& job : batch.jobs) {
    if (!job.id.empty()) ids.push_back(job.id);
  }
  if (ids.empty()) return {};
  std::map<std::string, QueuedJob> out;
  const std::map<std::string, QueuedJob> all = scheduler_of(batch).query(ids);
  for (const BatchJob& job : batch.jobs) {
    const auto found = all.find(job.id);
    if (found != all.end() && runs(batch, job, found->second.script)) out.insert(*found);
  }
  return out;
}

bool find_lost_numbers(Batch& batch) {
  const auto lost = [](const BatchJob& job) { return job.id.empty() && !job.script.empty(); };
  if (std::none_of(batch.jobs.begin(), batch.jobs.end(), lost)) return false;
  bool any = false;
  const std::map<std::string, QueuedJob> mine = scheduler_of(batch).query_all();
  for (BatchJob& job : batch.jobs) {
    if (!lost(job)) continue;
    for (const auto& [id, queued] : mine) {
      if (!runs(batch, job, queued.script)) continue;
      job.id = id;
      any = true;
    }
  }
  return any;
}

bool requeues(const BatchOptions& options) {
  bool out = options.requeue;
  for (const std::string& option : options.directives) {
    if (option == "--requeue" || option == "--no-requeue") out = option == "--requeue";
  }
  return out;
}

double next_pause_s(double pause_s, bool changed) {
  return changed ? 2 : std::min(60.0, 2 * pause_s);
}

}  // namespace scalelaw::harness

#include "harness/batch/queue.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, JobStage>, 29> stages{{
    {"BOOT_FAIL", JobStage::ended},      {"CANCELLED", JobStage::ended},
    {"COMPLETED", JobStage::ended},      {"COMPLETING", JobStage::ending},
    {"CONFIGURING", JobStage::queued},   {"DEADLINE", JobStage::ended},
    {"EXPEDITING", JobStage::requeued},  {"FAILED", JobStage::ended},
    {"LAUNCH_FAILED", JobStage::ended},  {"NODE_FAIL", JobStage::ended},
    {"OUT_OF_MEMORY", JobStage::ended},  {"PENDING", JobStage::queued},
    {"POWER_UP_NODE", JobStage::queued}, {"PREEMPTED", JobStage::ended},
    {"RECONFIG_FAIL", JobStage::ended},  {"REQUEUED", JobStage::requeued},
    {"REQUEUE_FED", JobStage::requeued}, {"REQUEUE_HOLD", JobStage::requeued},
    {"RESIZING", JobStage::running},     {"RESV_DEL_HOLD", JobStage::queued},
    {"REVOKED", JobStage::ended},        {"RUNNING", JobStage::running},
    {"SIGNALING", JobStage::running},    {"SPECIAL_EXIT", JobStage::requeued},
    {"STAGE_OUT", JobStage::ending},     {"STOPPED", JobStage::running},
    {"SUSPENDED", JobStage::running},    {"TIMEOUT", JobStage::ended},
    {"UPDATE_DB", JobStage::ending},
}};

/// What squeue prints of some jobs, chosen by `which`.
std::map<std::string, QueuedJob> query(const std::string& which) {
  const Command command{
      {"squeue", "--noheader", "--states=all", which, "--format=%i|%T|%r|%o"}, {}, {}};
  const Printed printed = read_process(command, 60);
  // A job that ended long ago is forgotten, and asking for it alone is an error.
  const bool forgotten = printed.err.find("Invalid job id") != std::string::npos;
  if (printed.timed_out || (printed.exit_code != 0 && !forgotten)) {
    const std::string why = printed.timed_out ? "no answer within a minute" : plain_fault(printed);
    throw Error(fmt::format("squeue: {}", why), slurm_hint(why));
  }
  return parse_queue(printed.out);
}

/// Whether a job that runs `script` is this job of the campaign, wherever its folder is now.
bool runs(const Batch& batch, const BatchJob& job, const std::string& script) {
  std::error_code gone;
  if (script.empty()) return false;
  if (script == batch.file(job, ".sbatch")) return true;
  if (fs::equivalent(script, batch.file(job, ".sbatch"), gone)) return true;
  // Its folder was moved since; if it is still there, this one is a copy, and the job is not ours.
  return script == job.script && !fs::exists(script, gone);
}

}  // namespace

JobStage stage_of(std::string_view state) {
  const auto* const found = std::find_if(stages.begin(), stages.end(),
                                         [&](const auto& one) { return one.first == state; });
  return found == stages.end() ? JobStage::unknown : found->second;
}

bool QueuedJob::alive(bool requeue) const {
  return stage_of(state) != JobStage::ended || (requeue && state == "PREEMPTED");
}

std::map<std::string, QueuedJob> parse_queue(const std::string& text) {
  std::map<std::string, QueuedJob> out;
  for (const std::string& line : lines_of(text)) {
    const std::size_t a = line.find('|'), b = line.find('|', a + 1), c = line.find('|', b + 1);
    if (c == std::string::npos) continue;
    // The script's path is the last, and may have anything in it.
    out[line.substr(0, a)] = {line.substr(a + 1, b - a - 1), line.substr(b + 1, c - b - 1),
                              line.substr(c + 1)};
  }
  return out;
}

std::map<std::string, QueuedJob> ask_queue(const Batch& batch) {
  std::string ids;
  for (const BatchJob& job : batch.jobs) {
    if (!job.id.empty()) ids += (ids.empty() ? "" : ",") + job.id;
  }
  if (ids.empty()) return {};
  std::map<std::string, QueuedJob> out;
  const std::map<std::string, QueuedJob> all = query("--jobs=" + ids);
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
  const std::map<std::string, QueuedJob> mine = query(fmt::format("--user={}", ::getuid()));
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

bool requeues(const SlurmOptions& slurm) {
  bool out = slurm.requeue;
  for (const std::string& option : slurm.directives) {
    if (option == "--requeue" || option == "--no-requeue") out = option == "--requeue";
  }
  return out;
}

double next_pause_s(double pause_s, bool changed) {
  return changed ? 2 : std::min(60.0, 2 * pause_s);
}

}  // namespace scalelaw::harness

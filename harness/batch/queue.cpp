#include "harness/batch/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "common/error.hpp"
#include "harness/launch/process.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw {

bool QueuedJob::alive() const {
  constexpr std::array<std::string_view, 10> states{
      "PENDING",  "RUNNING", "CONFIGURING", "COMPLETING",   "SUSPENDED",
      "REQUEUED", "STOPPED", "RESIZING",    "REQUEUE_HOLD", "SIGNALING"};
  return std::find(states.begin(), states.end(), state) != states.end();
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
  const Command command{
      {"squeue", "--noheader", "--states=all", "--jobs=" + ids, "--format=%i|%T|%r|%o"}, {}, {}};
  const Printed printed = read_process(command, 60);
  // A job that ended long ago is forgotten, and asking for it alone is an error.
  const bool forgotten = printed.err.find("Invalid job id") != std::string::npos;
  if (printed.timed_out || (printed.exit_code != 0 && !forgotten)) {
    throw Error(fmt::format("squeue does not answer: {}", printed.err),
                "does the controller answer (scontrol ping)?");
  }
  std::map<std::string, QueuedJob> out;
  const std::map<std::string, QueuedJob> all = parse_queue(printed.out);
  for (const BatchJob& job : batch.jobs) {
    const auto found = all.find(job.id);
    if (found != all.end() && found->second.script == batch.file(job, ".sbatch")) {
      out.insert(*found);
    }
  }
  return out;
}

double next_pause_s(double pause_s, bool changed) {
  return changed ? 2 : std::min(60.0, 2 * pause_s);
}

}  // namespace scalelaw

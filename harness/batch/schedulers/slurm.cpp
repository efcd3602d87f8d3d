#include "harness/batch/schedulers/slurm.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr double slurm_patience_s = 60;

constexpr std::array<std::pair<std::string_view, JobStage>, 29> slurm_stages{{
    {"BOOT_FAIL", JobStage::ended},      {"CANCELLED", JobStage::ended},
    {"COMPLETED", JobStage::ended},      {"COMPLETING", JobStage::ending},
    {"CONFIGURING", JobStage::queued},   {"DEADLINE", JobStage::ended},
    {"EXPEDITING", JobStage::requeued},  {"FAILED", JobStage::ended},
    {"LAUNCH_FAILED", JobStage::ended},  {"NODE_FAIL", JobStage::ended},
    {"OUT_OF_MEMORY", JobStage::ended},  {"PENDING", JobStage::queued},
    {"POWER_UP_NODE", JobStage::queued}, {"PREEMPTED", JobStage::preempted},
    {"RECONFIG_FAIL", JobStage::ended},  {"REQUEUED", JobStage::requeued},
    {"REQUEUE_FED", JobStage::requeued}, {"REQUEUE_HOLD", JobStage::requeued},
    {"RESIZING", JobStage::running},     {"RESV_DEL_HOLD", JobStage::queued},
    {"REVOKED", JobStage::ended},        {"RUNNING", JobStage::running},
    {"SIGNALING", JobStage::running},    {"SPECIAL_EXIT", JobStage::requeued},
    {"STAGE_OUT", JobStage::ending},     {"STOPPED", JobStage::running},
    {"SUSPENDED", JobStage::running},    {"TIMEOUT", JobStage::ended},
    {"UPDATE_DB", JobStage::ending},
}};

/// "--name=value" as a line; nothing for an empty value.
std::string sbatch_line(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  return fmt::format("#SBATCH --{}={}\n", name, directive_word(value));
}

std::string sbatch_time(std::int64_t minutes) {
  if (minutes == 0) return {};
  return fmt::format("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

/// sbatch puts job numbers and the like where a file's name has a '%', and takes a backslash to say
/// that it shall not.
std::string file_pattern(const std::string& path) {
  if (path.find('\\') != std::string::npos) {
    throw Error(fmt::format("'{}': SLURM cannot write a log to a path with a backslash", path),
                "choose another --output");
  }
  std::string out;
  for (const char c : path) out += c == '%' ? "%%" : std::string(1, c);
  return out;
}

std::string sbatch_lines(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const BatchOptions& slurm = campaign.slurm;
  std::string out = sbatch_line("job-name", campaign.name + " " + job.name);
  out += sbatch_line("nodes", std::to_string(job.nodes));
  out += sbatch_line("time", slurm.time.empty() ? sbatch_time(job.time_limit_min) : slurm.time);
  out += sbatch_line("account", slurm.account) + sbatch_line("partition", slurm.partition) +
         sbatch_line("qos", slurm.qos) + sbatch_line("constraint", slurm.constraint);
  if (slurm.exclusive) {
    out += "#SBATCH --exclusive\n#SBATCH --mem=0\n";  // 0: all that the nodes have
  } else {
    out += fmt::format("#SBATCH --ntasks-per-node=1\n#SBATCH --cpus-per-task={}\n", job.cpus);
    out += fmt::format("#SBATCH --mem={}M\n", job.memory_mib);
  }
  out += slurm.requeue ? "#SBATCH --requeue\n" : "#SBATCH --no-requeue\n";
  // To this shell alone (B): the steps are the harness's to end.
  out += fmt::format("#SBATCH --signal=B:USR1@{}\n", slurm.end_s);
  out += "#SBATCH --open-mode=append\n";
  out += sbatch_line("chdir", script.folder);
  out += sbatch_line("output", file_pattern(script.folder + "/" + job.name + ".log"));
  for (const std::string& option : slurm.directives)
    out += "#SBATCH " + directive_word(option) + "\n";
  out.pop_back();  // the template ends the line
  return out;
}

Submission sbatch(const std::string& script) {
  const Printed printed =
      read_process({{"sbatch", "--parsable", script}, {}, {}}, slurm_patience_s);
  Submission out;
  if (printed.timed_out) {
    out.fault = fmt::format("sbatch: no answer within {:g} s", slurm_patience_s);
    out.unsure = true;
  } else if (printed.exit_code != 0) {
    out.fault = "sbatch: " + plain_fault(printed);
  } else {
    out.id = job_number(printed.out);
    if (!out.id.empty()) return out;
    out.fault = fmt::format("sbatch printed no job number: '{}'", printed.out);
    out.unsure = true;
  }
  out.hint = slurm_hint(out.fault);
  return out;
}

/// What squeue prints of some jobs, chosen by `which`.
std::map<std::string, QueuedJob> squeue(const std::string& which) {
  const Command command{
      {"squeue", "--noheader", "--states=all", which, "--format=%i|%T|%r|%o"}, {}, {}};
  const Printed printed = read_process(command, slurm_patience_s);
  // A job that ended long ago is forgotten, and asking for it alone is an error.
  const bool forgotten = printed.err.find("Invalid job id") != std::string::npos;
  if (printed.timed_out || (printed.exit_code != 0 && !forgotten)) {
    const std::string why = printed.timed_out ? "no answer within a minute" : plain_fault(printed);
    throw Error(fmt::format("squeue: {}", why), slurm_hint(why));
  }
  return parse_squeue(printed.out);
}

void scancel(const std::vector<std::string>& ids) {
  std::vector<std::string> words{"scancel"};
  words.insert(words.end(), ids.begin(), ids.end());
  (void)ask_slurm(words);
}

}  // namespace

JobStage slurm_stage(std::string_view state) {
  const auto* const found = std::find_if(slurm_stages.begin(), slurm_stages.end(),
                                         [&](const auto& one) { return one.first == state; });
  return found == slurm_stages.end() ? JobStage::unknown : found->second;
}

std::map<std::string, QueuedJob> parse_squeue(const std::string& text) {
  std::map<std::string, QueuedJob> out;
  for (const std::string& line : lines_of(text)) {
    const std::size_t a = line.find('|'), b = line.find('|', a + 1), c = line.find('|', b + 1);
    if (c == std::string::npos) continue;
    const std::string state = line.substr(a + 1, b - a - 1);
    const std::string reason = line.substr(b + 1, c - b - 1);
    // The script's path is the last, and may have anything in it.
    out[line.substr(0, a)] = {state, reason == "None" ? "" : reason, line.substr(c + 1),
                              slurm_stage(state)};
  }
  return out;
}

std::string job_number(const std::string& printed) {
  std::string out;
  for (const std::string& line : lines_of(printed)) {
    const std::string number = line.substr(0, line.find(';'));
    if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos) {
      out = number;
    }
  }
  return out;
}

Scheduler slurm_scheduler() {
  Scheduler out;
  out.name = "slurm";
  out.title = "SLURM";
  out.program = "sbatch";
  out.script_ending = ".sbatch";
  out.mark = "#SBATCH";
  out.launcher = "srun";
  out.warning = "SLURM's warning before the time limit";
  out.options = &Campaign::slurm;
  out.directives = sbatch_lines;
  out.nodes = [](const BatchOptions& options, std::int64_t count) {
    return std::optional(expected_allocation(options, count));
  };
  out.submit = sbatch;
  out.query = [](const std::vector<std::string>& ids) {
    return squeue(fmt::format("--jobs={}", fmt::join(ids, ",")));
  };
  out.query_all = [] { return squeue(fmt::format("--user={}", ::getuid())); };
  out.cancel = scancel;
  return out;
}

}  // namespace scalelaw::harness

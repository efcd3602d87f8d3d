// Flux, from its manual pages: flux-batch(1), flux-jobs(1), flux-cancel(1), flux-job(1).
#include "harness/batch/schedulers/flux.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/batch/timed_start.hpp"
#include "harness/config/batch_tables.hpp"
#include "harness/launch/flux.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::array<std::pair<std::string_view, JobStage>, 9> flux_stages{{
    {"DEPEND", JobStage::queued},
    {"PRIORITY", JobStage::queued},
    {"SCHED", JobStage::queued},
    {"RUN", JobStage::running},
    {"CLEANUP", JobStage::ending},
    {"COMPLETED", JobStage::ended},
    {"FAILED", JobStage::ended},
    {"CANCELED", JobStage::ended},
    {"TIMEOUT", JobStage::ended},
}};

/// "--name=value" as a line, quoted as a shell would; nothing for an empty value.
std::string flux_line(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  return "# flux: " + shell_words({fmt::format("--{}={}", name, value)}) + "\n";
}

/// Flux puts job numbers and the like where a path has "{{".
std::string flux_path(const std::string& path) {
  if (path.find("{{") != std::string::npos) {
    throw Error(fmt::format("'{}': Flux cannot write a log to a path with '{{{{'", path),
                "choose another --output");
  }
  return path;
}

std::string flux_lines(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const BatchOptions& flux = campaign.flux;
  std::string out = flux_line("job-name", campaign.name + " " + job.name);
  out += flux_line("nodes", std::to_string(job.nodes));
  if (flux.exclusive) {
    out += "# flux: --exclusive\n";
  } else {
    out += flux_line("nslots", std::to_string(job.nodes));
    out += flux_line("cores-per-slot", std::to_string(job.cpus));
  }
  const std::string minutes =
      job.time_limit_min == 0 ? "" : std::to_string(job.time_limit_min) + "m";
  out += flux_line("time-limit", flux.time.empty() ? minutes : flux.time);
  out += flux_line("bank", flux.account) + flux_line("queue", flux.partition) +
         flux_line("requires", flux.constraint);
  out += flux_line("cwd", script.folder);
  out += flux_line("output", flux_path(script.folder + "/" + job.name + ".log"));
  for (const std::string& option : flux.directives) {
    out += "# flux: " + shell_words({option}) + "\n";
  }
  out.pop_back();  // the template ends the line
  return out;
}

std::string flux_start(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const BatchOptions& flux = campaign.flux;
  const std::int64_t limit_s =
      flux.time.empty() ? 60 * job.time_limit_min : flux_seconds(flux.time);
  // Not --signal: it would reach the drivers as well, and could end these first.
  return timed_start(script.command, limit_s, flux.end_s);
}

Submission flux_batch(const std::string& script) {
  Submission out;
  try {
    const std::vector<std::string> lines = lines_of(ask_flux({"flux", "batch", script}));
    if (lines.empty()) {
      out.fault = "flux batch printed no job number";
    } else {
      // It prints numbers in a short form, whose first letter depends on the locale.
      const std::vector<std::string> number =
          lines_of(ask_flux({"flux", "job", "id", "--to=dec", lines.back()}));
      if (!number.empty()) out.id = number.back();
    }
    out.unsure = out.id.empty();
  } catch (const Error& error) {
    out.fault = error.what();
    out.unsure = out.fault.find("no answer") != std::string::npos ||
                 out.fault.starts_with("flux job");  // it was taken
  }
  if (out.id.empty()) out.hint = flux_hint(out.fault);
  return out;
}

/// `ids`: whether jobs were asked for by their numbers.
std::map<std::string, QueuedJob> flux_jobs(const std::vector<std::string>& which, bool ids) {
  std::vector<std::string> words{"flux", "jobs", "--no-header",
                                 "--format={id.dec}|{status}|{name}|{cwd}"};
  words.insert(words.end(), which.begin(), which.end());
  const Printed printed = read_process({words, {}, {}}, 60);
  const bool forgotten = ids && says_forgotten(printed.err);
  if (printed.timed_out || (printed.exit_code != 0 && !forgotten)) {
    const std::string why = printed.timed_out ? "no answer within a minute" : plain_fault(printed);
    throw Error("flux jobs: " + why, flux_hint(why));
  }
  return parse_flux_jobs(printed.out);
}

void flux_cancel(const std::vector<std::string>& ids) {
  std::vector<std::string> words{"flux", "cancel"};
  words.insert(words.end(), ids.begin(), ids.end());
  (void)ask_flux(words);
}

}  // namespace

bool says_forgotten(const std::string& err) {
  static const std::regex forgotten(R"((.*: )?JobID \S+ unknown)");
  const std::vector<std::string> lines = lines_of(err);
  return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
    return std::regex_match(line, forgotten);
  });
}

JobStage flux_stage(std::string_view status) {
  const auto* const found = std::find_if(flux_stages.begin(), flux_stages.end(),
                                         [&](const auto& one) { return one.first == status; });
  return found == flux_stages.end() ? JobStage::unknown : found->second;
}

std::map<std::string, QueuedJob> parse_flux_jobs(const std::string& text) {
  std::map<std::string, QueuedJob> out;
  for (const std::string& line : lines_of(text)) {
    const std::size_t a = line.find('|'), b = line.find('|', a + 1), c = line.find('|', b + 1);
    if (c == std::string::npos) continue;
    const std::string status = line.substr(a + 1, b - a - 1);
    const std::string name = line.substr(b + 1, c - b - 1);
    // The script's own path is not kept: it is in the job's folder, and has the last word of the
    // name.  The folder is the last, and may have anything in it.
    out[line.substr(0, a)] = {status, "",
                              line.substr(c + 1) + "/" + name.substr(name.rfind(' ') + 1) + ".flux",
                              flux_stage(status)};
  }
  return out;
}

Scheduler flux_scheduler() {
  Scheduler out;
  out.name = "flux";
  out.title = "Flux";
  out.program = "flux";
  out.script_ending = ".flux";
  out.mark = "# flux:";
  out.launcher = "flux";
  out.warning = "the signal before the time limit";
  out.options = &Campaign::flux;
  out.directives = flux_lines;
  out.start = flux_start;
  out.nodes = [](const BatchOptions& options, std::int64_t count) {
    return std::optional(flux_nodes(options.partition, count));
  };
  out.submit = flux_batch;
  out.query = [](const std::vector<std::string>& ids) { return flux_jobs(ids, true); };
  out.query_all = [] { return flux_jobs({"-a", "--count=0"}, false); };
  out.cancel = flux_cancel;
  return out;
}

}  // namespace scalelaw::harness

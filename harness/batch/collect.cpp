#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "common/error.hpp"
#include "common/field.hpp"
#include "harness/batch/batch.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/config/parse.hpp"
#include "harness/machine/environment.hpp"
#include "harness/measure/assess.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// Joins what the jobs report about their machines; where they differ, all of it.
void join_environments(const std::vector<Results>& parts, Results& out) {
  std::map<std::string, std::set<std::string>> all;
  for (const Results& part : parts) {
    if (part.launches.empty()) continue;
    for (const auto& [name, value] : part.environment) all[name].insert(value);
  }
  for (const auto& [name, values] : all) {
    out.environment[name] = fmt::format("{}", fmt::join(values, " | "));
  }
}

/// Adds the launches of one job, which numbers its points differently, in separate blocks.
void add_launches(const Results& part, const std::map<std::string, std::int64_t>& number,
                  Results& out) {
  std::int64_t first_block = 0;
  for (const Launch& launch : out.launches) {
    first_block = std::max(first_block, launch.block + 1);
  }
  const auto before = static_cast<std::int64_t>(out.launches.size());
  for (Launch launch : part.launches) {
    const std::string& id = part.points[static_cast<std::size_t>(launch.point)].id;
    const auto found = number.find(id);
    if (found == number.end()) {
      throw Error(fmt::format("a job measured '{}', which the plan does not have", id),
                  "its files were replaced: submit the campaign again");
    }
    const TimeSource planned = out.points[static_cast<std::size_t>(found->second)].clock;
    const TimeSource clock = part.points[static_cast<std::size_t>(launch.point)].clock;
    if (clock != planned) {
      throw Error(fmt::format("a job's times of '{}' are {}, and the plan's are {}", id,
                              to_string(clock), to_string(planned)),
                  "remove that job's files from the campaign's folder: it used another launcher");
    }
    launch.point = launched_as(out.points, found->second);
    launch.block += first_block;
    out.launches.push_back(std::move(launch));
  }
  for (Sample sample : part.samples) {
    sample.launch += before;
    out.samples.push_back(std::move(sample));
  }
}

/// Holds the jobs' results against each other, as each job did with its own.
void check_facts(Results& results) {
  const auto samples = samples_by_launch(results);
  FactBook facts;
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    Launch& launch = results.launches[i];
    if (!gives_times(launch)) continue;
    launch.reason = facts.enter(results.points[static_cast<std::size_t>(launch.point)],
                                launch.header, samples[i]);
    if (!launch.reason.empty()) launch.state = State::wrong_result;
  }
}

/// What the jobs made of a point.
struct Verdicts {
  std::int64_t done = 0;     ///< jobs that judged it, and launch it no more
  std::int64_t skipped = 0;  ///< jobs that could not measure it
  std::string why_skipped;
};

/// By the points' ids, which two experiments may have in common.
std::map<std::string, Verdicts> verdicts_of(const std::vector<Results>& parts) {
  std::map<std::string, Verdicts> out;
  for (const Results& part : parts) {
    std::set<std::string> seen;
    for (const Point& point : part.points) {
      if (point.state == State::pending || !seen.insert(point.id).second) continue;
      Verdicts& verdicts = out[point.id];
      if (point.state != State::skipped) {
        ++verdicts.done;
        continue;
      }
      ++verdicts.skipped;
      verdicts.why_skipped = point.reason;
    }
  }
  return out;
}

/// Adds `reason` to what the plan noted of the point.
std::string noted(const std::string& note, const std::string& reason) {
  return note.empty() || reason.empty() ? note + reason : note + "; " + reason;
}

std::string reason_of_incomplete(const Verdicts& verdicts, std::int64_t jobs) {
  std::string out = fmt::format("complete in {} of {} allocations", verdicts.done, jobs);
  if (verdicts.skipped > 0) {
    out += fmt::format(", skipped in {}: {}", verdicts.skipped, verdicts.why_skipped);
  }
  return out;
}

/// Judges the points.  Those that no job launches any more are not judged as if they went on; those
/// that some of their jobs have still to measure are pending; those that all skipped are skipped.
void judge_jobs(const std::vector<Results>& parts, const Measuring& measuring, std::int64_t jobs,
                Results& out) {
  std::map<std::string, Verdicts> verdicts = verdicts_of(parts);
  std::map<std::int64_t, std::string> ended;
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    Point& point = out.points[i];
    notes.push_back(point.reason);
    const Verdicts& of_jobs = verdicts[point.id];
    if (point.state == State::pending && of_jobs.skipped >= jobs) {
      point.state = State::skipped;
      point.reason = of_jobs.why_skipped;
    }
    if (of_jobs.done < jobs) continue;
    ended[static_cast<std::int64_t>(i)] = jobs == 1 ? "its job has ended" : "its jobs have ended";
  }
  judge(out, measuring, ended);
  if (jobs == 1) return;
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    Point& point = out.points[i];
    const Verdicts& of_jobs = verdicts[point.id];
    if (of_jobs.done >= jobs || is_failure(point.state) || point.state == State::skipped) continue;
    point.state = State::pending;
    point.reason = noted(notes[i], reason_of_incomplete(of_jobs, jobs));
  }
}

}  // namespace

Results results_so_far(const Batch& batch, const BatchJob& job) {
  const std::string output = batch.file(job, ".h5");
  const std::string journal = journal_path(output);
  if (fs::exists(journal)) {
    try {
      if (std::optional<Results> found = read_journal(journal)) return *std::move(found);
      return {};
    } catch (const Error&) {
      if (fs::exists(journal)) throw;  // else the job has just ended, and its results file is whole
    }
  }
  return fs::exists(output) ? read_results(output) : Results{};
}

Results collect(const Batch& batch) {
  const Campaign campaign = parse_campaign(batch.plan.config_text, "config.toml");
  Results out = batch.plan;
  std::map<std::string, std::int64_t> number;
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    number[out.points[i].id] = static_cast<std::int64_t>(i);
  }
  std::vector<Results> parts;
  for (const BatchJob& job : batch.jobs) {
    parts.push_back(results_so_far(batch, job));
    add_launches(parts.back(), number, out);
  }
  join_environments(parts, out);
  check_facts(out);
  judge_jobs(parts, campaign.measuring, options_of(campaign, batch).allocations, out);
  add_driver_environment(out);
  return out;
}

}  // namespace scalelaw::harness

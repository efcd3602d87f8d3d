#include "harness/batch/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/plan/plan.hpp"
#include "harness/statistics/statistics.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What a job needs besides its points' budgets: to start, to plan, to write its file.
constexpr double around_s = 60;

/// What a process takes besides its input: the MPI library, its buffers, results.
constexpr double process_bytes = 512.0 * (1 << 20);

/// The job's time limit: its points' budgets, each of which a launch may exceed, or its share of the
/// campaign's, times the margin, plus the time before the limit in which the job is asked to end.
/// 0, no limit, when it is infinite or more than SLURM can count.  `share`: of all points.
std::int64_t time_limit_min(std::int64_t points, double share, const Measuring& of_campaign,
                            const BatchOptions& options) {
  constexpr double most_min = 0x7fffffff;
  const Measuring measuring = measuring_of_job(of_campaign, options);
  const double estimate_s = std::min(static_cast<double>(points) * measuring.budget_s,
                                     share * measuring.campaign_budget_s) +
                            around_s;
  const double limit_s = options.margin * estimate_s + static_cast<double>(options.end_s);
  const double limit_min = std::ceil(limit_s / 60);
  return limit_min <= most_min ? static_cast<std::int64_t>(limit_min) : 0;
}

json to_json(const BatchJob& job) {
  return {
      {"name", job.name},       {"nodes", job.nodes},        {"time_limit_min", job.time_limit_min},
      {"points", job.points},   {"cpus", job.cpus},          {"memory_mib", job.memory_mib},
      {"id", job.id},           {"script", job.script},      {"ranks", job.ranks},
      {"threads", job.threads}, {"node_cpus", job.node_cpus}};
}

BatchJob job_from_json(const json& text) {
  return {.name = text.at("name").get<std::string>(),
          .nodes = text.at("nodes").get<std::int64_t>(),
          .time_limit_min = text.at("time_limit_min").get<std::int64_t>(),
          .points = text.at("points").get<std::int64_t>(),
          .cpus = text.at("cpus").get<std::int64_t>(),
          .memory_mib = text.at("memory_mib").get<std::int64_t>(),
          .id = text.at("id").get<std::string>(),
          .script = text.value("script", ""),
          .ranks = text.value("ranks", std::int64_t{1}),
          .threads = text.value("threads", std::int64_t{1}),
          .node_cpus = text.value("node_cpus", std::int64_t{0})};
}

}  // namespace

Measuring measuring_of_job(const Measuring& measuring, const BatchOptions& options) {
  Measuring out = measuring;
  const std::int64_t jobs = options.allocations;
  if (jobs == 1) return out;
  out.launches_max = (out.launches_max + jobs - 1) / jobs;
  out.launches_min = (out.launches_min + jobs - 1) / jobs;
  out.budget_s /= static_cast<double>(jobs);
  out.campaign_budget_s /= static_cast<double>(jobs);
  return out;
}

std::vector<std::string> notes_on_allocations(const BatchOptions& options,
                                              const std::string& table) {
  constexpr auto fewest = static_cast<std::int64_t>(fewest_repetitions);
  if (options.allocations == 1 || options.allocations >= fewest) return {};
  return {
      fmt::format("{} allocations = {}: an interval needs {} allocations, so write "
                  "allocations = {}, or 1",
                  table, options.allocations, fewest, fewest)};
}

std::vector<BatchJob> cut_into_jobs(const std::vector<Point>& points, const Measuring& measuring,
                                    const BatchOptions& options, const SlurmNode& node) {
  const bool single = options.jobs == JobCut::single;
  const std::int64_t per_core = node.cpus > node.cores ? node.threads_per_core : 1;
  std::map<std::int64_t, BatchJob> jobs;  // by nodes; a single one under 0
  for (const Point& point : points) {
    if (point.state != State::pending) continue;
    const Placement& at = point.placement;
    BatchJob& job = jobs[single ? 0 : at.nodes];
    job.nodes = std::max(job.nodes, at.nodes);
    job.name = single ? "all" : fmt::format("nodes-{}", at.nodes);
    ++job.points;
    job.node_cpus = node.cpus;
    job.ranks = std::max(job.ranks, at.ranks_per_node);
    job.threads = std::max(job.threads, at.threads);
    job.cpus = std::max(job.cpus, std::min(node.cpus, at.ranks_per_node * at.threads * per_core));
    const double bytes =
        memory_need(point) + process_bytes * static_cast<double>(at.ranks_per_node);
    job.memory_mib =
        std::max(job.memory_mib, static_cast<std::int64_t>(std::ceil(bytes / (1 << 20))));
  }
  std::int64_t pending = 0;
  for (const auto& [nodes, job] : jobs) pending += job.points;
  std::vector<BatchJob> out;
  for (auto& [nodes, job] : jobs) {
    const double share = static_cast<double>(job.points) / static_cast<double>(pending);
    job.time_limit_min = time_limit_min(job.points, share, measuring, options);
    const std::string name = job.name;
    for (std::int64_t i = 1; i <= options.allocations; ++i) {
      if (options.allocations > 1) job.name = fmt::format("{}-{}", name, i);
      out.push_back(job);
    }
  }
  return out;
}

bool Batch::submitted() const {
  return std::any_of(jobs.begin(), jobs.end(),
                     [](const BatchJob& job) { return !job.id.empty() || !job.script.empty(); });
}

fs::path plain_folder(const fs::path& path) {
  fs::path out = fs::absolute(path).lexically_normal();
  return out.has_filename() ? out : out.parent_path();
}

void write_batch(const Batch& batch) {
  json jobs = json::array();
  for (const BatchJob& job : batch.jobs) jobs.push_back(to_json(job));
  const json text{{"plan", plan_to_json(batch.plan)},
                  {"folder", batch.written_for.string()},
                  {"working_folder", batch.working_folder.string()},
                  {"drivers", batch.drivers.string()},
                  {"scheduler", batch.scheduler},
                  {"jobs", std::move(jobs)}};
  const fs::path path = batch.folder / batch_file;
  const fs::path temporary = path.string() + ".new";
  std::ofstream file(temporary);
  file << serialize(text, 1) << '\n';
  file.close();
  std::error_code failure;
  fs::rename(temporary, path, failure);
  if (!file || failure) {
    throw Error(fmt::format("cannot write '{}'", path.string()), "choose another --output");
  }
}

Batch read_batch(const fs::path& folder) {
  const fs::path path = folder / batch_file;
  std::ifstream file(path);
  if (!file) {
    throw Error(fmt::format("'{}' is not the folder of a campaign", folder.string()),
                "scalelaw submit makes one in results/");
  }
  try {
    const json text = json::parse(file);
    Batch out;
    out.folder = plain_folder(folder);
    out.written_for = text.value("folder", out.folder.string());
    std::error_code gone;
    // By a link, the same folder: jobs in the queue are known by the name that they have for it.
    if (fs::equivalent(out.written_for, out.folder, gone)) out.folder = out.written_for;
    out.working_folder = text.value("working_folder", "");
    out.drivers = text.value("drivers", "");
    out.scheduler = text.value("scheduler", out.scheduler);
    out.plan = plan_from_json(text.at("plan"));
    for (const json& job : text.at("jobs")) out.jobs.push_back(job_from_json(job));
    return out;
  } catch (const json::exception& error) {
    throw Error(fmt::format("{}: {}", path.string(), error.what()), "the file is damaged");
  }
}

}  // namespace scalelaw::harness

#include "harness/launch/job.hpp"

#include "harness/plan/drivers.hpp"
#include "harness/process/process.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> arguments_of(const Job& job, const std::vector<std::string>& start) {
  std::vector<std::string> out = start;
  out.push_back(job.kernel);
  const auto add = [&](const nlohmann::json& values) {
    const std::vector<std::string> words = option_words(values);
    out.insert(out.end(), words.begin(), words.end());
  };
  add(job.params);
  add(job.options);
  if (job.model.threaded) add({{"threads", job.placement.threads}});
  add({{"seed", job.seed}});
  add({{"warmups", job.warmups}});
  add({{"samples", job.samples}});
  if (job.diagnostics > 0) add({{"diagnostics", job.diagnostics}});
  return out;
}

}  // namespace

Job make_job(const Point& point, const Measuring& measuring, std::int64_t seed,
             const fs::path& drivers, const std::string& record) {
  const std::vector<std::string> start{drivers / driver_program(point)};
  return make_job(point, measuring, seed, start, record);
}

Job make_job(const Point& point, const Measuring& measuring, std::int64_t seed,
             const std::vector<std::string>& start, const std::string& record) {
  Job job;
  job.placement = point.placement;
  job.model = point.model;
  job.record = record;
  job.oversubscribe = point.oversubscribed;
  job.samples = measuring.samples;
  job.timeout_s = measuring.timeout_s;
  job.scaling = point.scaling;
  job.implementation = point.implementation;
  job.kernel = point.kernel;
  job.params = point.params;
  job.options = point.options;
  job.seed = seed;
  job.warmups = measuring.warmups;
  job.diagnostics = diagnostics_of(point, measuring);
  if (point.work.is_object()) {
    job.work_model = point.work;
    job.operations = point.work.value("operations", 0.0);
    job.items = point.work.value("items", std::int64_t{1});
    job.memory_bound = point.work.value("memory_bound", false);
  }
  job.driver = arguments_of(job, start);
  // Unknown before it has run: the driver decides, or the replay, which has as many as pay.
  if (decides_samples(point) || point.clock == TimeSource::simulated) job.samples = 0;
  return job;
}

std::int64_t diagnostics_of(const Point& point, const Measuring& measuring) {
  return has_diagnostics(point) && point.placement.ranks() > 1 ? measuring.diagnostics : 0;
}

Outcome run_job(const Command& command, const Job& job) {
  return run_process(command, job.timeout_s, std::filesystem::path(job.record).parent_path());
}

}  // namespace scalelaw::harness

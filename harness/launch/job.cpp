#include "harness/launch/job.hpp"

#include "harness/plan/drivers.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {

namespace fs = std::filesystem;

Job make_job(const Point& point, const Measuring& measuring, std::int64_t seed,
             const fs::path& drivers, const std::string& report) {
  Job job;
  job.driver = {driver_program(drivers, point.model, point.implementation), point.kernel};
  const auto add = [&](const std::string& name, const nlohmann::json& value) {
    const std::vector<std::string> words = option_words(name, value);
    job.driver.insert(job.driver.end(), words.begin(), words.end());
  };
  for (const auto& [name, value] : point.params.items()) add(name, value);
  for (const auto& [name, value] : point.options.items()) add(name, value);
  const bool threaded = is_threaded(point.model);
  if (threaded) add("threads", point.placement.threads);
  add("seed", seed);
  add("warmups", measuring.warmups);
  add("samples", measuring.samples);
  // A pipeline has no barrier between computing and combining.
  const bool phases = point.mode() == "data";
  if (phases && measuring.diagnostics > 0) add("diagnostics", measuring.diagnostics);
  job.placement = point.placement;
  job.model = point.model;
  job.scaling = point.scaling;
  job.report = report;
  job.oversubscribe = point.oversubscribed;
  job.samples = measuring.samples;
  job.timeout_s = measuring.timeout_s;
  return job;
}

Outcome run_job(const Command& command, const Job& job) {
  return run_process(command, job.timeout_s, std::filesystem::path(job.report).parent_path());
}

}  // namespace scalelaw::harness

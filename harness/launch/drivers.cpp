#include "harness/launch/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view peer_prefix = "scalelaw-peer-";

bool is_driver(const fs::path& path) {
  const std::string name = path.filename();
  if (name.starts_with(peer_prefix)) return true;
  const auto models = enum_names(Model{});
  return std::any_of(models.begin(), models.end(), [&](std::string_view model) {
    return name == "scalelaw-" + std::string(model);
  });
}

}  // namespace

fs::path find_drivers(const std::string& chosen) {
  fs::path folder = chosen;
  const char* variable = std::getenv("SCALELAW_DRIVERS");
  if (folder.empty() && variable != nullptr) folder = variable;
  std::error_code failed;
  if (folder.empty()) folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  fs::directory_iterator entries(folder, failed);
  if (!failed && std::any_of(begin(entries), end(entries),
                             [](const auto& entry) { return is_driver(entry.path()); })) {
    return fs::absolute(folder);
  }
  throw Error(fmt::format("there is no driver in '{}'", folder.string()),
              "build them (cmake --build build/release), or name their folder with --drivers or "
              "SCALELAW_DRIVERS");
}

fs::path driver_program(const fs::path& folder, Model model, const std::string& implementation) {
  if (implementation != "scalelaw") return folder / (std::string(peer_prefix) + implementation);
  return folder / ("scalelaw-" + std::string(to_string(model)));
}

std::vector<std::string> find_peers(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(peer_prefix)) out.push_back(name.substr(peer_prefix.size()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> option_words(const std::string& name, const nlohmann::json& value) {
  std::string option = "--" + name;
  std::replace(option.begin(), option.end(), '_', '-');
  if (value.is_boolean()) {
    return value.get<bool>() ? std::vector<std::string>{option} : std::vector<std::string>{};
  }
  return {option, json_text(value)};
}

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

}  // namespace scalelaw

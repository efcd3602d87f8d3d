#include "harness/commands/find_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/process/own_files.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view config_ending = ".toml";

/// The path of `given` as find_config() has it; nothing where it is neither.
std::optional<std::string> config_path(const std::string& given, const fs::path& folder) {
  std::error_code unreachable;
  const bool is_path = given.find('/') != std::string::npos || given.ends_with(config_ending);
  if (given.empty() || is_path || fs::exists(given, unreachable)) return given;
  for (const OwnConfig& config : configs_in(folder)) {
    if (config.name == given) return config.path;
  }
  return std::nullopt;
}

}  // namespace

std::vector<OwnConfig> configs_in(const fs::path& folder) {
  std::vector<OwnConfig> out;
  std::error_code failed;
  fs::directory_iterator at(folder, failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const fs::path& path = at->path();
    if (path.extension() == config_ending) out.push_back({path.stem(), path});
  }
  std::ranges::sort(out, {}, &OwnConfig::name);
  return out;
}

std::string find_config(const std::string& given, const fs::path& folder) {
  if (const auto path = config_path(given, folder)) return *path;
  std::vector<std::string> names;
  for (const OwnConfig& config : configs_in(folder)) names.push_back(config.name);
  const std::string meant = nearest(given, names);
  throw Error(fmt::format("there is no config '{}'", given),
              meant.empty() ? "give the path of a TOML file, or a name that scalelaw list shows"
                            : fmt::format("did you mean '{}'?", meant));
}

std::string find_config(const std::string& given) {
  return find_config(given, own_files().configs);
}

std::string config_or_other(const std::string& given) {
  return config_path(given, own_files().configs).value_or(given);
}

}  // namespace scalelaw::harness

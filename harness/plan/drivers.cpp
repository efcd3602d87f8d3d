#include "harness/plan/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
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

}  // namespace scalelaw::harness

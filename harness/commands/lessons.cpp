#include "harness/commands/lessons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/config/parse.hpp"
#include "harness/process/own_files.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "teach-";

/// A path as it is typed in the current folder.
std::string typed(const fs::path& path) {
  std::error_code unreachable;
  const fs::path relative = fs::proximate(path, unreachable);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

LessonConfig lesson_of(const fs::path& config) {
  LessonConfig out;
  out.config = typed(config);
  out.campaign = load_campaign(out.config);
  out.name = config.stem().string();
  if (out.name.starts_with(prefix)) out.name.erase(0, prefix.size());
  if (out.lesson().order == 0) {
    throw Error(fmt::format("'{}' is not a lesson: it has no [lesson] table", out.config),
                "scalelaw run measures it; docs/config.md explains [lesson]");
  }
  const OwnFiles files = own_files();
  std::error_code unreachable;
  const fs::path page = files.docs / "teaching" / (out.name + ".md");
  if (fs::exists(page, unreachable)) out.page = typed(page);
  const fs::path input = files.configs / ("input-" + out.name + ".toml");
  if (fs::exists(input, unreachable)) out.input = typed(input);
  return out;
}

}  // namespace

std::vector<LessonConfig> find_lessons() {
  std::vector<LessonConfig> out;
  for (const OwnConfig& config : configs_in(own_files().configs)) {
    if (config.name.starts_with(prefix)) out.push_back(lesson_of(config.path));
  }
  if (out.empty()) {
    throw Error("cannot find the lessons, configs/teach-*.toml",
                "install scalelaw (cmake --install), or run it from its source tree");
  }
  std::sort(out.begin(), out.end(), [](const LessonConfig& a, const LessonConfig& b) {
    return std::pair(a.lesson().order, a.name) < std::pair(b.lesson().order, b.name);
  });
  return out;
}

LessonConfig find_lesson(const std::string& name) {
  if (name.ends_with(".toml")) return lesson_of(name);
  std::vector<std::string> names;
  for (LessonConfig& one : find_lessons()) {
    if (one.name == name) return std::move(one);
    names.push_back(one.name);
  }
  const std::string meant = nearest(name, names);
  throw Error(fmt::format("there is no lesson '{}'", name),
              meant.empty() ? fmt::format("choose one of: {}", fmt::join(names, ", "))
                            : fmt::format("did you mean '{}'?", meant));
}

}  // namespace scalelaw::harness

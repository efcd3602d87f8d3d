#include "harness/launch/choose.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw::harness {

const std::vector<LauncherType>& launcher_types() {
  static const std::vector<LauncherType> types = [] {
    std::vector<LauncherType> each;
    for (const auto launcher : launcher_list) each.push_back(launcher());
    return each;
  }();
  return types;
}

const LauncherType& pretending_launcher() {
  return *std::find_if(
      launcher_types().begin(), launcher_types().end(),
      [](const LauncherType& type) { return !type.traits.real_time && !type.traits.simulates; });
}

const LauncherType& find_launcher(const std::string& name) {
  std::vector<std::string> names;
  for (const LauncherType& type : launcher_types()) {
    if (type.name == name) return type;
    names.push_back(type.name);
  }
  throw Error(fmt::format("unknown launcher '{}'", name),
              fmt::format("choose one of: {}", fmt::join(names, ", ")));
}

TimeSource clock_of(const LauncherTraits& traits) {
  if (traits.simulates) return TimeSource::simulated;
  return traits.real_time ? TimeSource::measured : TimeSource::pretended;
}

}  // namespace scalelaw::harness

#include "harness/commands/filters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "common/nearest.hpp"

namespace scalelaw::harness {
namespace {

using Reader = std::function<std::string(const Point&)>;

const std::map<std::string, Reader>& filter_keys() {
  static const std::map<std::string, Reader> keys{
      {"kernel", [](const Point& point) { return point.kernel; }},
      {"model", [](const Point& point) { return point.model.name; }},
      {"scaling", [](const Point& point) { return std::string(to_string(point.scaling)); }},
      {"experiment", [](const Point& point) { return point.experiment; }},
      {"implementation", [](const Point& point) { return point.implementation; }},
      {"nodes", [](const Point& point) { return std::to_string(point.placement.nodes); }},
      {"ranks", [](const Point& point) { return std::to_string(point.placement.ranks_per_node); }},
      {"threads", [](const Point& point) { return std::to_string(point.placement.threads); }},
      {"workers", [](const Point& point) { return std::to_string(point.placement.workers()); }}};
  return keys;
}

bool passes_one(const Point& point, const std::string& filter) {
  const std::size_t equals = filter.find('=');
  const std::string key = filter.substr(0, equals);
  const auto reader = filter_keys().find(key);
  if (equals == std::string::npos || reader == filter_keys().end()) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : filter_keys()) names.push_back(name);
    const std::string meant = nearest(key, names);
    throw Error(fmt::format("'{}' is not a filter", filter),
                meant.empty() || equals == std::string::npos
                    ? fmt::format("write KEY=VALUE, e.g. kernel=dot_product; keys: {}",
                                  fmt::join(names, ", "))
                    : fmt::format("did you mean '{}'?", meant));
  }
  return reader->second(point) == filter.substr(equals + 1);
}

}  // namespace

bool passes(const Point& point, const std::vector<std::string>& filters) {
  return std::all_of(filters.begin(), filters.end(),
                     [&](const std::string& filter) { return passes_one(point, filter); });
}

void keep_filtered(std::vector<Point>& points, const std::vector<std::string>& filters) {
  std::erase_if(points, [&](const Point& point) { return !passes(point, filters); });
  if (!points.empty()) return;
  const char* hint = "scalelaw check CONFIG lists the points";
  if (filters.empty()) throw Error("the config has no points", hint);
  throw NoPointPasses(fmt::format("no point passes --filter {}", fmt::join(filters, " --filter ")),
                      hint);
}

}  // namespace scalelaw::harness

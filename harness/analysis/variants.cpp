#include "harness/analysis/variants.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "common/json_text.hpp"
#include "harness/laws/series.hpp"
#include "harness/plan/sweep.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A point's value of an option; nothing when neither it nor the driver's defaults name one.
std::optional<json> value_of(const Point& point, const std::string& option) {
  if (point.options.is_object() && point.options.contains(option)) return point.options[option];
  return default_option(option);
}

/// What two points must share to differ in `option` alone, and both have a value of it.
std::string all_but(const Point& point, const std::string& option) {
  json rest = point.options.is_object() ? point.options : json::object();
  rest.erase(option);
  return serialize(
      json{point.kernel,
           point.implementation,
           to_string(point.model),
           to_string(point.scaling),
           point.params,
           rest,
           {point.placement.nodes, point.placement.ranks_per_node, point.placement.threads},
           point.oversubscribed});
}

std::set<std::string> options_in(const Results& results) {
  std::set<std::string> names;
  for (const Point& point : results.points) {
    if (!point.options.is_object()) continue;
    for (const auto& [name, value] : point.options.items()) names.insert(name);
  }
  names.erase("mode");  // no other way to do the same: another work
  return names;
}

std::optional<double> balance_of(const SampleIndex& samples, std::size_t point) {
  const auto pop = pop_efficiency(samples.timed[point]);
  return pop ? std::optional(pop->load_balance) : std::nullopt;
}

}  // namespace

std::vector<Variant> variants_of(const Results& results, const std::vector<Summary>& summaries,
                                 const SampleIndex& samples) {
  std::vector<Variant> out;
  for (const std::string& option : options_in(results)) {
    std::map<std::string, std::size_t> firsts;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& point = results.points[i];
      const auto value = value_of(point, option);
      if (is_ceiling(point) || !has_time(point, summaries[i]) || !value) continue;
      const auto [entry, is_first] = firsts.try_emplace(all_but(point, option), i);
      const std::size_t first = entry->second;
      const json first_value = *value_of(results.points[first], option);
      if (is_first || first_value == *value) continue;
      out.push_back({static_cast<std::int64_t>(first), static_cast<std::int64_t>(i), option,
                     first_value, *value,
                     ratio_over_launches(summaries[first].times_s(), summaries[i].times_s()),
                     balance_of(samples, first), balance_of(samples, i)});
    }
  }
  return out;
}

}  // namespace scalelaw::harness

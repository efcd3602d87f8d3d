#include "harness/analysis/variants.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "common/json_text.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The options that points ran with, including defaults, from the records of their launches.  Null
/// for a point without a record.
std::vector<json> options_as_used(const Results& results) {
  std::vector<json> out(results.points.size());
  for (const Launch& launch : results.launches) {
    if (!launch.header.is_object() || !launch.header.contains("options")) continue;
    out[static_cast<std::size_t>(launch.point)] = launch.header["options"];
  }
  give_sharers(results.points, out);
  return out;
}

/// A point's value of an option; nothing when neither the point nor its records have one.
std::optional<json> value_of(const Point& point, const json& as_used, const std::string& option) {
  for (const json* options : {&point.options, &as_used}) {
    if (options->is_object() && options->contains(option)) return (*options)[option];
  }
  return std::nullopt;
}

/// What two points must share to differ only in `option`.  Both must have a value of it.
std::string all_but(const Point& point, const std::string& option) {
  json rest = point.options.is_object() ? point.options : json::object();
  rest.erase(option);
  return serialize(
      json{point.kernel,
           point.task(),
           point.implementation,
           point.model.name,
           to_string(point.scaling),
           point.params,
           rest,
           {point.placement.nodes, point.placement.ranks_per_node, point.placement.threads},
           point.oversubscribed,
           to_string(point.clock)});
}

std::set<std::string> options_in(const Results& results) {
  std::set<std::string> names;
  for (const Point& point : results.points) {
    if (!point.options.is_object()) continue;
    for (const auto& [name, value] : point.options.items()) names.insert(name);
  }
  return names;
}

std::optional<double> balance_of(const SampleIndex& samples, std::size_t point) {
  const auto pop = pop_efficiency(samples.timed[point], samples.allocations);
  return pop ? std::optional(pop->load_balance) : std::nullopt;
}

}  // namespace

std::vector<Variant> variants_of(const Results& results, const std::vector<Summary>& summaries,
                                 const SampleIndex& samples) {
  std::vector<Variant> out;
  const std::vector<json> as_used = options_as_used(results);
  for (const std::string& option : options_in(results)) {
    std::map<std::string, std::size_t> firsts;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& point = results.points[i];
      const auto value = value_of(point, as_used[i], option);
      if (is_ceiling(point) || !has_time(point, summaries[i]) || !value) continue;
      const auto [entry, is_first] = firsts.try_emplace(all_but(point, option), i);
      const std::size_t first = entry->second;
      const json first_value = *value_of(results.points[first], as_used[first], option);
      if (is_first || first_value == *value) continue;
      out.push_back({static_cast<std::int64_t>(first), static_cast<std::int64_t>(i), option,
                     first_value, *value, measured_ratio(summaries[first], summaries[i]),
                     balance_of(samples, first), balance_of(samples, i)});
    }
  }
  return out;
}

}  // namespace scalelaw::harness

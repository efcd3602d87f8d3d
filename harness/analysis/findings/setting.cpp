#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "common/json_text.hpp"
#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/losses.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The parameters and options of each point, defaults included where its records state them.
std::vector<json> settings_of(const Results& results) {
  std::vector<json> out;
  for (const Point& point : results.points) {
    json all = json::object();
    for (const json* some : {&point.params, &point.options}) {
      if (some->is_object()) all.update(*some);
    }
    out.push_back(std::move(all));
  }
  for (const Launch& launch : results.launches) {
    json& all = out[static_cast<std::size_t>(launch.point)];
    for (const char* part : {"params", "options"}) {
      if (!launch.header.is_object() || !launch.header.contains(part)) continue;
      for (const auto& [name, value] : launch.header[part].items()) all.emplace(name, value);
    }
  }
  return out;
}

/// Points that differ in one setting alone, and do the same work.
struct Choice {
  std::string name;
  std::map<std::string, std::int64_t> points;  ///< by its value; index into Results::points
  std::vector<std::string> order;              ///< of the values, as measured
};

/// The amounts of work that a setting must not change.
json amounts_of(const Point& point) {
  json out = json::array();
  for (const char* name : {"operations", "flops", "compulsory_bytes", "amount", "unit", "task"}) {
    out.push_back(point.work.is_object() ? point.work.value(name, json()) : json());
  }
  return out;
}

/// What points must share to differ in one setting alone, as texts: a campaign has hundreds of
/// points with a dozen settings each, and comparing texts is quicker than copying JSON.
class Shared {
 public:
  Shared(const Point& point, const json& settings)
      : work_(
            serialize(json{point.kernel, point.implementation, point.model.name,
                           to_string(point.scaling), to_string(point.clock), amounts_of(point)})) {
    const Placement& at = point.placement;
    place_ = fmt::format("[{},{},{}]", at.nodes, at.ranks_per_node, at.threads);
    for (const auto& [name, value] : settings.items()) {
      settings_.emplace_back(name, serialize(json(name)) + ':' + serialize(value));
    }
  }

  /// With every setting but the one that is named.
  [[nodiscard]] std::string all_but(const std::string& name) const {
    std::vector<std::string_view> others;
    for (const auto& [other, text] : settings_) {
      if (other != name) others.push_back(text);
    }
    return fmt::format("{}{}{{{}}}{}", serialize(json(name)), work_, fmt::join(others, ","),
                       place_);
  }

 private:
  std::string work_, place_;
  std::vector<std::pair<std::string, std::string>> settings_;  ///< names, and names with values
};

std::vector<Choice> choices_in(const Report& report) {
  const std::vector<json> settings = settings_of(*report.results);
  const Losses losses = losses_in(*report.results);
  std::map<std::string, Choice> groups;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    const Point& point = report.point(index);
    const ScalingRow& numbers = report.numbers(index);
    if (!numbers.timed || point.oversubscribed || is_ceiling(point)) continue;
    if (has_lost(losses, index)) continue;
    const Shared shared(point, settings[i]);
    for (const auto& [name, value] : settings[i].items()) {
      Choice& group = groups[shared.all_but(name)];
      group.name = name;
      if (group.points.emplace(json_text(value), index).second) {
        group.order.push_back(json_text(value));
      }
    }
  }
  std::vector<Choice> out;
  for (auto& [key, group] : groups) {
    if (group.points.size() > 1) out.push_back(std::move(group));
  }
  return out;
}

/// A choice with its best and its worst value.
struct Decided {
  const Choice* choice = nullptr;
  std::string best, worst;
  Ratio gain;  ///< the worst one's seconds / the best one's
};

std::optional<Decided> decided(const Report& report, const Choice& choice) {
  const auto median_s = [&](const std::string& value) {
    return report.summary(choice.points.at(value)).median_s;
  };
  const auto [best, worst] = std::minmax_element(
      choice.order.begin(), choice.order.end(),
      [&](const std::string& a, const std::string& b) { return median_s(a) < median_s(b); });
  Decided out{&choice, *best, *worst, {}};
  out.gain = measured_ratio(report.summary(choice.points.at(*worst)),
                            report.summary(choice.points.at(*best)));
  if (!out.gain.interval || !(out.gain.interval->low > 1)) return std::nullopt;
  return out;
}

/// "1.80 [1.74, 1.86] times as fast as with 256".
std::string over(const Report& report, const Decided& one, const std::string& value) {
  const Ratio ratio = measured_ratio(report.summary(one.choice->points.at(value)),
                                     report.summary(one.choice->points.at(one.best)));
  return fmt::format("{} times as fast as with {}", shown(bracketed(ratio)), value);
}

std::string words_of_choice(const Report& report, const Decided& one) {
  const Point& point = report.point(one.choice->points.at(one.best));
  std::vector<std::string> parts{over(report, one, one.worst)};
  // Where the best lies between two ends, both are worth a word.
  for (const std::string& end : {one.choice->order.front(), one.choice->order.back()}) {
    if (end != one.best && end != one.worst) parts.push_back(over(report, one, end));
  }
  Point brief = point;
  for (json* some : {&brief.params, &brief.options}) {
    if (some->is_object()) some->erase(one.choice->name);
  }
  return fmt::format("{} = {} is the best of {} for {} ({}): {}.", one.choice->name, one.best,
                     counted(one.choice->points.size(), "value"), work_label(brief),
                     way_label(brief), fmt::join(parts, ", "));
}

}  // namespace

std::vector<Draft> setting(const Report& report) {
  const std::vector<Choice> choices = choices_in(report);
  std::map<std::string, Decided> most;  // by the name of the setting
  for (const Choice& choice : choices) {
    const auto found = decided(report, choice);
    if (!found) continue;
    const auto [entry, is_new] = most.try_emplace(choice.name, *found);
    if (!is_new && entry->second.gain.value < found->gain.value) entry->second = *found;
  }
  std::vector<Draft> out;
  for (const auto& [name, one] : most) {
    Times times;
    for (const std::string& value : {one.best, one.worst}) {
      const std::int64_t point = one.choice->points.at(value);
      times[fmt::format("point {}", point)] = report.numbers(point).marks;
    }
    Draft draft =
        finding(FindingKind::setting, words_of_choice(report, one), bracketed(one.gain), {}, times);
    draft.finding.point = one.choice->points.at(one.best);
    draft.finding.series = report.point(draft.finding.point).series;
    out.push_back(std::move(draft));
  }
  std::stable_sort(out.begin(), out.end(), [](const Draft& a, const Draft& b) {
    return a.finding.value > b.finding.value;
  });
  return out;
}

}  // namespace scalelaw::harness

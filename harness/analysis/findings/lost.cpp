#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// The fact with which a kernel says how much of its work was lost.
constexpr const char* lost_fact = "lost";

/// What the samples of each point lost.
using Losses = std::map<std::int64_t, std::vector<double>>;

std::optional<double> number_in(const std::string& text) {
  double out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional(out)
                                                                  : std::nullopt;
}

Losses losses_in(const Results& results) {
  Losses out;
  for (const Sample& sample : results.samples) {
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    const auto fact = sample.facts.find(lost_fact);
    if (!gives_times(launch) || sample.diagnostic || fact == sample.facts.end()) continue;
    if (const auto lost = number_in(fact->second)) out[launch.point].push_back(*lost);
  }
  return out;
}

std::string way_of_loss(const Report& report, std::int64_t point) {
  return fmt::format("{} ({})", work_label(report.point(point)), way_label(report.point(point)));
}

}  // namespace

std::vector<Draft> lost(const Report& report) {
  const Losses losses = losses_in(*report.results);
  std::int64_t worst = -1;
  std::size_t losing = 0;
  for (const auto& [point, values] : losses) {
    if (*std::max_element(values.begin(), values.end()) == 0) continue;
    ++losing;
    if (worst < 0 || median(values) > median(losses.at(worst))) worst = point;
  }
  if (worst < 0) return {};
  const std::vector<double>& values = losses.at(worst);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::size_t none = losses.size() - losing;
  Draft draft = finding(
      FindingKind::lost,
      fmt::format("Results are wrong: {} loses {:.0f} (the median of {}, from {:.0f} to "
                  "{:.0f}); {} of {} lose something, and {} nothing.",
                  way_of_loss(report, worst), median(values), counted(values.size(), "sample"),
                  *least, *most, losing, counted(losses.size(), "point"), none),
      {.value = median(values), .low = *least, .high = *most}, {},
      {{fmt::format("point {}", worst), report.numbers(worst).marks}});
  draft.finding.point = worst;
  draft.finding.series = report.point(worst).series;
  return {draft};
}

}  // namespace scalelaw::harness

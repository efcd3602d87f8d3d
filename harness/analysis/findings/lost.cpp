#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/losses.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

std::string way_of_loss(const Report& report, std::int64_t point) {
  return fmt::format("{} ({})", work_label(report.point(point)), way_label(report.point(point)));
}

}  // namespace

std::vector<Draft> lost(const Report& report) {
  const Losses losses = losses_in(*report.results);
  std::int64_t worst = -1;
  std::size_t losing = 0;
  for (const auto& [point, values] : losses) {
    if (!has_lost(losses, point)) continue;
    ++losing;
    if (worst < 0 || median(values) > median(losses.at(worst))) worst = point;
  }
  if (worst < 0) return {};
  const std::vector<double>& values = losses.at(worst);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::size_t none = losses.size() - losing;
  Draft draft =
      finding(FindingKind::lost,
              fmt::format("Results are wrong: {} loses {:.0f} (the median of {}, from {:.0f} to "
                          "{:.0f}); {} of {} {} something, and {} nothing.",
                          way_of_loss(report, worst), median(values),
                          counted(values.size(), "sample"), *least, *most, losing,
                          counted(losses.size(), "point"), losing == 1 ? "loses" : "lose", none),
              {.value = median(values), .low = *least, .high = *most}, {},
              {{fmt::format("point {}", worst), report.numbers(worst).marks}});
  draft.finding.point = worst;
  draft.finding.series = report.point(worst).series;
  return {draft};
}

}  // namespace scalelaw::harness

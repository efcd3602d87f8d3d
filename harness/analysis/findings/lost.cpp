#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/losses.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

std::string way_of_loss(const Report& report, std::int64_t point) {
  return fmt::format("{} ({})", work_label(report.point(point)), way_label(report.point(point)));
}

/// The point that loses most under each model.
std::map<std::string, std::int64_t> worst_by_model(const Report& report, const Losses& losses) {
  std::map<std::string, std::int64_t> out;
  for (const auto& [point, values] : losses) {
    if (!has_lost(losses, point)) continue;
    const auto [worst, is_new] = out.try_emplace(report.point(point).model.name, point);
    if (!is_new && median(values) > median(losses.at(worst->second))) worst->second = point;
  }
  return out;
}

Draft loss_of(const Report& report, const Losses& losses, std::int64_t worst) {
  const std::vector<double>& values = losses.at(worst);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const auto losing = static_cast<std::size_t>(std::count_if(
      losses.begin(), losses.end(), [&](const auto& one) { return has_lost(losses, one.first); }));
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
  return draft;
}

}  // namespace

std::vector<Draft> lost(const Report& report) {
  const Losses losses = losses_in(*report.results);
  std::vector<Draft> out;
  for (const auto& [model, worst] : worst_by_model(report, losses)) {
    out.push_back(loss_of(report, losses, worst));
  }
  std::stable_sort(out.begin(), out.end(), [](const Draft& a, const Draft& b) {
    return a.finding.value > b.finding.value;
  });
  return out;
}

}  // namespace scalelaw::harness

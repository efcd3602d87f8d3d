#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// A parameter of a law that the kernel states itself, such as calibration's serial_fraction.
struct Stated {
  const ReportSeries* series = nullptr;
  const Fit* fit = nullptr;
  double value = 0;

  /// To the digits that are shown: no reader can tell that 0.2 is outside of [0.2, 0.233].
  [[nodiscard]] bool is_inside() const {
    const std::string shown = significant(value);
    return (fit->low <= value && value <= fit->high) || shown == significant(fit->low) ||
           shown == significant(fit->high);
  }
  [[nodiscard]] double distance() const { return std::abs(fit->value - value); }
};

const ReportSeries* series_of(const Report& report, std::int64_t id) {
  for (const ReportSeries& one : report.series) {
    if (one.series.id == id) return &one;
  }
  return nullptr;
}

/// The first law of each strong series that fits what the kernel states.
std::vector<Stated> stated_in(const Report& report) {
  std::vector<Stated> out;
  std::set<std::int64_t> seen;
  for (const Fit& fit : report.fits) {
    const ReportSeries* series = series_of(report, fit.series);
    if (series == nullptr || !fit.identifiable || std::isnan(fit.low)) continue;
    const Point& first = *series->series.first;
    const bool says = first.params.is_object() && first.params.contains(fit.parameter) &&
                      first.params[fit.parameter].is_number();
    if (!says || first.scaling == Scaling::weak || !seen.insert(fit.series).second) continue;
    out.push_back({series, &fit, first.params[fit.parameter].get<double>()});
  }
  return out;
}

std::string law_title(const Stated& one) {
  for (const LawFit& fit : one.series->laws.fits) {
    if (fit.law().name == one.fit->law) return std::string(fit.law().title);
  }
  return one.fit->law;
}

std::string numbers_of_stated(const Stated& one) {
  const Point& point = *one.series->series.first;
  return fmt::format("{} {}: {} = {} stated, {} fitted", point.kernel, runner_label(point),
                     one.fit->parameter, significant(one.value),
                     with_interval(one.fit->value, Interval{one.fit->low, one.fit->high, 0.95}));
}

/// `inside` of the series have what is stated within the interval of the fit.
std::string sentence(const Stated& worst, std::size_t inside, std::size_t series) {
  const std::string law = law_title(worst), numbers = numbers_of_stated(worst);
  const std::string distance = significant(worst.distance());
  if (series == 1) {
    return inside == 1 ? fmt::format("{} finds what the kernel states ({}).", law, numbers)
                       : fmt::format("{} does not find what the kernel states, and is {} off ({}).",
                                     law, distance, numbers);
  }
  if (inside == series) {
    return fmt::format(
        "{} finds what the kernel states in all {} series, within its interval; farthest off is "
        "{}.",
        law, series, numbers);
  }
  return fmt::format(
      "{} comes within {} of what the kernel states in {} series, and its interval has it in {}; "
      "farthest off is {}.",
      law, distance, series, inside, numbers);
}

}  // namespace

std::vector<Draft> stated(const Report& report) {
  const std::vector<Stated> all = stated_in(report);
  if (all.empty()) return {};
  const auto inside = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Stated& one) { return one.is_inside(); }));
  const Stated& worst = *std::max_element(
      all.begin(), all.end(),
      [](const Stated& a, const Stated& b) { return a.distance() < b.distance(); });
  Times times;
  for (const ReportRow& row : worst.series->rows) {
    times[fmt::format("point {}", row.point)] = report.of(row).marks;
  }
  Draft draft = finding(FindingKind::stated, sentence(worst, inside, all.size()),
                        {.value = worst.fit->value, .low = worst.fit->low, .high = worst.fit->high},
                        {}, times);
  draft.finding.series = worst.fit->series;
  return {draft};
}

}  // namespace scalelaw::harness

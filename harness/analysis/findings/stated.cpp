#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// A parameter of a law that the kernel states itself, such as calibration's serial_fraction.
struct Stated {
  const ReportSeries* series = nullptr;
  const Law* law = nullptr;
  Estimate fitted;
  double value = 0;

  [[nodiscard]] const Interval& interval() const { return *fitted.interval; }
  /// To the digits that are shown: no reader can tell that 0.2 is outside of [0.2, 0.233].
  [[nodiscard]] bool is_inside() const {
    const std::string shown = significant(value);
    return (interval().low <= value && value <= interval().high) ||
           shown == significant(interval().low) || shown == significant(interval().high);
  }
  [[nodiscard]] double distance() const { return std::abs(fitted.value - value); }
};

/// What a law fits of the numbers that the kernel states.
std::optional<Stated> stated_by(const ReportSeries& series, const LawFit& fit) {
  const auto& params = series.series.first->params;
  const auto says = [&](std::string_view name) {
    const auto found = params.find(name);
    return found != params.end() && found->is_number();
  };
  bool any = false;  // its intervals take time, and few kernels state anything
  for (const auto& [name, value] : params.items()) {
    any = any || (value.is_number() && fit.estimates(name));
  }
  if (!any) return std::nullopt;
  for (const Estimate& one : fit.estimates()) {
    if (!one.interval || !says(one.name)) continue;
    return Stated{&series, &fit.law(), one, params.find(one.name)->get<double>()};
  }
  return std::nullopt;
}

/// The first law of each strong series that fits what the kernel states.
std::vector<Stated> stated_in(const Report& report) {
  std::vector<Stated> out;
  for (const ReportSeries& series : report.series) {
    const Point& first = *series.series.first;
    if (first.scaling == Scaling::weak || !first.params.is_object()) continue;
    for (const LawFit& fit : series.laws.fits) {
      std::optional<Stated> one = stated_by(series, fit);
      if (!one) continue;
      out.push_back(std::move(*one));
      break;
    }
  }
  return out;
}

std::string numbers_of_stated(const Stated& one) {
  const Point& point = *one.series->series.first;
  return fmt::format("{} {}: {} = {} stated, {} fitted", point.kernel, runner_label(point),
                     one.fitted.name, significant(one.value),
                     with_interval(one.fitted.value, one.fitted.interval));
}

/// `inside` of the series have what is stated within the interval of the fit.
std::string sentence(const Stated& worst, std::size_t inside, std::size_t series) {
  const std::string law(worst.law->title), numbers = numbers_of_stated(worst);
  const std::string distance = significant(worst.distance());
  if (series == 1) {
    return inside == 1 ? fmt::format("{} finds what the kernel states ({}).", law, numbers)
                       : fmt::format("{} does not find what the kernel states, and is {} off ({}).",
                                     law, distance, numbers);
  }
  if (inside == series) {
    return fmt::format(
        "{} finds what the kernel states in all {} series, within its interval; farthest off, by "
        "{}, is {}.",
        law, series, distance, numbers);
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
  Draft draft = finding(
      FindingKind::stated, sentence(worst, inside, all.size()),
      {.value = worst.fitted.value, .low = worst.interval().low, .high = worst.interval().high}, {},
      times);
  draft.finding.series = worst.series->series.id;
  return {draft};
}

}  // namespace scalelaw::harness

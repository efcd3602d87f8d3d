#include "harness/render/variants.hpp"

#include "common/json_text.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {

namespace {

std::string marks_cell(const std::string& first, const std::string& other) {
  if (first == other) return first;
  return (first.empty() ? "" : "first: " + first) + (first.empty() || other.empty() ? "" : "; ") +
         (other.empty() ? "" : "other: " + other);
}

}  // namespace

Section variants_section(const Results& results, const std::vector<Summary>& summaries,
                         const std::vector<Variant>& variants) {
  Section section{2,
                  "Variants: points that differ in one option (gain: seconds of the first / of the "
                  "other, above 1 if the other is faster; bal.: load balance)",
                  {},
                  {},
                  {}};
  section.table.header = {"work",       "model",      "NxRxT",      "option",     "first", "other",
                          "first time", "other time", "first bal.", "other bal.", "gain",  "marks"};
  section.table.left = {0, 1, 2, 3, 4, 5, 11};
  section.table.keys = 6;
  const auto seconds = [&](std::int64_t point) {
    return precise_seconds(summaries[static_cast<std::size_t>(point)].median_s);
  };
  const auto balance = [](const std::optional<double>& b) { return b ? percent(*b) : "-"; };
  for (const Variant& v : variants) {
    const Point& first = results.points[static_cast<std::size_t>(v.first)];
    const auto other_cell = [&](const Point& one, const Variant& variant) {
      const Point& other = results.points[static_cast<std::size_t>(variant.other)];
      const bool elsewhere = other.experiment != one.experiment;
      return json_text(variant.other_value) + (elsewhere ? " in " + other.experiment : "");
    };
    const auto marks = [&](std::int64_t point) {
      const auto i = static_cast<std::size_t>(point);
      return marks_text(marks_of(results.points[i], summaries[i]));
    };
    section.table.rows.push_back(
        {scaled_label(first), runner_label(first, v.option), placement_label(first.placement),
         v.option, json_text(v.first_value), other_cell(first, v), seconds(v.first),
         seconds(v.other), balance(v.first_balance), balance(v.other_balance),
         with_interval(v.gain.value, v.gain.interval), marks_cell(marks(v.first), marks(v.other))});
  }
  return section;
}

}  // namespace scalelaw::harness

#include "harness/render/observed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "common/quantity.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

std::string gigahertz(double hz) {
  return fmt::format("{:.3f}", hz * 1e-9);
}

std::string percent_of(double share) {
  return percent(share, 1);
}

/// A column of the table.
struct SeenColumn {
  const char* heading;
  double ObservedSummary::*quantity;
  std::string (*text)(double);
};

constexpr std::array<SeenColumn, 9> seen_columns{
    {{"memory", &ObservedSummary::peak_bytes, format_bytes},
     {"largest", &ObservedSummary::largest_peak_bytes, format_bytes},
     {"steal", &ObservedSummary::steal_share, percent_of},
     {"queued", &ObservedSummary::queued_share, percent_of},
     {"switches/s", &ObservedSummary::switches_per_s, significant},
     {"faults", &ObservedSummary::major_faults, significant},
     {"GHz", &ObservedSummary::clock_hz, gigahertz},
     {"instr./cycle", &ObservedSummary::instructions_per_cycle, two_decimals},
     {"joules", &ObservedSummary::energy_j, three_digits}}};

/// The rows of the points that tell anything.
std::vector<const ScalingRow*> telling_rows(const Report& report) {
  std::vector<const ScalingRow*> out;
  for (const ScalingRow& row : report.scaling) {
    const bool tells = std::ranges::any_of(seen_columns, [&](const SeenColumn& column) {
      return !std::isnan(row.seen.*column.quantity);
    });
    if (tells && !is_ceiling(report.point(row.point))) out.push_back(&row);
  }
  return out;
}

}  // namespace

Section observed_section(const Report& report) {
  Section section{2, "While the points were measured", {}, {}, {}};
  section.before = {
      "memory: the sum of the ranks' peaks; largest: of one rank; steal: processor time that the "
      "host of a virtual machine took; queued: that passed waiting for a processor (both of the "
      "rank that lost most); switches/s: how often a thread had to leave its processor; faults: "
      "pages read from a disk in a pass; joules: of a pass, the whole hosts"};
  const std::vector<const ScalingRow*> rows = telling_rows(report);
  section.table.header = {"work", "model", "NxRxT"};
  section.table.left = {0, 1, 2};
  section.table.keys = 3;
  for (const ScalingRow* row : rows) {
    const Point& point = report.point(row->point);
    section.table.rows.push_back(
        {scaled_label(point), runner_label(point), placement_label(point.placement)});
  }
  for (const auto& [heading, quantity, text] : seen_columns) {
    const bool told = std::ranges::any_of(
        rows, [&](const ScalingRow* row) { return !std::isnan(row->seen.*quantity); });
    if (!told) continue;
    section.table.header.emplace_back(heading);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double value = rows[i]->seen.*quantity;
      section.table.rows[i].push_back(std::isnan(value) ? "-" : text(value));
    }
  }
  section.table.left.push_back(section.table.header.size());
  section.table.header.emplace_back("marks");
  for (std::size_t i = 0; i < rows.size(); ++i) section.table.rows[i].push_back(rows[i]->marks);
  return section;
}

}  // namespace scalelaw::harness

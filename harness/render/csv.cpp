#include <fmt/format.h>

#include <cmath>

#include "common/json_text.hpp"
#include "harness/analysis/limits.hpp"
#include "harness/render/formats.hpp"

namespace scalelaw::harness {
namespace {

/// The shortest text that reads back as the same double; empty when the number is unknown.
std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

using NamedCells = std::vector<std::pair<std::string, std::string>>;

void add_quantity(NamedCells& cells, const std::string& name, const Bracketed& quantity) {
  cells.emplace_back(name, number(quantity.value));
  cells.emplace_back(name + "_low", number(quantity.low));
  cells.emplace_back(name + "_high", number(quantity.high));
}

void add_prediction(NamedCells& cells, const std::string& name,
                    const std::optional<Prediction>& p) {
  cells.emplace_back(name, p ? number(p->speedup) : "");
  cells.emplace_back(name + "_low", p ? number(p->low) : "");
  cells.emplace_back(name + "_high", p ? number(p->high) : "");
}

NamedCells cells_of(const Report& report, const ReportSeries& series, const ReportRow& row) {
  const Point& point = report.results->points[static_cast<std::size_t>(row.point)];
  const auto count = [](std::int64_t n) { return fmt::format("{}", n); };
  const ScalingRow& numbers = report.of(row);
  NamedCells cells{{"series", count(series.series.id)},
                   {"experiment", point.experiment},
                   {"kernel", point.kernel},
                   {"implementation", point.implementation},
                   {"params", serialize(point.params)},
                   {"options", serialize(point.options)},
                   {"model", point.model.name},
                   {"scaling", std::string(to_string(point.scaling))},
                   {"nodes", count(point.placement.nodes)},
                   {"ranks_per_node", count(point.placement.ranks_per_node)},
                   {"threads", count(point.placement.threads)},
                   {"workers", count(numbers.workers)},
                   {"oversubscribed", point.oversubscribed ? "true" : "false"},
                   {"state", std::string(to_string(numbers.state))},
                   {"reason", point.reason},
                   {"clock", std::string(to_string(numbers.clock))},
                   {"busy", numbers.busy ? "true" : "false"},
                   {"marks", numbers.marks},
                   {"launches", count(numbers.launches)},
                   {"samples", count(numbers.samples)},
                   {"median_s", number(numbers.time_s.value)},
                   {"median_low_s", number(numbers.time_s.low)},
                   {"median_high_s", number(numbers.time_s.high)},
                   {"unit", series.unit},
                   {"rate_per_s", number(numbers.rate_per_s.value)},
                   {"ceiling_share", number(numbers.ceiling_share)},
                   {"ceiling_doubt", numbers.ceiling_doubt},
                   {"ceiling_marks", numbers.ceiling_marks},
                   {"limit", numbers.limit},
                   {"limit_share", number(numbers.limit_share)},
                   {"limit_doubt", limit_doubt(numbers)},
                   {"limit_marks", numbers.limit_marks},
                   {"baseline_serial_s", number(numbers.serial.seconds.value)},
                   {"baseline_serial_marks", numbers.serial.marks},
                   {"baseline_own_s", number(numbers.own.seconds.value)},
                   {"baseline_own_marks", numbers.own.marks}};
  add_quantity(cells, "speedup_serial", numbers.serial_speedup);
  add_quantity(cells, "efficiency_serial", numbers.serial_efficiency);
  add_quantity(cells, "speedup_own", numbers.own_speedup);
  add_quantity(cells, "efficiency_own", numbers.own_efficiency);
  add_prediction(cells, "a_priori", row.a_priori);
  add_prediction(cells, "a_priori_messages", row.a_priori_messages);
  add_prediction(cells, "fitted", row.fitted);
  add_prediction(cells, "held_out", row.held_out);
  cells.emplace_back("karp_flatt", number(numbers.karp_flatt));
  cells.emplace_back("load_balance", row.pop ? number(row.pop->load_balance) : "");
  cells.emplace_back("communication", row.pop ? number(row.pop->communication) : "");
  const auto parts = row.waterfall ? parts_of(*row.waterfall) : std::array<double, 6>{};
  cells.emplace_back("loss", row.waterfall ? number(row.waterfall->loss) : "");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    cells.emplace_back(fmt::format("loss_{}", waterfall_parts[i]),
                       row.waterfall ? number(parts[i]) : "");
  }
  for (const auto& [name, quantity] : observed_summary_quantities) {
    cells.emplace_back(name, number(numbers.seen.*quantity));
  }
  return cells;
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (const char c : cells[i]) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

std::string report_csv(const Report& report) {
  std::string out;
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      const NamedCells cells = cells_of(report, series, row);
      std::vector<std::string> names, values;
      for (const auto& [name, value] : cells) {
        names.push_back(name);
        values.push_back(value);
      }
      if (out.empty()) out = csv_line(names);
      out += csv_line(values);
    }
  }
  return out;
}

}  // namespace scalelaw::harness

#include "harness/analysis/convergence.hpp"

#include <cmath>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

bool has_converged(const Report& report, std::int64_t point) {
  const double half_width = report.summary(point).half_width();
  switch (report.point(point).state) {
    case State::converged:
      return std::isfinite(half_width);
    case State::ok:
      return half_width <= report.results->target_interval;
    default:
      return false;
  }
}

Convergence convergence_of(const Report& report) {
  Convergence out;
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      if (!report.of(row).timed) continue;
      out.timed.push_back(row.point);
      if (report.point(row.point).state == State::unstable) {
        out.unstable.push_back(row.point);
      } else if (!has_converged(report, row.point)) {
        out.wide.push_back(row.point);
      }
    }
  }
  return out;
}

}  // namespace scalelaw::harness

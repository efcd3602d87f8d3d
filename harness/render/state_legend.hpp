#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// Explains the states and marks that tables show, each once.
class StateLegend {
 public:
  explicit StateLegend(const Report& report) : report_(report) {}

  /// "state: converged (...), busy (...)": what these rows show and no earlier line explained.  Empty
  /// when nothing is new.
  std::string line_for(const std::vector<ReportRow>& rows);

 private:
  const Report& report_;
  std::set<std::string> told_;
};

}  // namespace scalelaw::harness

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/findings.hpp"

namespace scalelaw::harness {

/// A point that a finding may be about: its series, its row in the report, its numbers.
struct Case {
  const ReportSeries* series = nullptr;
  const ReportRow* row = nullptr;
  const ScalingRow* numbers = nullptr;
  const Point* point = nullptr;
};

/// A workload: the series that a reader compares, those with the same kernel, size and kind of
/// scaling.
struct CaseGroup {
  std::vector<Case> cases;  ///< those that have a time and a core for each worker
  /// The shortest name that distinguishes it from the other workloads with this kind of scaling: its
  /// kernel, its experiment, or "dot_product length=1000".
  std::string work;

  [[nodiscard]] const Point& first() const { return *cases.front().point; }
  /// `work`, and " (weak)" in weak scaling.
  [[nodiscard]] std::string name() const;
};

/// All workloads with a time, in the order of the report.  They have the points of our own drivers;
/// in a file without any, those of the peers.
std::vector<CaseGroup> case_groups(const Report& report);

/// The name of the workload that a point belongs to; a long one for a point that is in none.
std::string work_name(const std::vector<CaseGroup>& groups, const Point& point);

/// The speedup by which a case is judged: over the best serial time or, without one, over one
/// worker of the same model.  Unknown when neither was measured.
const Bracketed& speedup_of(const Case& at);

/// The baseline of that speedup, for a sentence: "scalelaw-serial", "one worker".
std::string baseline_of(const Case& at);

/// That speedup divided by the workers.
const Bracketed& efficiency_of(const Case& at);

/// The marks of a case and of that baseline.
std::string marks_of_speedup(const Case& at);

/// The marks of a case and of its own one worker.
std::string marks_over_own(const Case& at);

/// The parallel case with the largest speedup; nothing when the group has none.
std::optional<Case> best_of(const CaseGroup& group);

/// "hybrid 1x2x1": the model and options, and the placement.
std::string way_of(const Case& at);

/// "8 workers".
std::string workers_of(const Case& at);

/// "1.66 [0.92, 1.99]".
std::string shown(const Bracketed& quantity);

/// A finding about a case, with the number that decided it.  `marks` are those of everything else
/// that the sentence names; findings_of() writes them, and the case's own, into the sentence.
Finding finding(FindingKind kind, std::string text, const Bracketed& number = {},
                const Case& at = {}, std::vector<std::string> marks = {});

}  // namespace scalelaw::harness

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

/// The series of our own drivers that a reader compares: those with the same kernel, size and kind
/// of scaling.
struct CaseGroup {
  std::vector<Case> cases;  ///< those that have a time and a core for each worker

  [[nodiscard]] const Point& first() const { return *cases.front().point; }
};

/// All groups with a time, in the order of the report.
std::vector<CaseGroup> case_groups(const Report& report);

/// The speedup by which a case is judged: over the best serial time or, without one, over one
/// worker of the same model.  Unknown when neither was measured.
const Bracketed& speedup_of(const Case& at);

/// The baseline of that speedup, for a sentence: "scalelaw-serial", "one worker".
std::string baseline_of(const Case& at);

/// That speedup divided by the workers.
const Bracketed& efficiency_of(const Case& at);

/// The parallel case with the largest speedup; nothing when the group has none.
std::optional<Case> best_of(const CaseGroup& group);

/// What the group runs, in the shortest way that tells it from the others: its kernel, its
/// experiment, or "dot_product length=1000".
std::string name_of(const CaseGroup& group, const std::vector<CaseGroup>& among);

/// "hybrid 1x2x1": the model and options, and the placement.
std::string way_of(const Case& at);

/// "1.66 [0.92, 1.99]".
std::string shown(const Bracketed& quantity);

/// A finding about a case, with the number that decided it.  The marks of its point end the
/// sentence.
Finding finding(FindingKind kind, std::string text, const Bracketed& number = {},
                const Case& at = {});

}  // namespace scalelaw::harness

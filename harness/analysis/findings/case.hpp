#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/findings.hpp"

namespace scalelaw::harness {

/// A point that a finding may speak of: its series, what the report says of it, its numbers.
struct Case {
  const ReportSeries* series = nullptr;
  const ReportRow* row = nullptr;
  const ScalingRow* numbers = nullptr;
  const Point* point = nullptr;
};

/// The series of one kernel at one size with one kind of scaling, of our own drivers: what a reader
/// compares.
struct CaseGroup {
  std::vector<Case> cases;  ///< those that have a time and a core for each worker

  [[nodiscard]] const Point& first() const { return *cases.front().point; }
};

/// Every group with a time, in the order of the report.
std::vector<CaseGroup> case_groups(const Report& report);

/// The speedup that a case is judged by: over the best serial time or, without one, over one worker
/// of the same model; unknown when neither was measured.
const Bracketed& speedup_of(const Case& at);

/// What it divides, for a sentence: "scalelaw-serial", "one worker".
std::string baseline_of(const Case& at);

/// That speedup divided by the workers.
const Bracketed& efficiency_of(const Case& at);

/// The parallel case with the largest speedup; nothing when the group has none.
std::optional<Case> best_of(const CaseGroup& group);

/// "dot_product length=1000": what the group runs, with the parameters only where the kernel's name does not
/// tell it from the others.
std::string name_of(const CaseGroup& group, const std::vector<CaseGroup>& among);

/// "hybrid 1x2x1": the model and options, and the placement.
std::string way_of(const Case& at);

/// "1.66 [0.92, 1.99]".
std::string shown(const Bracketed& quantity);

/// A finding about a case, and the number that decided.  The marks of its point end the sentence.
Finding finding(FindingKind kind, std::string text, const Bracketed& number = {},
                const Case& at = {});

}  // namespace scalelaw::harness

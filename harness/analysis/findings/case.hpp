#pragma once

#include <map>
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
  bool beside_other_kind = false;  ///< whether the file has workloads of the other kind of scaling

  [[nodiscard]] const Point& first() const { return *cases.front().point; }
  /// `work`, and " (weak)" in weak scaling; " (strong)" where the file has both.
  [[nodiscard]] std::string name() const;
};

/// The times that a sentence rests on: the marks of each, by a name that each has alone.
using Times = std::map<std::string, std::string>;

/// A finding, before its sentence ends with the marks of the times that it rests on.
struct Draft {
  Finding finding;
  Times times;
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

/// The time of a case; with that of a speedup's baseline; with that of its own one worker; with the
/// ceiling that it is compared with.
Times time_of(const Case& at);
Times times_of_speedup(const Case& at);
Times times_over_own(const Case& at);
Times times_with_ceiling(const Case& at);

/// How many workloads or series are of each kind of scaling, where a file has both: " (4 strong, 4
/// weak)", " (all strong)".  Empty for a file with one kind.
std::string kinds_text(const std::vector<const CaseGroup*>& groups);

/// The parallel case with the largest speedup; nothing when the group has none.
std::optional<Case> best_of(const CaseGroup& group);

/// "hybrid 1x2x1": the model and options, and the placement.
std::string way_of(const Case& at);

/// "8 workers".
std::string workers_of(const Case& at);

/// "1.66 [0.92, 1.99]".
std::string shown(const Bracketed& quantity);

/// A finding about a case, with the number that decided it.  `times` are those that the sentence
/// rests on, beside the case's own.
Draft finding(FindingKind kind, std::string text, const Bracketed& number = {}, const Case& at = {},
              Times times = {});

}  // namespace scalelaw::harness

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// What a reader must know before using a point's time.  Every table, file and figure shows a
/// point's marks beside its numbers; scripts/scalelaw_results/marks.py has the same list.
enum class Mark {
  pending,         ///< not measured yet, or interrupted: a time may be of a few launches
  not_converged,   ///< the interval is wider than the target
  unstable,        ///< the times have two centres
  wrong_result,    ///< failed: no number is shown
  invalid,         ///< likewise
  timeout,         ///< likewise
  crashed,         ///< likewise
  skipped,         ///< likewise
  oversubscribed,  ///< more workers than cores
  busy,            ///< the time rests on launches beside other work
  unproven,        ///< a record does not say that each thread had processors of its own
  pretended,       ///< invented by the fake launcher
  simulated,       ///< from a model of a machine
  imported         ///< measured by another program; how is unknown
};
constexpr auto enum_names(Mark) {
  return std::array<std::string_view, 14>{
      "pending",  "not_converged", "unstable",  "wrong_result",   "invalid",
      "timeout",  "crashed",       "skipped",   "oversubscribed", "busy",
      "unproven", "pretended",     "simulated", "imported"};
}

/// What a mark says, for a legend: "more workers than cores".
std::string_view meaning_of(Mark mark);

/// Whether it is not proven that each thread of a point had processors of its own.  Threads that
/// share cores on purpose, and times that were invented, need no proof.
bool lacks_proof(const Point& point, const Summary& summary);

/// The marks of a point, in the order above; none for one that converged on a quiet machine.
std::vector<Mark> marks_of(const Point& point, const Summary& summary);

/// The marks of both, in the order above and without repetition.
std::vector<Mark> joined(std::vector<Mark> marks, const std::vector<Mark>& others);

/// "not_converged, busy"; empty without marks.
std::string marks_text(const std::vector<Mark>& marks);

/// The marks that marks_text() wrote.
std::vector<Mark> marks_in(std::string_view text);

/// The marks in all of these texts, each once.
std::string joined_marks(const std::vector<std::string>& texts);

/// "1x1x2 busy; 1x1x4 not_converged, busy": points by name, each with its marks.  Imported points
/// that all have the same are not listed: "all unproven, imported".
std::string marked_list(const std::vector<std::pair<std::string, std::string>>& points);

/// A list of their names.
nlohmann::ordered_json marks_json(const std::vector<Mark>& marks);

/// `marks` for a table's column, with "converged" (or "ok") where no mark describes the state.
std::string state_text(State state, const std::string& marks);

/// A warning that times were not measured here, to show above everything else; nothing where all
/// were.
std::optional<std::string> clock_warning(const Results& results);

/// Whether all times of a file were imported: then nobody knows its seed.
bool is_imported(const Results& results);

/// The clock that all points share; "mixed" where they differ.
std::string clock_text(const Results& results);

}  // namespace scalelaw::harness

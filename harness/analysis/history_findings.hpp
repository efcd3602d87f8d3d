#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "harness/analysis/history.hpp"

namespace scalelaw::harness {

/// The subject of a conclusion about a history, in the order in which they are shown.
enum class HistoryFindingKind {
  clock,      ///< times were not measured
  step,       ///< where points became slower or faster, the latest first
  trend,      ///< points that drift
  unchanged,  ///< nothing was found
  too_few,    ///< points with too few campaigns
  machines,   ///< campaigns of several machines
  left_out    ///< points without a time
};
constexpr auto enum_names(HistoryFindingKind) {
  return std::array<std::string_view, 7>{"clock",   "step",     "trend",   "unchanged",
                                         "too_few", "machines", "left_out"};
}

/// The conclusions of a history, one sentence each.  Steps of several points at one campaign are
/// one finding; its value is the ratio of seconds of the point that changed most, and its `point`
/// is that line's number.
std::vector<Finding> history_findings(const History& history);

/// "campaign 16 (2026-02-01T03:04:05Z, new.h5)": campaigns are counted from 1.
std::string campaign_label(const History& history, std::size_t campaign);

/// "driver.build.revision a1b2 -> c3d4": with long values cut.
std::string change_text(const EnvironmentChange& change);

}  // namespace scalelaw::harness

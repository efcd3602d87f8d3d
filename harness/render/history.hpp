#pragma once

#include <string>
#include <vector>

#include "harness/analysis/history.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// The history as a document: its conclusions first; then, unless only they are wanted, a table of
/// steps, a line per point, and the campaigns.
std::vector<Section> history_sections(const History& history, bool findings_only);
/// An object with the keys of docs/json.md.
std::string history_json(const History& history);
/// A row for each point and campaign.
std::string history_csv(const History& history);

/// Times as bars, "▁▁▁▂█": the largest of each group where there are more than `most`.  The lowest
/// bar is the shortest time, and the highest one is at least a tenth more.
std::string bars(const std::vector<double>& times_s, std::size_t most);

}  // namespace scalelaw::harness

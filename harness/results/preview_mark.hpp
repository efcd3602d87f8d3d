#pragma once

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The entry of the environment that marks a preview.
constexpr const char* preview_entry = "campaign.preview";

/// Marks a campaign as a preview of another: too short to be judged like one.
inline void mark_as_preview(Results& results) {
  results.environment[preview_entry] = "yes";
}

inline bool is_preview(const Results& results) {
  return results.environment.contains(preview_entry);
}

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/machine/machine.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The share of the memory available that input with size = "auto" may take.
constexpr double auto_memory_share = 0.5;

/// How many bytes a memory-bound kernel holds with size = "auto", before the memory available
/// bounds them, and why.
struct MemorySize {
  std::int64_t bytes = 0;
  std::string why;  ///< behind "size auto: length = N, "
};

/// What sizes with size = "auto" were found from.  A campaign that is resumed keeps them, although
/// the machine may read or hold something else by then.
struct PlannedMemory {
  MemorySize size;
  double available_bytes = 0;  ///< Machine::memory_bytes
};

/// The bytes per second that all cores together read from arrays of `bytes` in all; nothing when
/// that cannot be measured.
using ReadRate = std::function<std::optional<double>(std::int64_t bytes)>;

/// The smallest size that no cache helps: from twice the last-level cache, doubled until twice as
/// much is read at 95 % of the rate at least.  At most auto_memory_share of the memory: nothing
/// larger is read.  Nothing when a rate cannot be measured, or the cache is unknown.
std::optional<MemorySize> measure_memory_size(const Machine& machine, const ReadRate& rate);

/// Stores it in the environment of a campaign, and reads it there; nothing when the campaign has no
/// automatic size, or is of a version that did not store it.
void store_planned_memory(const PlannedMemory& memory, Results& results);
std::optional<PlannedMemory> stored_planned_memory(const Results& results);

/// Without measuring: 4 times the last-level cache.  `why_not`: empty, or why nothing was measured.
MemorySize assumed_memory_size(const Machine& machine, const std::string& why_not = {});

}  // namespace scalelaw::harness

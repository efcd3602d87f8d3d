#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Where the data of a pass stay from one pass to the next.  One law cannot describe both the times
/// of data in a cache and those of data in memory.
enum class CacheLevel { private_caches, shared_cache, memory };
constexpr auto enum_names(CacheLevel) {
  return std::array<std::string_view, 3>{"the cores' own caches", "the shared cache", "memory"};
}

/// The caches of one node, as the campaign's environment has them (`topology.l2` ...).
struct Caches {
  double cores = 1;
  double own_bytes = 0;     ///< of one core: its share of the second level
  double shared_bytes = 0;  ///< of all third-level caches together
};
/// Nothing when the environment does not know them.
std::optional<Caches> caches_of(const std::map<std::string, std::string>& environment);

/// Where `workers` on one node find `bytes` that are divided among them.
CacheLevel level_of(const Caches& caches, double bytes, double workers);

/// The same for a point, from its work model's `resident_bytes`.  Nothing when these are unknown,
/// or when the kernel is not memory-bound, so that the cache does not matter.
std::optional<CacheLevel> level_of(const Caches& caches, const Point& point);

/// The same for `workers` workers of the point's series, on as many of its nodes as they need
/// cores.  In weak scaling the work grows with the workers.
std::optional<CacheLevel> level_at(const Caches& caches, const Point& point, double workers);

}  // namespace scalelaw::harness

#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Where the data of a pass stay from one pass to the next: the times of work that is read from
/// different places do not lie on one line.
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

/// Where `workers` on one node find `bytes` that they share out among them.
CacheLevel level_of(const Caches& caches, double bytes, double workers);

/// The same for a point, from its work model's `resident_bytes`.  Nothing for a kernel that is not
/// bound by memory, and whose times therefore need not care, or whose bytes are not known.
std::optional<CacheLevel> level_of(const Caches& caches, const Point& point);

/// The same for `workers` workers of the point's series, on as many such nodes as have cores for
/// them; with more work in weak scaling.
std::optional<CacheLevel> level_at(const Caches& caches, const Point& point, double workers);

}  // namespace scalelaw::harness

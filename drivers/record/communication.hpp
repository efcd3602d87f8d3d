#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::driver {

/// A way in which all ranks communicate.
enum class Collective {
  barrier,
  allreduce,
  reduce,     ///< to the root along a binomial tree; a message stands for the ranks behind it
  broadcast,  ///< from the root
  scatter,    ///< the root sends each other rank its part itself
  gather,     ///< each other rank sends its part to the root itself
  ping_pong   ///< rank 0 sends to rank 1, which sends back; all others rest
};
constexpr auto enum_names(Collective) {
  return std::array<std::string_view, 7>{"barrier", "allreduce", "reduce",   "broadcast",
                                         "scatter", "gather",    "ping_pong"};
}

/// What the ranks send each other in one phase of a pass.  A rank's part has `rank_bytes`, and its
/// share of `shared_bytes`, as of the items.
struct Communication {
  std::string phase;
  Collective operation = Collective::barrier;
  double rank_bytes = 0;
  double shared_bytes = 0;          ///< of all ranks together
  std::string shared_fact{};        ///< the fact that says how many more; empty: none
  bool fact_between_hosts = false;  ///< on the root's host, nobody sends what the fact says
  std::int64_t count = 1;           ///< of such operations, one after the other
};

}  // namespace scalelaw::driver

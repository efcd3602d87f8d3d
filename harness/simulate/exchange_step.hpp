#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/field.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A way in which the ranks of a pass communicate (docs/record.md, `work.communication`).  Only a
/// calibration has the last two: rank 0 starts a message to rank 1, or receives one of rank 1 that
/// was sent before; the rest of it counts in no phase.
enum class Operation {
  barrier,
  allreduce,
  reduce,
  broadcast,
  scatter,
  gather,
  ping_pong,
  send,
  receive
};
constexpr auto enum_names(Operation) {
  return std::array<std::string_view, 9>{"barrier", "allreduce", "reduce", "broadcast", "scatter",
                                         "gather",  "ping_pong", "send",   "receive"};
}

/// One exchange of a pass, with all sizes known.
struct ExchangeStep {
  std::size_t phase = 0;  ///< index into the pass's phases
  Operation operation = Operation::barrier;
  double rank_bytes = 0;           ///< of each rank's part
  double shared_bytes = 0;         ///< of all parts together, beside these
  double between_hosts_bytes = 0;  ///< likewise; not sent to a rank of the same host
  std::int64_t count = 1;

  /// The bytes of a message for ranks that have `part` of the pass (Shares).
  [[nodiscard]] double message_bytes(double part, bool same_host = false) const {
    if (part <= 0) return 0;  // who had nothing to do has nothing to say
    return rank_bytes + part * (shared_bytes + (same_host ? 0 : between_hosts_bytes));
  }
};

}  // namespace scalelaw::harness

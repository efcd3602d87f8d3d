#pragma once

#include <cstdint>

#include "common/range.hpp"

namespace scalelaw::harness {

/// How the work of a pass is dealt to ranks and their threads: in items that none can divide, where
/// the driver says how many there are.  So more workers than items gain nothing.
struct Shares {
  double operations = 1;   ///< of the whole pass
  std::int64_t items = 0;  ///< 0: unknown; then work is divided without a rest
  std::int64_t threads = 1;

  /// The part of the pass that the ranks from `rank` to `rank` + `count`, of `ranks`, have.
  [[nodiscard]] double part(std::int64_t rank, std::int64_t ranks, std::int64_t count = 1) const {
    if (items <= 0) return static_cast<double>(count) / static_cast<double>(ranks);
    const std::int64_t begin = split({0, items}, ranks, rank).begin;
    const std::int64_t end = split({0, items}, ranks, rank + count - 1).end;
    return static_cast<double>(end - begin) / static_cast<double>(items);
  }

  /// The operations of the thread of `rank` that has most.
  [[nodiscard]] double operations_of(std::int64_t rank, std::int64_t ranks) const {
    if (items <= 0) return operations * part(rank, ranks) / static_cast<double>(threads);
    const std::int64_t most = split({0, split({0, items}, ranks, rank).size()}, threads, 0).size();
    return operations * static_cast<double>(most) / static_cast<double>(items);
  }
};

}  // namespace scalelaw::harness

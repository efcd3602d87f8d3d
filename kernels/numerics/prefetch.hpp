#pragma once

#include <cstdint>

namespace scalelaw {

/// One loop, compiled without and with prefetching.  How many bytes ahead it prefetches is an
/// argument, which numerics/tuning.hpp chooses.  It never changes a result.
template <class Loop>
struct PrefetchPair {
  Loop without, with;

  /// The version for a distance of `ahead` bytes; 0: no prefetching.
  [[nodiscard]] constexpr Loop at(std::int64_t ahead) const { return ahead > 0 ? with : without; }
};

}  // namespace scalelaw

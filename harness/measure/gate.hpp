#pragma once

#include <cstdint>
#include <functional>

namespace scalelaw {

/// What the capacity gate found.
struct GateReading {
  double free_cores = 0;   ///< cores that were really free, of those asked about
  double cpu_share = 0;    ///< CPU time / wall time of the spin loops, mean over loops
  double work_share = 0;   ///< work done per loop, relative to one undisturbed loop
  std::int64_t loops = 0;  ///< how many spin loops ran: workers, at most the cores allowed
  bool busy = false;       ///< less than the wanted share of the loops' cores was free
};

/// Asks whether `workers` cores are free right now.
using GateProbe = std::function<GateReading(std::int64_t workers)>;

}  // namespace scalelaw

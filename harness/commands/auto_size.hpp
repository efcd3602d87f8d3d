#pragma once

#include <functional>
#include <optional>

#include "common/kept_facts.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/plan/memory_size.hpp"

namespace scalelaw::harness {

/// The measured size of this machine, kept until it starts anew for a second campaign to read.
class KeptMemorySizes {
 public:
  explicit KeptMemorySizes(KeptFacts facts);

  /// Nothing when none was kept, or one of another cache or other cores.
  [[nodiscard]] std::optional<MemorySize> find(const Machine& machine) const;
  /// Errors: none.  What cannot be written is measured again.
  void keep(const Machine& machine, const MemorySize& size) const;

 private:
  KeptFacts facts_;
};
KeptMemorySizes kept_memory_sizes();

/// How a machine shows its size.
struct MemoryProbe {
  ReadRate rate;
  std::function<bool()> is_busy;  ///< other work uses the cores
};

/// Measures the size, and keeps it unless other work used the machine before or after: a size that
/// other work changed may serve this campaign, and no later one.  Nothing when nothing can be read.
std::optional<MemorySize> measure_and_keep(const Machine& machine, const KeptMemorySizes& kept,
                                           const MemoryProbe& probe);

/// The answer to size = "auto" for memory-bound kernels.  Where the
/// drivers run on this machine, a driver with threads reads memory on all cores, unless that was
/// done since the machine started.  Elsewhere, the size is assumed, and the note says so; likewise
/// where nothing is kept and `may_measure` is false, since a look at a plan should take no time.
std::function<MemorySize()> memory_size_for(const Prepared& prepared, const DriverFacts& drivers,
                                            bool may_measure);

}  // namespace scalelaw::harness

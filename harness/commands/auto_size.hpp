#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "harness/commands/prepare.hpp"
#include "harness/plan/memory_size.hpp"

namespace scalelaw::harness {

/// The measured size of each host, until it starts anew: a file in the user's cache folder
/// ($XDG_CACHE_HOME or ~/.cache), which a second campaign reads.
class KeptMemorySizes {
 public:
  /// `path`: empty: nothing is kept.  `boot`: what names this start of this host.
  KeptMemorySizes(std::filesystem::path path, std::string host, std::string boot);

  /// Nothing when the file has none for this start of this host with this cache and these cores.
  [[nodiscard]] std::optional<MemorySize> find(const Machine& machine) const;
  /// Errors: none.  What cannot be written is measured again.
  void keep(const Machine& machine, const MemorySize& size) const;

 private:
  std::filesystem::path path_;
  std::string host_, boot_;
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

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// Where bytes lie in the ShareableMemory of a process; an offset of -1: not there.
struct Place {
  std::int64_t offset = -1;
  std::int64_t bytes = 0;
};

/// Where `piece` lies in that of this process.
Place place_of(const Piece& piece);

/// What a rank says of its memory.  Another host, or another container of this host, may have a
/// process of the same number.  So the memory has a mark in it by which it is recognised.
struct MemoryOffer {
  std::int64_t process = 0;
  std::int64_t descriptor = -1;
  std::int64_t offset = 0;  ///< of the mark
  std::array<std::uint32_t, 8> mark{};
};

/// Of this process, with a new mark; without a descriptor where it has no such memory.
MemoryOffer offer_memory();

/// The file of the process that made the offer, open for reading, if that process is on this host;
/// else -1.
int open_offered(const MemoryOffer& offer);

/// Likewise of each offer, as long as half of the files remain that the process may still open: all
/// else that opens files, MPI too, needs these.
std::vector<int> open_all_offered(const std::vector<MemoryOffer>& offers);

/// The ShareableMemory of the other ranks, as far as the root can map it: of those on its host,
/// unless their processes are kept apart there.  Such a rank need not send what the root can read.
class NodeMemory {
 public:
  /// Collective.  A rank whose memory is not `offered` sends, as if it was on another host.
  explicit NodeMemory(Comm& comm, bool offered = true);
  NodeMemory(const NodeMemory&) = delete;
  NodeMemory& operator=(const NodeMemory&) = delete;
  ~NodeMemory();

  /// Whether the root can read what this rank has.  Every rank knows it of all.
  [[nodiscard]] bool reaches(int rank) const { return reached_[static_cast<std::size_t>(rank)]; }

  /// At the root: what `rank` has there, for reading, until this object ends.
  /// Errors: throws Error where it cannot be mapped.
  Piece at(int rank, Place place);

 private:
  struct Mapping {
    void* memory = nullptr;
    std::size_t bytes = 0;
  };
  const Mapping& mapping(int rank, std::int64_t first, std::int64_t slabs);

  std::vector<bool> reached_;
  std::vector<int> files_;  ///< at the root, of each rank; -1: none
  /// By rank, offset and number of slabs: a pass maps what the one before it has mapped.
  std::map<std::tuple<int, std::int64_t, std::int64_t>, Mapping> mappings_;
};

}  // namespace scalelaw::driver

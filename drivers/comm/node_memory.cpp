#include "drivers/comm/node_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "common/error.hpp"
#include "kernels/numerics/shareable_memory.hpp"

namespace scalelaw::driver {
namespace {

constexpr std::int64_t slab_bytes = ShareableMemory::slab_bytes;
/// That of this process, made once.
const MemoryOffer& own_offer() {
  static const MemoryOffer offer = offer_memory();
  return offer;
}

template <class T>
Bytes bytes_of(const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

MemoryOffer offer_memory() {
  MemoryOffer out{.process = getpid()};
  const auto space = shareable_memory().allocate(sizeof out.mark);
  if (!space) return out;
  std::random_device random;
  for (std::uint32_t& word : out.mark) word = random();
  std::memcpy(space->data(), out.mark.data(), sizeof out.mark);
  out.descriptor = shareable_memory().descriptor();
  out.offset = *shareable_memory().offset_of(space->data());
  return out;
}

int open_offered(const MemoryOffer& offer) {
  if (offer.descriptor < 0) return -1;
  const std::string path = fmt::format("/proc/{}/fd/{}", offer.process, offer.descriptor);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return -1;
  decltype(offer.mark) mark{};
  const bool read = pread(file, mark.data(), sizeof mark, offer.offset) == sizeof mark;
  if (read && mark == offer.mark) return file;
  close(file);
  return -1;
}

Place place_of(const Piece& piece) {
  return {.offset = shareable_memory().offset_of(piece.data()).value_or(-1),
          .bytes = std::ssize(piece)};
}

NodeMemory::NodeMemory(Comm& comm, bool offered) {
  const bool has_some = offered && !comm.is_root();
  const std::vector<Bytes> offers = comm.gather(bytes_of(has_some ? own_offer() : MemoryOffer{}));
  Bytes reached;
  for (const Bytes& bytes : offers) {
    MemoryOffer offer;
    std::memcpy(&offer, bytes.data(), sizeof offer);
    files_.push_back(open_offered(offer));
    reached.push_back(std::byte{files_.back() >= 0});
  }
  for (const std::byte one : comm.broadcast(reached)) reached_.push_back(one != std::byte{0});
}

NodeMemory::~NodeMemory() {
  for (const auto& [key, one] : mappings_) munmap(one.memory, one.bytes);
  for (const int file : files_) {
    if (file >= 0) close(file);
  }
}

Piece NodeMemory::at(int rank, Place place) {
  const std::int64_t first = place.offset / slab_bytes * slab_bytes;
  const std::int64_t end = place.offset + place.bytes;
  const Mapping& found = mapping(rank, first, (end - first + slab_bytes - 1) / slab_bytes);
  return {static_cast<std::byte*>(found.memory) + (place.offset - first),
          static_cast<std::size_t>(place.bytes)};
}

const NodeMemory::Mapping& NodeMemory::mapping(int rank, std::int64_t first, std::int64_t slabs) {
  Mapping& out = mappings_[{rank, first, slabs}];
  if (out.memory != nullptr) return out;
  out.bytes = static_cast<std::size_t>(slabs * slab_bytes);
  out.memory = mmap(nullptr, out.bytes, PROT_READ, MAP_SHARED | MAP_NORESERVE,
                    files_.at(static_cast<std::size_t>(rank)), first);
  if (out.memory == MAP_FAILED) {
    mappings_.erase({rank, first, slabs});
    throw Error(fmt::format("rank 0 cannot map {} bytes of the memory of rank {}",
                            slabs * slab_bytes, rank),
                "raise the limit (ulimit -v), or use --combine messages");
  }
  return out;
}

}  // namespace scalelaw::driver

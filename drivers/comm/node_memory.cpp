#include "drivers/comm/node_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

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

/// How many more files this process may open; 0 where that cannot be known.
std::int64_t descriptors_left() {
  rlimit limit{};
  std::error_code error;
  const std::filesystem::directory_iterator open_files("/proc/self/fd", error);
  if (error || getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  constexpr rlim_t enough = 1 << 30;  // RLIM_INFINITY is no number
  const auto most = static_cast<std::int64_t>(std::min(limit.rlim_cur, enough));
  return std::max<std::int64_t>(0, most - std::distance(begin(open_files), end(open_files)));
}

/// Whether this is the link of a process to its ShareableMemory.  To open anything else may have
/// effects, and the process may be another one of the same number.
bool leads_to_shareable_memory(const std::string& path) {
  std::array<char, 64> target{};
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  return length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length))
                           .starts_with("/memfd:scalelaw");
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
  if (!leads_to_shareable_memory(path)) return -1;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return -1;
  decltype(offer.mark) mark{};
  const bool read = pread(file, mark.data(), sizeof mark, offer.offset) == sizeof mark;
  if (read && mark == offer.mark) return file;
  close(file);
  return -1;
}

std::vector<int> open_all_offered(const std::vector<MemoryOffer>& offers) {
  std::int64_t left = descriptors_left() / 2;
  std::vector<int> out;
  for (const MemoryOffer& offer : offers) {
    out.push_back(left > 0 ? open_offered(offer) : -1);
    if (out.back() >= 0) --left;
  }
  return out;
}

Place place_of(const Piece& piece) {
  return {.offset = shareable_memory().offset_of(piece.data()).value_or(-1),
          .bytes = std::ssize(piece)};
}

NodeMemory::NodeMemory(Comm& comm, bool offered) {
  const bool has_some = offered && !comm.is_root();
  std::vector<MemoryOffer> offers;
  for (const Bytes& bytes : comm.gather(bytes_of(has_some ? own_offer() : MemoryOffer{}))) {
    std::memcpy(&offers.emplace_back(), bytes.data(), sizeof(MemoryOffer));
  }
  files_ = open_all_offered(offers);
  Bytes reached;
  for (const int file : files_) reached.push_back(std::byte{file >= 0});
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

#include "drivers/comm/comm.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace scalelaw::driver {

double steady_now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void send_bytes(Comm& comm, const Bytes& bytes, int to) {
  std::int64_t size = static_cast<std::int64_t>(bytes.size());
  comm.send({piece_of(size)}, to)->wait();
  // Sending does not modify the bytes; Piece is mutable for receiving.
  auto* data = const_cast<std::byte*>(bytes.data());
  if (size > 0) comm.send({Piece(data, bytes.size())}, to)->wait();
}

Bytes receive_bytes(Comm& comm, int from) {
  std::int64_t size = 0;
  comm.receive({piece_of(size)}, from)->wait();
  Bytes bytes(static_cast<std::size_t>(size));
  if (size > 0) comm.receive({Piece(bytes)}, from)->wait();
  return bytes;
}

bool launched_as_other_rank() {
  constexpr std::array names{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"};
  for (const char* name : names) {
    const char* rank = std::getenv(name);
    if (rank != nullptr) return std::string_view(rank) != "0";
  }
  return false;
}

std::int64_t ranks_launched() {
  // Launchers within an srun step take precedence.
  constexpr std::array names{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};
  for (const char* name : names) {
    const char* ranks = std::getenv(name);
    if (ranks != nullptr) return std::max(1LL, std::atoll(ranks));
  }
  return 1;
}

}  // namespace scalelaw::driver

#include "drivers/cli/memory_check.hpp"

#include <fmt/format.h>

#include "common/memory.hpp"
#include "common/quantity.hpp"
#include "drivers/comm/json_exchange.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

/// The fraction of the whole that `part` is, with `ranks` ranks.
double fraction(Part part, int ranks) {
  switch (part) {
    case Part::whole:
      return 1;
    case Part::share:
      return 1.0 / ranks;
    case Part::nothing:
      break;
  }
  return 0;
}

}  // namespace

void check_memory(double resident_bytes, double bytes_per_rank, const Holds& holds, Comm& comm) {
  const std::string host = host_name();
  const nlohmann::json hosts = share_json(comm, host);
  double need = 0;
  for (int rank = 0; rank < comm.size(); ++rank) {
    if (hosts.at(static_cast<std::size_t>(rank)) != host) continue;
    need += resident_bytes * fraction(rank == 0 ? holds.root : holds.others, comm.size());
    need += bytes_per_rank;
  }
  // A program that runs has a few MiB, and to ask for the memory takes longer than a short pass.
  constexpr double always_there = 4 << 20;
  together(comm, [&] {
    if (need <= always_there) return;
    const auto available = available_memory_bytes();
    if (available && need > static_cast<double>(*available)) {
      throw Error(fmt::format("needs {}, but only {} available on {}", format_bytes(need),
                              format_bytes(static_cast<double>(*available)), host),
                  "choose a smaller size, or use more nodes");
    }
  });
}

}  // namespace scalelaw::driver

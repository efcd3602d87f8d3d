#include "drivers/paradigms/hosts.hpp"

#include <algorithm>

#include "drivers/comm/json_exchange.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {

HostPlace host_place(Comm& comm, std::int64_t ranks_per_host) {
  if (ranks_per_host > 0) {
    return {.first = comm.rank() < ranks_per_host, .only = comm.size() <= ranks_per_host};
  }
  const std::string mine = host_name();
  const nlohmann::json hosts = share_json(comm, mine);
  const auto on_first = [&](const nlohmann::json& host) { return host == hosts.at(0); };
  return {.first = on_first(mine), .only = std::all_of(hosts.begin(), hosts.end(), on_first)};
}

}  // namespace scalelaw::driver

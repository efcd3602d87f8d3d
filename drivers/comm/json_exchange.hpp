#pragma once

#include <nlohmann/json.hpp>

#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Every rank's value as an array in rank order at the root; an empty array elsewhere.  Collective.
nlohmann::json gather_json(Comm& comm, const nlohmann::json& mine);

/// Every rank's value as an array in rank order, on every rank.  Collective.
nlohmann::json share_json(Comm& comm, const nlohmann::json& mine);

}  // namespace scalelaw::driver

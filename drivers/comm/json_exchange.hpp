#pragma once

#include <nlohmann/json.hpp>

#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Every rank's value as an array in rank order, at the root; elsewhere an empty array. Collective.
nlohmann::json gather_json(Comm& comm, const nlohmann::json& mine);

/// The same, on every rank.
nlohmann::json share_json(Comm& comm, const nlohmann::json& mine);

}  // namespace scalelaw::driver

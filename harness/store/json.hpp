#pragma once

#include <nlohmann/json.hpp>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// The harness's data as JSON, for the record and the journal.  A number that JSON cannot hold (NaN,
// infinity) is written as null and read back as NaN.  Reading throws nlohmann::json::exception on a
// missing key or a wrong type.

nlohmann::json to_json(const Point& point);
nlohmann::json to_json(const Launch& launch);

Point point_from_json(const nlohmann::json& object);
Launch launch_from_json(const nlohmann::json& object);
Sample sample_from_json(const nlohmann::json& object);  ///< a line of the record

}  // namespace scalelaw::harness

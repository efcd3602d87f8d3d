#include "drivers/record/identity.hpp"

#include <nlohmann/json.hpp>

namespace scalelaw::driver {

nlohmann::json to_json(const Model& model) {
  nlohmann::json out{{"name", model.name},
                     {"title", model.title},
                     {"ranked", model.ranked},
                     {"threaded", model.threaded},
                     {"device", model.device}};
  if (model.alone) out["alone"] = true;
  return out;
}

}  // namespace scalelaw::driver

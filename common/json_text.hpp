#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw {

/// A value as a person writes it: a text without its quotes, anything else as JSON.
inline std::string json_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace scalelaw

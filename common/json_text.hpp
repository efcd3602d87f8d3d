#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw {

/// `value` as JSON, on one line or indented by `indent` spaces per level.  JSON is UTF-8; other
/// bytes (a file name in another encoding) become \xHH, so any value can be written.
std::string serialize(const nlohmann::json& value, int indent = -1);
std::string serialize(const nlohmann::ordered_json& value, int indent = -1);

/// `value` for a message: a string without its quotes, anything else as JSON.
std::string json_text(const nlohmann::json& value);

}  // namespace scalelaw

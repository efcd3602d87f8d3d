#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw {

/// `value` as JSON: on one line, or indented by `indent` spaces a level.  JSON is UTF-8; bytes that
/// are not (a file name in another encoding) become \xHH, so that any value can be written.
std::string serialize(const nlohmann::json& value, int indent = -1);
std::string serialize(const nlohmann::ordered_json& value, int indent = -1);

/// A value as a person writes it: a text without its quotes, anything else as JSON.
std::string json_text(const nlohmann::json& value);

}  // namespace scalelaw

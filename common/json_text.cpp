#include "common/json_text.hpp"

#include <utility>

#include "common/utf8.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

/// `value` with every text in it, keys too, in valid UTF-8.
json with_valid_texts(const json& value) {
  if (value.is_string()) return escape_invalid_utf8(value.get_ref<const std::string&>());
  if (value.is_array()) {
    json out = json::array();
    for (const json& one : value) out.push_back(with_valid_texts(one));
    return out;
  }
  if (value.is_object()) {
    json out = json::object();
    for (const auto& [key, one] : value.items()) {
      out[escape_invalid_utf8(key)] = with_valid_texts(one);
    }
    return out;
  }
  return value;
}

}  // namespace

std::string serialize(const json& value, int indent) {
  try {
    return value.dump(indent);
  } catch (const json::type_error&) {  // invalid UTF-8, which is rare: the only one that dump has
    return with_valid_texts(value).dump(indent);
  }
}

std::string json_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : serialize(value);
}

}  // namespace scalelaw

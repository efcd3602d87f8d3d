#include "common/json_text.hpp"

#include <utility>

#include "common/utf8.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

/// `value` with all its strings, including keys, in valid UTF-8.
template <class Json>
Json with_valid_texts(const Json& value) {
  if (value.is_string()) return escape_invalid_utf8(value.template get_ref<const std::string&>());
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& one : value) out.push_back(with_valid_texts(one));
    return out;
  }
  if (value.is_object()) {
    Json out = Json::object();
    for (const auto& [key, one] : value.items()) {
      out[escape_invalid_utf8(key)] = with_valid_texts(one);
    }
    return out;
  }
  return value;
}

template <class Json>
std::string dumped(const Json& value, int indent) {
  try {
    return value.dump(indent);
  } catch (const typename Json::type_error&) {  // invalid UTF-8; dump() throws no other type_error
    return with_valid_texts(value).dump(indent);
  }
}

}  // namespace

std::string serialize(const json& value, int indent) {
  return dumped(value, indent);
}

std::string serialize(const nlohmann::ordered_json& value, int indent) {
  return dumped(value, indent);
}

std::string json_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : serialize(value);
}

}  // namespace scalelaw

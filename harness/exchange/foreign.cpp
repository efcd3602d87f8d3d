#include "harness/exchange/foreign.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "harness/exchange/numbers.hpp"

namespace scalelaw::harness {

using nlohmann::json;

json object_of(const std::string& text) {
  if (trimmed(text.substr(0, 4096)).substr(0, 1) != "{") return {};
  try {
    json value = parse_foreign(text);
    return value.is_object() ? value : json();
  } catch (const Error&) {
    return {};
  }
}

const json& member(const json& object, const std::string& key, const std::string& where) {
  if (object.is_object()) {
    const auto found = object.find(key);
    if (found != object.end()) return *found;
  }
  throw Error(fmt::format("{}: '{}' is missing", where, key),
              "give the file as the other program wrote it");
}

const json& list_member(const json& object, const std::string& key, const std::string& where) {
  const json& value = member(object, key, where);
  if (value.is_array()) return value;
  throw Error(fmt::format("{}.{} is not a list", where, key),
              "give the file as the other program wrote it");
}

std::string text_member(const json& object, const std::string& key, const std::string& where) {
  const json& value = member(object, key, where);
  if (value.is_string()) return value.get<std::string>();
  throw Error(fmt::format("{}.{} is not a text", where, key),
              "give the file as the other program wrote it");
}

double number_member(const json& object, const std::string& key, const std::string& where) {
  const json& value = member(object, key, where);
  if (value.is_number()) return value.get<double>();
  throw Error(fmt::format("{}.{} is not a number", where, key),
              "give the file as the other program wrote it");
}

double positive(const json& value, const std::string& where) {
  if (value.is_number() && value.get<double>() > 0) return value.get<double>();
  throw Error(fmt::format("{}: the time is '{}', not a positive number", where, json_text(value)),
              "remove the entry, or measure it again");
}

}  // namespace scalelaw::harness

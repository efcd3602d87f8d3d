#include "harness/results/json_fields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::size_t longest_name = 128;  // bytes
constexpr std::size_t longest_shown = 60;  // of a value in a message
constexpr double rounding = 1.001;         // a part against the whole: sums of clock readings
constexpr double rounding_s = 1e-6;

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text";
    case Kind::whole:
      return "a whole number of 64 bits";
    case Kind::number:
      return "a number";
    case Kind::truth:
      return "true or false";
    case Kind::object:
      return "an object";
    case Kind::list:
      break;
  }
  return "a list";
}

bool fits(const json& value, Kind kind) {
  switch (kind) {
    case Kind::text:
      return value.is_string();
    case Kind::whole:
      return value.is_number_integer() &&
             (!value.is_number_unsigned() ||
              value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
    case Kind::number:
      return value.is_number();
    case Kind::truth:
      return value.is_boolean();
    case Kind::object:
      return value.is_object();
    case Kind::list:
      break;
  }
  return value.is_array();
}

}  // namespace

std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  const std::string text = serialize(value);
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

void require_kind(const json& value, const char* key, Kind kind) {
  if (fits(value, kind)) return;
  throw Fault{key, fmt::format("must be {}, not {}", describe(kind), shown(value))};
}

const json& field(const json& object, const char* key, Kind kind) {
  const auto found = object.find(key);
  if (found == object.end()) throw Fault{key, "is missing"};
  require_kind(*found, key, kind);
  return *found;
}

const json* optional_field(const json& object, const char* key, Kind kind) {
  const auto found = object.find(key);
  if (found == object.end()) return nullptr;
  require_kind(*found, key, kind);
  return &*found;
}

std::int64_t at_least(std::int64_t least, const json& value, const char* key) {
  const auto number = value.get<std::int64_t>();
  if (number < least) throw Fault{key, fmt::format("must be at least {}, not {}", least, number)};
  return number;
}

double duration(const json& object, const char* key) {
  const auto seconds = field(object, key, Kind::number).get<double>();
  if (!std::isfinite(seconds) || seconds < 0) {
    throw Fault{key, fmt::format("must be a duration, not {} s", seconds)};
  }
  return seconds;
}

void require_inside(double part_s, double whole_s, const std::string& key, const char* whole) {
  if (part_s <= whole_s * rounding + rounding_s) return;
  throw Fault{key, fmt::format("is {} s, longer than {} of {} s", part_s, whole, whole_s)};
}

void require_texts(const json& object, const char* key) {
  if (const json* text = optional_field(object, key, Kind::object)) {
    within(key, [&] {
      for (const auto& [name, value] : text->items()) require_kind(value, name.c_str(), Kind::text);
    });
  }
}

void require_name(const std::string& name) {
  const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!name.empty() && name.size() <= longest_name && printable) return;
  throw Fault{shown(name), fmt::format("is not a name: it needs 1 to {} bytes, and no control "
                                       "characters",
                                       longest_name)};
}

void require_storable(const json& value) {
  if (value.is_number_integer() && !fits(value, Kind::whole)) {
    throw Fault{"", fmt::format("must fit in 64 bits with a sign, and {} does not", shown(value))};
  }
  if (value.is_object()) {
    for (const auto& [name, part] : value.items()) {
      require_name(name);
      within(name, [&, &part = part] { require_storable(part); });
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      within(fmt::format("[{}]", i), [&] { require_storable(value[i]); });
    }
  }
}

void require_few(const json& object, const char* key, const char* column) {
  if (object.size() > most_names) {
    throw Fault{key, fmt::format("has {} entries, more than {}", object.size(), most_names)};
  }
  if (object.contains(column)) {
    throw Fault{fmt::format("{}.{}", key, column), "has the name of a column of the results file"};
  }
}

}  // namespace scalelaw::harness

#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw::harness {

// Checks of the fields of what drivers write: descriptions and records.  Each throws Fault.

/// A field that breaks a rule.
struct Fault {
  std::string field;  ///< e.g. ranks[0].items
  std::string says;
};

enum class Kind { text, whole, number, truth, object, list };

/// The most parameters, facts or phases: each is a column of a table, or named in many rows.
constexpr std::size_t most_names = 256;

/// A value as a message shows it: short, on one line.
std::string shown(const nlohmann::json& value);

/// Runs `check`, and puts `place` before the field that a fault names.
template <class Place, class Check>
void within(const Place& place, const Check& check) {
  try {
    check();
  } catch (Fault& fault) {
    const bool element = fault.field.empty() || fault.field.front() == '[';
    fault.field = fmt::format("{}{}{}", place, element ? "" : ".", fault.field);
    throw;
  }
}

/// Runs `check` on each element of a list inside `place`.
template <class Check>
void each(const nlohmann::json& list, const std::string& place, const Check& check) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    within(fmt::format("{}[{}]", place, i), [&] { check(list[i]); });
  }
}

void require_kind(const nlohmann::json& value, const char* key, Kind kind);

/// The field `key`, which must exist and be of that kind.
const nlohmann::json& field(const nlohmann::json& object, const char* key, Kind kind);

/// The field `key`, which must be of that kind; nullptr when there is none.
const nlohmann::json* optional_field(const nlohmann::json& object, const char* key, Kind kind);

std::int64_t at_least(std::int64_t least, const nlohmann::json& value, const char* key);

/// Seconds, finite and not negative.
double duration(const nlohmann::json& object, const char* key);

/// A part cannot last longer than the whole.
void require_inside(double part_s, double whole_s, const std::string& key, const char* whole);

/// An object whose values are texts, if it is there.
void require_texts(const nlohmann::json& object, const char* key);

/// Names become columns and attributes of the results file.
void require_name(const std::string& name);

/// Names and numbers at every depth.
void require_storable(const nlohmann::json& value);

/// `column` is the one that the names stand beside in a table of the results file.
void require_few(const nlohmann::json& object, const char* key, const char* column);

/// Runs `check` and returns the fault that it finds, in words.
template <class Check>
std::string fault_in(const Check& check) {
  try {
    check();
    return {};
  } catch (const Fault& fault) {
    if (fault.field.empty()) return fault.says;
    return fmt::format("`{}` {}", fault.field, fault.says);
  }
}

}  // namespace scalelaw::harness

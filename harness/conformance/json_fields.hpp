#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/store/record_fields.hpp"

namespace scalelaw::harness {

// Checks of fields that the rules of a record (store/record_fields.hpp) do not need.

/// Runs `check` on each element of a list inside `place`.
template <class Check>
void each(const nlohmann::json& list, const std::string& place, const Check& check) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    within(fmt::format("{}[{}]", place, i), [&] { check(list[i]); });
  }
}

}  // namespace scalelaw::harness

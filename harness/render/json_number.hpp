#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/laws/fit.hpp"

namespace scalelaw::harness {

/// The number; null where it is NaN or infinite, which JSON does not have.
inline nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

/// A value beside the ends of its interval, which are null without one.
inline nlohmann::ordered_json json_of(double value, const std::optional<Interval>& interval) {
  return {{"value", json_number(value)},
          {"low", interval ? json_number(interval->low) : nlohmann::ordered_json(nullptr)},
          {"high", interval ? json_number(interval->high) : nlohmann::ordered_json(nullptr)}};
}
inline nlohmann::ordered_json json_of(const std::optional<Estimate>& estimate) {
  return estimate ? json_of(estimate->value, estimate->interval) : nlohmann::ordered_json(nullptr);
}

}  // namespace scalelaw::harness

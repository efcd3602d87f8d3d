#include "harness/commands/efficiency_option.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/error.hpp"

namespace scalelaw::harness {

double efficiency_from(const std::string& text) {
  const bool per_cent = text.ends_with('%');
  const std::string digits = text.substr(0, text.size() - (per_cent ? 1 : 0));
  double value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault == std::errc() && end == digits.data() + digits.size()) {
    if (per_cent) value /= 100;
    if (value > 0 && value < 1) return value;
  }
  throw Error(fmt::format("'{}' is not an efficiency between 0 and 100 %", text),
              "give --efficiency as in 75% or 0.75");
}

}  // namespace scalelaw::harness

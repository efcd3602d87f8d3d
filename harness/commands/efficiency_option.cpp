#include "harness/commands/efficiency_option.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "harness/commands/share_option.hpp"

namespace scalelaw::harness {

double efficiency_from(const std::string& text) {
  const auto value = share_from(text);
  if (value && *value > 0 && *value < 1) return *value;
  throw Error(fmt::format("'{}' is not an efficiency between 0 and 100 %", text),
              "give --efficiency as in 75% or 0.75");
}

}  // namespace scalelaw::harness

#include "harness/commands/share_option.hpp"

#include <charconv>

namespace scalelaw::harness {

std::optional<double> share_from(const std::string& text) {
  const bool per_cent = text.ends_with('%');
  const std::string digits = text.substr(0, text.size() - (per_cent ? 1 : 0));
  double value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return per_cent ? value / 100 : value;
}

}  // namespace scalelaw::harness

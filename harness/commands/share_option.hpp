#pragma once

#include <optional>
#include <string>

namespace scalelaw::harness {

/// The number that "75%" or "0.75" means; nothing for any other text.
std::optional<double> share_from(const std::string& text);

}  // namespace scalelaw::harness

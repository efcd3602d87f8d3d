#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::adapter {

// Texts with placeholders: "{size}" stands for a value, "{{" and "}}" for braces.

/// What stands for each placeholder.
using Fillings = std::map<std::string, std::string>;

/// The placeholders of a text, in order; one that is used twice is there twice.
/// Errors: throws Error for a brace without its partner, and for "{...}" around anything but a name.
std::vector<std::string> placeholders_in(std::string_view text);

/// The text with every placeholder replaced.
/// Errors: as placeholders_in(), and throws Error for a placeholder that nothing fills.
std::string filled(std::string_view text, const Fillings& fillings);
std::vector<std::string> filled(const std::vector<std::string>& words, const Fillings& fillings);

}  // namespace scalelaw::adapter

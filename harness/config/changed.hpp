#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Another value of a key.
struct ConfigChange {
  std::string table;  ///< "campaign", "measuring", or "experiment": each of these that has the key
  std::string key;
  std::string value;  ///< as a config has it: "[1, 2, 4]"
};

/// The text of a config with other values.  Its comments are lost.
/// Errors: throws Error when no experiment has a key that is to change; text that is not TOML is an
/// internal error, because it is what a campaign ran with.
std::string with_changes(const std::string& text, const std::vector<ConfigChange>& changes);

}  // namespace scalelaw::harness

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// A config that comes with the program.
struct OwnConfig {
  std::string name;  ///< "laptop"
  std::filesystem::path path;
};

/// Those in `folder`, sorted by name.
std::vector<OwnConfig> configs_in(const std::filesystem::path& folder);

/// The path of a config that is given by its path or, where nothing has that path, by the name of
/// one in `folder`, such as "laptop".
/// Errors: throws Error, with the nearest name, for a name that is neither.
std::string find_config(const std::string& given, const std::filesystem::path& folder);

/// Likewise, by the name of one that comes with this program.
std::string find_config(const std::string& given);

/// Likewise, but returns what is given where it is neither: it may name something else.
std::string config_or_other(const std::string& given);

}  // namespace scalelaw::harness

#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace scalelaw {

/// What was measured of this machine, kept in a file until it starts anew.  Machines may share the
/// file (a home folder on a network): each has its own entry.  Without a file nothing is kept, and
/// a file that cannot be read or written counts as none.
class KeptFacts {
 public:
  /// `boot` differs from start to start of the machine `host`.
  KeptFacts(std::filesystem::path file, std::string host, std::string boot);

  /// In the user's cache folder: `$XDG_CACHE_HOME/scalelaw` or `~/.cache/scalelaw`.
  static KeptFacts of_this_machine(std::string_view file_name, std::string host);

  /// An object, empty if nothing was kept since this machine started.
  [[nodiscard]] nlohmann::json find() const;
  /// In place of what was kept.  `facts` is an object.  By a rename, so that a reader never sees
  /// half a file.
  void keep(nlohmann::json facts) const;

 private:
  std::filesystem::path file_;
  std::string host_, boot_;
};

}  // namespace scalelaw

#pragma once

#include <array>
#include <string>
#include <string_view>

namespace scalelaw {

/// How the scaling laws treat a phase of a pass.
enum class Role {
  serial,    ///< every worker repeats it or waits for it
  parallel,  ///< shared among the workers
  transfer   ///< moves data between ranks
};
constexpr auto enum_names(Role) {
  return std::array<std::string_view, 3>{"serial", "parallel", "transfer"};
}

/// A named part of a pass.
struct Phase {
  std::string name;  ///< e.g. compute
  Role role = Role::parallel;

  friend bool operator==(const Phase&, const Phase&) = default;
};

}  // namespace scalelaw

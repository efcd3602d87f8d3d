#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"

namespace scalelaw {

/// Who starts the drivers.  `fake` invents times by Amdahl's law, to try the tool itself.
enum class LauncherKind { mpirun, direct, fake };
constexpr auto enum_names(LauncherKind) {
  return std::array<std::string_view, 3>{"mpirun", "direct", "fake"};
}

/// Where `program` is: itself when it has a '/', else the first match in PATH; empty: nowhere.
std::string find_program(const std::string& program);

/// `hosts`: host_names() of the options; `first_core`: Machine::first_core.
std::unique_ptr<Launcher> make_launcher(LauncherKind kind, const MpirunOptions& options,
                                        const std::vector<std::string>& hosts,
                                        const std::string& first_core);

}  // namespace scalelaw

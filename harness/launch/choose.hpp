#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {

/// Who starts the drivers.  `fake` invents times by Amdahl's and Gustafson's laws, to try the tool
/// itself.
enum class LauncherKind { mpirun, srun, direct, fake };
constexpr auto enum_names(LauncherKind) {
  return std::array<std::string_view, 4>{"mpirun", "srun", "direct", "fake"};
}

/// What the times of a campaign are of that such a launcher measures.
constexpr TimeSource clock_of(LauncherKind kind) {
  return kind == LauncherKind::fake ? TimeSource::pretended : TimeSource::measured;
}

/// `hosts`: host_names() of the campaign's [mpirun]; `first_core`: Machine::first_core;
/// `allocation`: what srun starts steps in, and needs.
std::unique_ptr<Launcher> make_launcher(LauncherKind kind, const Campaign& campaign,
                                        const std::vector<std::string>& hosts,
                                        const std::string& first_core,
                                        const std::optional<Allocation>& allocation = {});

}  // namespace scalelaw::harness

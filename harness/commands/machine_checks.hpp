#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/observation/observer.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/machine/gate.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// How a check of the machine ended.
enum class Health {
  good,
  note,  ///< may disturb measurements; the remedy says what would be better
  bad    ///< results would be wrong or meaningless
};
constexpr auto enum_names(Health) {
  return std::array<std::string_view, 3>{"good", "note", "FIX"};
}

/// One check: its subject, what was found, and what to do about it.
struct MachineCheck {
  Health health = Health::good;
  std::string check;
  std::string found;
  std::string remedy;  ///< empty when good
};

// The checks, each a pure function of what was found.

/// Governor, boost, transparent huge pages, NUMA balancing, clock source, quota and load, from the
/// names of capture_environment().
std::vector<MachineCheck> judge_environment(const std::map<std::string, std::string>& environment);

/// Whether the cores are free.
MachineCheck judge_free_cores(const GateReading& reading);

/// Whether a driver started for `point` and was bound as requested.  `what`: for example "OpenMP on
/// 2 threads".  `header`: that of its record; null when there was none.
MachineCheck judge_start(const std::string& what, const Point& point, const Outcome& outcome,
                         const nlohmann::json& header);

/// What can be seen of a sample while it is measured.
std::vector<MachineCheck> judge_observer(const Observer& observer);

/// The driver's clock, from a record's header.
MachineCheck judge_timer(const nlohmann::json& header);

/// Whether two sets of launches of one point agree.  A machine on which they differ cannot compare
/// anything.
/// Nothing when either set has fewer than two launches.
std::optional<MachineCheck> judge_same(std::span<const double> a_s, std::span<const double> b_s);

Section doctor_section(const std::vector<MachineCheck>& findings);

}  // namespace scalelaw::harness

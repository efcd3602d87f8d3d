#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/machine/cores.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Whether the record's header proves the placement that the point asked for: so many ranks on so
/// many hosts, so many threads in each, and on each host every thread with cores of its own (the
/// masks it really has share no core with another thread's; SMT siblings are one core).
/// An oversubscribed point is only counted, since sharing is what it asked for, and so is one whose
/// launcher does not bind (`bound`).
/// `cores` are all cores of a host (the hosts of one campaign are alike); default: this machine's.
/// Returns empty, or what is wrong, with the masks.
std::string binding_fault(const Point& point, const nlohmann::json& header,
                          const std::vector<Core>& cores, bool bound = true);
std::string binding_fault(const Point& point, const nlohmann::json& header, bool bound = true);

}  // namespace scalelaw::harness

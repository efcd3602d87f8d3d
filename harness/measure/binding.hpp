#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/machine/cores.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Checks that the record's header does not contradict the placement that the point requested: the
/// numbers of hosts, ranks and threads, and cores of its own for every thread.  On each host, the
/// real masks of two threads must share no core; SMT siblings are one core.  Masks that are unknown
/// contradict nothing (results/proven_binding.hpp says whether the binding is proven).  Where masks
/// were observed from outside, threads of one rank may share its cores, if these are as many as the
/// threads: nobody asked that program to bind them.  Only the numbers are checked for an
/// oversubscribed point, whose threads share cores on purpose, and where the launcher does not bind
/// (`bound` is false). `cores`: all cores of a host (the hosts of one campaign are alike); default:
/// this machine's.  Returns what is wrong, with the masks; empty when nothing is.
std::string binding_fault(const Point& point, const nlohmann::json& header,
                          const std::vector<Core>& cores, bool bound = true);
std::string binding_fault(const Point& point, const nlohmann::json& header, bool bound = true);

}  // namespace scalelaw::harness

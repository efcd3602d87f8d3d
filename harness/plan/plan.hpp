#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/config/campaign.hpp"
#include "harness/machine/machine.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Parameters and options that a driver refused to describe.
struct Refusal {
  std::string kernel;
  Driver driver;
  nlohmann::json params;
  nlohmann::json options;
  std::string where;  ///< "FILE:LINE: KERNEL"
  Error fault;        ///< what the driver said, behind `where`
};

/// The points that a campaign requests, and what is wrong with it.
struct Plan {
  std::vector<Point> points;  ///< of what could be planned
  std::vector<Error> faults;  ///< all others
  std::vector<Refusal> refusals;
};

/// Like make_plan(), but finds all faults and throws none.
Plan find_plan(const Campaign& campaign, const Machine& machine, const DriverFacts& drivers);

/// The points that a campaign requests, in the order of the config.  They are pending, or skipped
/// with the reason: a driver that was not built, a combination beyond the cores, a weak size that
/// needs more memory than there is.  Weak sizes are solved so that the operations of p workers are
/// p times those of one.  "auto" sizes are resolved, with a note in `reason`.  Pure: everything it
/// knows is in its arguments.
/// Errors: throws Error, with file and line, for an unknown kernel, parameter or peer, a parameter
/// that the driver refuses, more workers than cores, a written size that needs too much memory; one
/// Error for all such faults.
std::vector<Point> make_plan(const Campaign& campaign, const Machine& machine,
                             const DriverFacts& drivers);

/// The bytes that the input of `point` occupies on the node that holds most of it.
double memory_need(const Point& point);

}  // namespace scalelaw::harness

#pragma once

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Fills the derived tables of `results` (scaling, account, fits, predictions, findings) from its
/// samples, and names this program as the one that derived them.  Their old contents are replaced.
/// The numbers are those of make_report(), so a report of the same samples shows the same digits.
void derive(Results& results);

}  // namespace scalelaw::harness

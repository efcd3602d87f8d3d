#pragma once

#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Where the time of each point goes; every second of every rank counts once.  The parts are the
/// phases that its ranks name, in their order, then the wait for the slowest rank and the time
/// after a rank is done.  The seconds of a part are its share of the point's median time.  The
/// share is the mean over the ranks of all timed samples of the launches that count.
///
/// In a timed sample, a rank's transfer after its last parallel phase begins when its own items are
/// done.  It then includes the wait for the slowest rank, which is separated here.
/// Points whose driver does not name its phases have no rows.
std::vector<AccountRow> account_of(const Results& results, const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/mpi/family.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// How the mpirun of one family is told what to do.  Each function is pure, and gives words of its
/// command line.
struct MpirunWords {
  using Words = std::vector<std::string>;

  /// The first hosts of a list, as many as there are nodes, each with its ranks.
  Words (*hosts)(const Words& hosts, const Placement& placement);
  /// So many cores of its own for each rank.
  Words (*bound)(const Placement& placement);
  /// More ranks than cores: none is bound, and a rank that waits gives up the core that it shares,
  /// or each message would cost a time slice.
  Words (*oversubscribed)(const Placement& placement);
  /// A variable of every rank's environment.
  Words (*variable)(const std::string& name, const std::string& value);
  /// The environment of mpirun itself.  `as_root`: root may run it.
  std::map<std::string, std::string> (*environment)(bool as_root);
};

const MpirunWords& mpirun_words(MpiFamily family);

}  // namespace scalelaw::harness

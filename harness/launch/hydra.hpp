#pragma once

#include "harness/process/outcome.hpp"

namespace scalelaw::harness {

/// Corrects how a launch by MPICH's mpirun ended.  It returns the number of a signal that killed a
/// rank as its own exit code, and the exit code of a rank without a word: then the rank has failed,
/// and not mpirun, which complains when it fails.
void correct_hydra_end(Outcome& outcome);

}  // namespace scalelaw::harness

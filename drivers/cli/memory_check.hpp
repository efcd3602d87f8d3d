#pragma once

#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Checks that the ranks of each node together fit its available memory.  Collective.
/// `resident_bytes`: of the whole problem; `holds` says which part of it a rank has.
/// `bytes_per_rank`: what each rank needs in addition.
/// Errors: throws Error when a node has too little memory.
void check_memory(double resident_bytes, double bytes_per_rank, const Holds& holds, Comm& comm);

/// Likewise, where the options say which part a rank has.
inline void check_memory(double resident_bytes, double bytes_per_rank, const Options& options,
                         Comm& comm) {
  check_memory(resident_bytes, bytes_per_rank, holds_of(options), comm);
}

}  // namespace scalelaw::driver

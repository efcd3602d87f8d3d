#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/config/campaign.hpp"
#include "harness/mpi/family.hpp"

namespace scalelaw::harness {

/// The hosts that do not start a command within [mpirun] connect_s, each with the reason.  They are
/// reached as launches will be: through mpirun and what it uses (ssh, plm_rsh_agent, a batch
/// system), several hosts at once.  `family`: whose mpirun it is.  `as_root`: tell it that root may
/// run it.
std::vector<Error> find_silent_hosts(const MpirunOptions& options,
                                     const std::vector<std::string>& hosts, MpiFamily family,
                                     bool as_root);

/// The first paragraph of a command's output, on one line, without lines of dashes.
std::string first_paragraph(const std::string& log);

}  // namespace scalelaw::harness

#pragma once

#include <string>

namespace scalelaw::harness {

// The files of a campaign whose results file is `output`: every name that is made from that one.

/// What has been measured so far: "results.h5" has "results.h5.journal".
std::string journal_path(const std::string& output);

/// The folder of the drivers' records.
std::string records_path(const std::string& output);

/// The file that `output` names in the end: where symbolic links lead, whether or not it exists.
/// Errors: throws Error when the links lead in a circle.
std::string target_path(const std::string& output);

/// The temporary file of this process beside `target`, which is renamed to it.
std::string part_path(const std::string& target);

/// Throws Error, with the remedy, unless a results file can be written at `output`, beside its
/// journal; asked before a campaign starts.  Nothing but a regular file is ever replaced.
void require_writable(const std::string& output);

}  // namespace scalelaw::harness

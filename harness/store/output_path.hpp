#pragma once

#include <string>

namespace scalelaw::harness {

// The files of a campaign whose results file is `output`.  Their names are derived from that one.

/// The journal, with what has been measured so far: "results.h5.journal" for "results.h5".
std::string journal_path(const std::string& output);

/// The folder of the drivers' records.
std::string records_path(const std::string& output);

/// The file that `output` names after symbolic links are followed.  It need not exist.
/// Errors: throws Error when the links form a circle.
std::string target_path(const std::string& output);

/// This process's temporary file beside `target`, which gets the name `target` once it is whole.
std::string part_path(const std::string& target);

/// Removes such files of the results file and the journal, of processes that were killed on this
/// machine.  Call it where no other
/// process writes to `output`: with its journal locked.
void remove_abandoned_parts(const std::string& output);

/// Checks, before a campaign starts, that a results file and its journal can be written at
/// `output`.  Only a regular file is ever replaced.
/// Errors: throws Error, with the remedy, when they cannot be written.
void require_writable(const std::string& output);

}  // namespace scalelaw::harness

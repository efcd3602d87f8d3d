#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Runs scripts/NAME of the source tree that contains this program or the current folder, and waits
/// for its end.  The script finds this very program in SCALELAW_BIN, so that its numbers are this
/// program's.  The keys that stop a program stop only the script.
/// Returns its exit status, 128 + N when signal N ended it.
/// Errors: throws Error when there is no such script, or it cannot be started.
int run_script(const std::string& name, const std::vector<std::string>& arguments);

/// Errors: throws Error when there is no file at `path`.
void check_is_there(const std::string& path);

}  // namespace scalelaw::harness

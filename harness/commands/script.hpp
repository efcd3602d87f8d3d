#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Replaces this process with scripts/NAME of the source tree that contains this program or the
/// current folder.  The script finds this very program in SCALELAW_BIN, so that its numbers are this
/// program's.
/// Returns only by throwing.
/// Errors: throws Error when there is no such script, or it cannot be started.
[[noreturn]] void become_script(const std::string& name, const std::vector<std::string>& arguments);

/// Errors: throws Error when there is no file at `path`.
void check_is_there(const std::string& path);

}  // namespace scalelaw::harness

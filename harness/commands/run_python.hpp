#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Runs a module of this program's Python package, such as scalelaw_results.page, and waits for its
/// end.  It finds this very program in SCALELAW_BIN, so that its numbers are this program's.  The
/// keys that stop a program stop only the module.
/// Returns its exit status, 128 + N when signal N ended it.
/// Errors: throws Error when there is no Python that can run it (find_python.hpp).
int run_python(const std::string& module, const std::vector<std::string>& arguments);

}  // namespace scalelaw::harness

#pragma once

namespace scalelaw::driver {

/// The symbol `name` of the module in `file`, which is loaded until the process ends.  It is looked
/// for where the build and the install rules put modules, seen from the running program: with a run
/// path instead, the loader would look there for every library of every launch, too.
/// Errors: throws Error, which begins with `what`, when there is no such module or it does not load.
const void* module_symbol(const char* file, const char* name, const char* what);

}  // namespace scalelaw::driver

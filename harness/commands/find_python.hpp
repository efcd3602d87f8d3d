#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/process/own_files.hpp"

namespace scalelaw::harness {

/// The environment of Python that a user may have for scalelaw: scalelaw/venv in $XDG_DATA_HOME or
/// ~/.local/share; empty: there is no home.
std::filesystem::path user_environment();

/// The Pythons that are tried, in this order: $SCALELAW_PYTHON alone where it is set; else the
/// program's own environment, the user's, and the python3 of the PATH, of those that exist.
std::vector<std::string> python_candidates(const OwnFiles& own);

/// Why a Python cannot draw figures and pages, as "lacks altair"; empty: it can.
std::string fault_of(const std::string& python);

/// The first candidate without a fault.
/// Errors: throws Error, with the command that installs what the first one lacks, when there is none.
std::string find_python(const OwnFiles& own);

}  // namespace scalelaw::harness

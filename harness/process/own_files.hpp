#pragma once

#include <filesystem>

namespace scalelaw::harness {

/// Where the files of this program are: in the prefix that it is installed in, wherever that has
/// been moved to, or in the tree that it was built in.  A path is empty where there is nothing.
struct OwnFiles {
  bool installed = false;
  std::filesystem::path drivers;       ///< the folder of the drivers
  std::filesystem::path configs;       ///< the folder of the configs that come with the program
  std::filesystem::path python;        ///< the folder that has the Python package scalelaw_results
  std::filesystem::path requirements;  ///< what that package needs, as pip reads it
  std::filesystem::path environment;   ///< a virtual environment for it, which need not be there
  std::filesystem::path docs;          ///< the folder of the documentation
};

/// The running program.
std::filesystem::path this_program();

/// The files of the running program.
OwnFiles own_files();

/// Those of the program at `program`.  It is installed when the configs are where the build's
/// install rules put them, seen from it.  Otherwise the files are those of the nearest folder above
/// it, or else above the folder `current`, that has them.
OwnFiles find_own_files(const std::filesystem::path& program, const std::filesystem::path& current);

}  // namespace scalelaw::harness

#include "harness/process/scratch_folder.hpp"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp() is POSIX's

#include <cerrno>
#include <cstring>
#include <system_error>

#include "common/error.hpp"

namespace scalelaw::harness {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
  std::error_code failed;
  const fs::path above = fs::temp_directory_path(failed);  // which TMPDIR names
  std::string name = (above / "scalelaw-XXXXXX").string();
  const bool made = !failed && ::mkdtemp(name.data()) != nullptr;
  if (!made) {
    throw Error(fmt::format("cannot make a temporary folder{}: {}",
                            failed ? "" : " in '" + above.string() + "'",
                            failed ? failed.message() : std::strerror(errno)),
                "set TMPDIR to a folder that can be written");
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace scalelaw::harness

#include "harness/process/find_program.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace scalelaw::harness {
namespace {

bool is_program(const std::string& path) {
  std::error_code unreachable;
  return access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path, unreachable);
}

}  // namespace

std::string find_program(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_program(program) ? program : std::string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = (folder.empty() ? "." : folder) + "/" + program;
    if (is_program(candidate)) return candidate;
  }
  return {};
}

}  // namespace scalelaw::harness

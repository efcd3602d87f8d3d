#include "harness/commands/script.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

fs::path this_program() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown);
}

fs::path find_script(const std::string& name) {
  std::error_code ignored;
  for (fs::path start : {this_program().parent_path(), fs::current_path(ignored)}) {
    for (; start != start.root_path() && !start.empty(); start = start.parent_path()) {
      if (fs::exists(start / "scripts" / name, ignored)) return start / "scripts" / name;
    }
  }
  throw Error(
      fmt::format("cannot find scripts/{} in any folder above this program or above the current "
                  "folder",
                  name),
      "run scalelaw from its source tree");
}

}  // namespace

void become_script(const std::string& name, const std::vector<std::string>& arguments) {
  const std::string script = find_script(name);
  std::vector<std::string> words{script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  setenv("SCALELAW_BIN", this_program().c_str(), 1);
  execv(script.c_str(), pointers.data());
  throw Error(fmt::format("cannot start '{}': {}", script, std::strerror(errno)),
              "check that it is executable");
}

void check_is_there(const std::string& path) {
  std::error_code unreachable;
  if (fs::exists(path, unreachable)) return;
  throw Error(fmt::format("there is no file '{}'", path), "give the path of a results file");
}

}  // namespace scalelaw::harness

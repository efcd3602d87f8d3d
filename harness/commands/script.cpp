#include "harness/commands/script.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "common/error.hpp"
#include "harness/commands/source_tree.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

fs::path find_script(const std::string& name) {
  if (const auto found = find_in_source_tree("scripts/" + name)) return *found;
  throw Error(
      fmt::format("cannot find scripts/{} in any folder above this program or above the current "
                  "folder",
                  name),
      "run scalelaw from its source tree");
}

}  // namespace

int run_script(const std::string& name, const std::vector<std::string>& arguments) {
  const std::string script = find_script(name);
  std::vector<std::string> words{script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  setenv("SCALELAW_BIN", this_program().c_str(), 1);
  pid_t child = 0;
  const int fault =
      ::posix_spawn(&child, script.c_str(), nullptr, nullptr, pointers.data(), environ);
  if (fault != 0) {
    throw Error(fmt::format("cannot start '{}': {}", script, std::strerror(fault)),
                "check that it is executable");
  }
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void check_is_there(const std::string& path) {
  std::error_code unreachable;
  if (fs::exists(path, unreachable)) return;
  throw Error(fmt::format("there is no file '{}'", path), "give the path of a results file");
}

}  // namespace scalelaw::harness

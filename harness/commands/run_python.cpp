#include "harness/commands/run_python.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "common/error.hpp"
#include "harness/commands/find_python.hpp"
#include "harness/process/own_files.hpp"

namespace scalelaw::harness {
namespace {

/// What Python is told of this program.
void set_environment(const OwnFiles& own) {
  const char* given = std::getenv("PYTHONPATH");
  const bool more = given != nullptr && *given != '\0';
  const std::string path = own.python.string() + (more ? std::string(":") + given : "");
  setenv("PYTHONPATH", path.c_str(), 1);
  setenv("SCALELAW_BIN", this_program().c_str(), 1);
  // A package that is removed must leave nothing, not even what root's Python compiled beside it.
  if (own.installed) setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
}

pid_t start(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int fault =
      ::posix_spawn(&child, pointers.front(), nullptr, nullptr, pointers.data(), environ);
  if (fault == 0) return child;
  throw Error(fmt::format("cannot start '{}': {}", words.front(), std::strerror(fault)),
              "check that it is executable");
}

}  // namespace

int run_python(const std::string& module, const std::vector<std::string>& arguments) {
  const OwnFiles own = own_files();
  if (own.python.empty()) {
    throw Error("cannot find the Python package scalelaw_results, which draws figures and pages",
                "install scalelaw (cmake --install), or run it from its source tree");
  }
  std::vector<std::string> words{find_python(own), "-P", "-m", module};
  words.insert(words.end(), arguments.begin(), arguments.end());
  set_environment(own);
  const pid_t child = start(std::move(words));
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace scalelaw::harness

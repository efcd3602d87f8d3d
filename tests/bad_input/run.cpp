#include "bad_input/run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw::bad_input {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t most_cpu_seconds = 20;
/// Of a program that waits for what never comes.
constexpr unsigned most_seconds = 120;

/// Scripts can be executed.
void write_files(const Case& one, const fs::path& folder) {
  for (const std::string& name : one.folders) fs::create_directories(folder / name);
  for (const auto& [name, contents] : one.files) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << contents;
    if (contents.starts_with("#!")) fs::permissions(folder / name, fs::perms::owner_all);
  }
}

[[noreturn]] void be_program(const std::string& name, Program program, const Case& one,
                             const fs::path& folder, int err) {
  const rlimit limit{most_cpu_seconds, most_cpu_seconds};
  setrlimit(RLIMIT_CPU, &limit);
  alarm(most_seconds);
  const int nothing = open("/dev/null", O_RDWR);
  if (chdir(folder.c_str()) != 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
      dup2(err, 2) < 0) {
    _exit(125);
  }
  setenv("HOME", folder.c_str(), 1);
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  std::vector<std::string> words{name};
  words.insert(words.end(), one.words.begin(), one.words.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int status = program(static_cast<int>(words.size()), argv.data());
  std::fflush(nullptr);
  _exit(status);
}

std::string contents_of(int descriptor) {
  std::string out(static_cast<std::size_t>(lseek(descriptor, 0, SEEK_END)), '\0');
  const ssize_t got = pread(descriptor, out.data(), out.size(), 0);
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// "PROGRAM: SAYS\n  hint: HINT\n".
Said taken_apart(const std::string& name, std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.starts_with(name + ": ")) text.erase(0, name.size() + 2);
  const std::size_t last = text.rfind('\n');
  const std::string mark = "\n  hint: ";
  if (last == std::string::npos || text.compare(last, mark.size(), mark) != 0) return {text, "", 0};
  return {text.substr(0, last), text.substr(last + mark.size()), 0};
}

}  // namespace

Said run_case(const std::string& name, Program program, const Case& one) {
  const TemporaryFolder made;
  const fs::path folder =
      fs::canonical(made.path());  // as programs see it, whatever TMPDIR leads through
  write_files(one, folder);
  const int err = memfd_create("stderr", MFD_CLOEXEC);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) be_program(name, program, one, folder, err);
  int status = 0;
  waitpid(child, &status, 0);
  Said said = taken_apart(name, replaced(contents_of(err), folder.string(), "FOLDER"));
  close(err);
  said.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

std::vector<std::string> faults_of(const Table& table) {
  const Program program = program_named(table.program);
  if (program == nullptr) return {fmt::format("there is no program '{}'", table.program)};
  std::vector<std::string> out;
  for (const Case& one : table.cases) {
    const Said said = run_case(table.program, program, one);
    if (agrees(said, one.expected)) continue;
    out.push_back(fmt::format("{}: expected\n{}and it is\n{}", one.place, as_lines(one.expected),
                              as_lines(said)));
  }
  return out;
}

}  // namespace scalelaw::bad_input

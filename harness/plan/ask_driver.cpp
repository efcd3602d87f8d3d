#include "harness/plan/ask_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// The program that a script's first line names; empty for a file that is not a script or not
/// readable.
std::string interpreter_of(const fs::path& program) {
  std::ifstream file(program);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with("#!")) return {};
  const std::size_t begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_first_of(" \t\r", begin) - begin);
}

/// The fault when the operating system did not execute it: `said` is "cannot start PROGRAM:
/// REASON".
Error not_executed(const fs::path& program, const std::string& said) {
  const std::string reason = said.substr(said.rfind(": ") + 2);
  const std::string interpreter = interpreter_of(program);
  if (!interpreter.empty()) {
    return Error(
        fmt::format("cannot start {}, a script for {}: {}", program.string(), interpreter, reason),
        "install that program where every user may run it (scripts/setup makes the peers' Python), "
        "or load its module");
  }
  return Error(fmt::format("cannot start {}: {}", program.string(), reason),
               reason == std::strerror(EACCES)
                   ? "let every user read and execute it: chmod a+rx, on its folders too"
                   : "build it again on this machine, or load the module that it needs");
}

/// The fault when a library is missing: "PROGRAM: error while loading ...: LIBRARY: cannot ...".
Error library_missing(const std::string& said) {
  constexpr std::string_view mark = "error while loading shared libraries: ";
  return Error(said.substr(said.find(mark)),
               "load the module that it was built with (the MPI module for libmpi), or build it "
               "again");
}

/// The fault of a Python program that could not import a module, or failed otherwise: its last
/// line.
Error python_failed(const std::vector<std::string>& lines) {
  return Error(lines.back(),
               "install what its Python lacks: scripts/setup; where scalelaw is installed: "
               "docs/installing.md");
}

/// "PROGRAM: WHAT", "  hint: REMEDY"; `otherwise`: the remedy when it names none.
Error own_words(const fs::path& program, const std::vector<std::string>& lines,
                const std::string& otherwise) {
  std::string what = lines.front(), hint;
  const std::string name = program.filename().string() + ": ";
  if (what.starts_with(name)) what.erase(0, name.size());
  constexpr std::string_view mark = "hint: ";
  for (const std::string& line : lines) {
    const std::size_t at = line.find(mark);
    if (at != std::string::npos && hint.empty()) hint = line.substr(at + mark.size());
  }
  return Error(what, hint.empty() ? otherwise : hint);
}

Error explained(const fs::path& program, const Printed& printed) {
  const std::vector<std::string> lines = lines_of(printed.err);
  const auto line_with = [&](std::string_view mark) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(mark) != std::string::npos;
    });
    return found == lines.end() ? std::string() : *found;
  };
  const std::string question = fmt::format("'{} --describe'", program.string());
  if (printed.exit_code > 128 && printed.exit_code < 128 + NSIG) {
    const int number = printed.exit_code - 128;
    return Error(
        fmt::format("{} was killed by signal {} ({})", question, number, strsignal(number)),
        "run it by hand to see why; rebuild it if it was built on another machine");
  }
  if (printed.exit_code == 127) {
    if (const std::string said = line_with("cannot start "); !said.empty()) {
      return not_executed(program, said);
    }
    if (const std::string said = line_with("error while loading shared libraries"); !said.empty()) {
      return library_missing(said);
    }
  }
  if (!line_with("Traceback (most recent call last)").empty()) return python_failed(lines);
  const std::string otherwise = printed.exit_code == 127
                                    ? "load the module that it needs, or install it (scripts/setup)"
                                    : "run it by hand to see why";
  if (!lines.empty()) return own_words(program, lines, otherwise);
  return Error(fmt::format("{} ended with exit code {}", question, printed.exit_code),
               "run it by hand to see why");
}

}  // namespace

std::string ask_driver(const fs::path& program, const std::vector<std::string>& words,
                       double patience_s) {
  Command command{{program}, {}, {}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  const Printed printed = read_process(command, patience_s);
  if (printed.timed_out) {
    throw Error(fmt::format("'{}' gave no answer in {} s", to_string(command), patience_s),
                "run it by hand to see why");
  }
  if (printed.exit_code != 0) throw explained(program, printed);
  return printed.out;
}

}  // namespace scalelaw::harness

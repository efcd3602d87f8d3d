#include "harness/commands/find_python.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <optional>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "common/shell_word.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr double patience_s = 60;
/// Prints what is wrong with it: its version, or else the packages that it lacks.  It loads none,
/// which would take a second.
constexpr const char* python_probe =
    "import importlib.util, sys\n"
    "if sys.version_info < (3, 11):\n"
    "    sys.exit(print('is older than Python 3.11'))\n"
    "names = 'altair', 'h5py', 'jinja2', 'markupsafe', 'numpy', 'pandas', 'pypdf', "
    "'vl_convert'\n"
    "missing = [name for name in names if importlib.util.find_spec(name) is None]\n"
    "print('lacks ' + ', '.join(missing) if missing else '')\n";

/// $SCALELAW_PYTHON, with its path if it is found; empty: not set.
std::string named_python() {
  const char* named = std::getenv("SCALELAW_PYTHON");
  if (named == nullptr || *named == '\0') return {};
  const std::string found = find_program(named);
  return found.empty() ? named : found;
}

std::string python_of(const fs::path& environment) {
  return environment.empty() ? "" : find_program((environment / "bin/python").string());
}

/// The one command that installs what a Python lacks.
std::string remedy(const OwnFiles& own, const std::string& named) {
  const std::string list = shell_word(own.requirements.string());
  if (!named.empty()) return fmt::format("{} -m pip install -r {}", shell_word(named), list);
  if (!own.installed) return shell_word((own.python / "setup").string()) + " --only-python";
  const fs::path folder = user_environment().empty() ? own.environment : user_environment();
  return fmt::format("python3 -m venv {} && {} install -r {}", shell_word(folder.string()),
                     shell_word((folder / "bin/pip").string()), list);
}

}  // namespace

fs::path user_environment() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') return fs::path(data) / "scalelaw/venv";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".local/share/scalelaw/venv";
  return {};
}

std::vector<std::string> python_candidates(const OwnFiles& own) {
  if (const std::string named = named_python(); !named.empty()) return {named};
  std::vector<std::string> out{python_of(own.environment), python_of(user_environment()),
                               find_program("python3")};
  std::erase(out, "");
  return out;
}

std::string fault_of(const std::string& python) {
  const Printed printed = read_process({{python, "-P", "-c", python_probe}, {}, {}}, patience_s);
  if (printed.exit_code != 0) return "cannot be used: " + printed.err;
  const std::vector<std::string> lines = lines_of(printed.out);
  return lines.empty() ? "" : lines.back();
}

std::string find_python(const OwnFiles& own) {
  std::optional<std::string> first;
  for (const std::string& python : python_candidates(own)) {
    const std::string fault = fault_of(python);
    if (fault.empty()) return python;
    if (!first) first = fmt::format("{} {}", python, fault);
  }
  throw Error(fmt::format("figures and pages need Python with some packages: {}",
                          first.value_or("there is no python3 in PATH")),
              fmt::format("install them: {}; or name a Python that has them in SCALELAW_PYTHON",
                          remedy(own, named_python())));
}

}  // namespace scalelaw::harness

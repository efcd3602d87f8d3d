#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "common/error.hpp"
#include "harness/commands/commands.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// scripts/plot of the source tree that contains this program or the current folder.
fs::path find_script() {
  std::error_code ignored;
  for (fs::path start :
       {fs::read_symlink("/proc/self/exe", ignored).parent_path(), fs::current_path(ignored)}) {
    for (; start != start.root_path() && !start.empty(); start = start.parent_path()) {
      if (fs::exists(start / "scripts" / "plot", ignored)) return start / "scripts" / "plot";
    }
  }
  throw Error(
      "cannot find scripts/plot in any folder above this program or above the current folder",
      "run scalelaw from its source tree");
}

/// Replaces this process with the script; returns only by throwing.
int plot(const std::string& file, const std::string& folder) {
  std::error_code unreachable;
  if (!fs::exists(file, unreachable)) {
    throw Error(fmt::format("there is no file '{}'", file), "give the path of a results file");
  }
  const std::string script = find_script();
  execl(script.c_str(), script.c_str(), file.c_str(), "-o", folder.c_str(), nullptr);
  throw Error(fmt::format("cannot start '{}': {}", script, std::strerror(errno)),
              "check that it is executable");
}

}  // namespace

Subcommand add_plot(CLI::App& app) {
  CLI::App* command = app.add_subcommand("plot", "draw the figures of a results file");
  struct Options {
    std::string file, folder;
  };
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "a results file (.h5)")->required()->type_name("FILE");
  command->add_option("-o,--output", options->folder, "folder for the figures")
      ->required()
      ->type_name("DIR");
  return {command, [options] { return plot(options->file, options->folder); }};
}

}  // namespace scalelaw::harness

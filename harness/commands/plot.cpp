#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/commands/commands.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct PlotOptions {
  std::vector<std::string> files;
  std::string folder, format = "png,pdf";
  bool paper = false;
};

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
int plot(const PlotOptions& options) {
  std::error_code unreachable;
  for (const std::string& file : options.files) {
    if (fs::exists(file, unreachable)) continue;
    throw Error(fmt::format("there is no file '{}'", file), "give the path of a results file");
  }
  const std::string script = find_script();
  std::vector<std::string> words{script, "--output=" + options.folder,
                                 "--format=" + options.format};
  if (options.paper) words.emplace_back("--paper");
  words.emplace_back("--");
  words.insert(words.end(), options.files.begin(), options.files.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  // The script asks this very program for what is not in the files, unless the user chose another.
  setenv("SCALELAW_BIN", fs::read_symlink("/proc/self/exe", unreachable).c_str(), 0);
  execv(script.c_str(), arguments.data());
  throw Error(fmt::format("cannot start '{}': {}", script, std::strerror(errno)),
              "check that it is executable");
}

}  // namespace

Subcommand add_plot(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "plot", "draw the figures of results files; further files are drawn over the first");
  const auto options = std::make_shared<PlotOptions>();
  command->add_option("file", options->files, "results files (.h5)")
      ->required()
      ->type_name("FILE...");
  command->add_option("-o,--output", options->folder, "folder for the figures")
      ->required()
      ->type_name("DIR");
  command->add_flag("--paper", options->paper,
                    "single panels for a paper, 3.3 and 7 inches wide, each with its caption");
  command->add_option("--format", options->format, "formats of the pictures: any of png, pdf, svg")
      ->type_name("LIST")
      ->capture_default_str();
  return {command, [options] { return plot(*options); }};
}

}  // namespace scalelaw::harness

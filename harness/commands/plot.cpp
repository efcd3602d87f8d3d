#include <memory>
#include <string>
#include <vector>

#include "harness/commands/commands.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/commands/script.hpp"

namespace scalelaw::harness {
namespace {

struct PlotOptions {
  std::vector<std::string> files;
  std::string folder, format = "png,pdf";
  bool paper = false;
};

int plot(const PlotOptions& options) {
  for (const std::string& file : options.files) check_is_there(file);
  const ScriptInputs inputs(options.files);
  std::vector<std::string> arguments{"--output=" + options.folder, "--format=" + options.format};
  if (options.paper) arguments.emplace_back("--paper");
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), inputs.paths().begin(), inputs.paths().end());
  return run_script("plot", arguments);
}

}  // namespace

Subcommand add_plot(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "plot", "draw the figures of results files; further files are drawn over the first");
  const auto options = std::make_shared<PlotOptions>();
  command->add_option("file", options->files, results_file_help)->required()->type_name("FILE...");
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

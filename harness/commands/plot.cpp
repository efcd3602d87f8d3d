#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/commands/campaign_files.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/commands/run_python.hpp"

namespace scalelaw::harness {
namespace {

struct PlotOptions {
  std::vector<std::string> files;
  std::string folder;
  std::vector<std::string> formats;  ///< empty: what is usual for the purpose
  bool paper = false;
};

/// `heat.figures` beside heat.h5, where there may be a program `heat`, unless another was given.
std::string folder_of(const PlotOptions& options) {
  if (!options.folder.empty()) return options.folder;
  return std::filesystem::path(options.files.front()).replace_extension(".figures").string();
}

int plot(const PlotOptions& options) {
  for (const std::string& file : options.files) check_is_there(file);
  const std::string folder = folder_of(options);
  require_output(folder + "/figures");  // a fault of the folder, before anything is drawn
  const ScriptInputs inputs(options.files);
  std::vector<std::string> arguments{"--output=" + folder};
  if (!options.formats.empty()) {
    arguments.push_back(fmt::format("--format={}", fmt::join(options.formats, ",")));
  }
  if (options.paper) arguments.emplace_back("--paper");
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), inputs.paths().begin(), inputs.paths().end());
  return run_python("scalelaw_results", arguments);
}

}  // namespace

Subcommand add_plot(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "plot", "draw the figures of results files; further files are drawn over the first");
  const auto options = std::make_shared<PlotOptions>();
  const std::vector<std::string> formats{"png", "pdf", "svg"};
  command->add_option("file", options->files, results_file_help)->required()->type_name("RESULTS");
  command
      ->add_option("-o,--output", options->folder,
                   "folder for the figures (default: NAME.figures, beside the file NAME.h5)")
      ->type_name("DIR");
  command->add_flag("--paper", options->paper,
                    "single panels for a paper, 3.3 and 7 inches wide, each with its caption");
  command
      ->add_option("--format", options->formats,
                   "formats of the pictures, with commas (default: png,pdf; with --paper: pdf)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(formats).description(""))
      ->type_name(braces(formats));
  return {command, [options] { return plot(*options); }};
}

}  // namespace scalelaw::harness

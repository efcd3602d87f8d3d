#include <fmt/format.h>

#include <memory>

#include "harness/commands/commands.hpp"
#include "harness/report/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw {

Subcommand add_report(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "table";
  };
  CLI::App* command =
      app.add_subcommand("report", "times, speedups, laws and where the efficiency went");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file (.h5)")->required();
  command->add_option("--format", options->format, list_names<Format>())->capture_default_str();
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const Results results = read_results(options->file);
            fmt::print("{}", render(make_report(results), format));
            return exit_well;
          }};
}

}  // namespace scalelaw

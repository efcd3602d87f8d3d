#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/render/failures.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

std::string rendered_failures(const Results& results, Format format) {
  switch (format) {
    case Format::json:
      return failures_json(results);
    case Format::csv:
      throw Error("report --failures has no format 'csv'", "choose one of: table, json, markdown");
    case Format::markdown:
      return as_markdown(failures_sections(results));
    case Format::table:
      break;
  }
  return as_text(failures_sections(results));
}

}  // namespace

Subcommand add_report(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "table";
    bool failures = false;
  };
  CLI::App* command =
      app.add_subcommand("report", "show times, speedups, laws and where efficiency was lost");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file (.h5)")->required();
  add_format_option(*command, options->format, all_names<Format>());
  command->add_flag("--failures", options->failures,
                    "show only the launches that failed: cause, exit code, command and log");
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const Results results = read_results(options->file);
            fmt::print("{}", options->failures ? rendered_failures(results, format)
                                               : render(make_report(results), format));
            return exit_well;
          }};
}

}  // namespace scalelaw::harness

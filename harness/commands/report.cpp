#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/efficiency_option.hpp"
#include "harness/commands/print_document.hpp"
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
      throw Error("report --failures has no format 'csv'", "choose one of: table, json, markdown, latex");
    case Format::markdown:
      return as_markdown(failures_sections(results));
    case Format::latex:
      return as_latex(failures_sections(results));
    case Format::table:
      break;
  }
  return as_text(failures_sections(results));
}

}  // namespace

Subcommand add_report(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "table", efficiency = "75%";
    bool failures = false, full = false, quiet = false;
  };
  CLI::App* command =
      app.add_subcommand("report", "show what a campaign found: conclusions, times and speedups");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file (.h5)")->required()->type_name("FILE");
  add_format_option(*command, options->format, all_names<Format>());
  CLI::Option* full = command->add_flag(
      "--full", options->full,
      "also show rates, laws, where efficiency was lost, ceilings, peers, rules and environment");
  command
      ->add_option("--efficiency", options->efficiency,
                   "let the findings say where efficiency falls below this")
      ->capture_default_str();
  command->add_flag("-q,--quiet", options->quiet, "show only the findings")->excludes(full);
  command->add_flag("--failures", options->failures,
                    "show only the launches that failed: cause, exit code, command and log");
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const Detail detail = options->quiet  ? Detail::findings
                                  : options->full ? Detail::full
                                                  : Detail::tables;
            const FindingLimits limits{.efficiency = efficiency_from(options->efficiency)};
            const Results results = read_results(options->file);
            const std::string text = options->failures
                                         ? rendered_failures(results, format)
                                         : render(make_report(results, limits), format, detail);
            format == Format::table ? print_document(text) : fmt::print("{}", text);
            return exit_well;
          }};
}

}  // namespace scalelaw::harness

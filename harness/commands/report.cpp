#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/efficiency_option.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/commands/run_python.hpp"
#include "harness/render/failures.hpp"
#include "harness/render/formats.hpp"

namespace scalelaw::harness {
namespace {

std::string rendered_failures(const Results& results, Format format) {
  switch (format) {
    case Format::json:
      return failures_json(results);
    case Format::csv:
      throw Error("report --failures has no format 'csv'",
                  "choose one of: table, json, markdown, latex");
    case Format::markdown:
      return as_markdown(failures_sections(results));
    case Format::latex:
      return as_latex(failures_sections(results));
    case Format::table:
      break;
  }
  return as_text(failures_sections(results));
}

struct ReportOptions {
  std::vector<std::string> files;
  std::string format = "table", efficiency = "75%", html;
  bool failures = false, full = false, quiet = false;
};

int write_page(const ReportOptions& options) {
  efficiency_from(options.efficiency);
  for (const std::string& file : options.files) check_is_there(file);
  const ScriptInputs inputs(options.files);
  std::vector<std::string> arguments{"-o", options.html, "--efficiency", options.efficiency, "--"};
  arguments.insert(arguments.end(), inputs.paths().begin(), inputs.paths().end());
  return run_python("scalelaw_results.page", arguments);
}

int print_report(const ReportOptions& options) {
  if (options.files.size() > 1) {
    throw Error(
        fmt::format("{} results files are given, and a report in text is of one",
                    options.files.size()),
        "draw them over each other on one page with --html OUT.html, or use scalelaw compare");
  }
  const Format format = enum_from<Format>(options.format, "format");
  const Detail detail = options.quiet  ? Detail::findings
                        : options.full ? Detail::full
                                       : Detail::tables;
  const FindingLimits limits{.efficiency = efficiency_from(options.efficiency)};
  // They are never destroyed: at the end of the process, that is time for nothing.
  static const Results& results = *new Results(open_results(options.files.front()));
  const std::string text =
      options.failures
          ? rendered_failures(results, format)
          : render(make_report(results, limits, judged_for(format, detail)), format, detail);
  format == Format::table ? print_document(text) : fmt::print("{}", text);
  return exit_well;
}

}  // namespace

Subcommand add_report(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("report", "show what a campaign found: conclusions, times and speedups");
  const auto options = std::make_shared<ReportOptions>();
  command
      ->add_option(
          "file", options->files,
          "results file (.h5), or one that `scalelaw import` reads without options; with --html "
          "also several: the others are compared with the first")
      ->required()
      ->type_name("RESULTS");
  CLI::Option* format = add_format_option(*command, options->format, all_names<Format>());
  CLI::Option* full = command->add_flag(
      "--full", options->full,
      "also show rates, laws, where efficiency was lost, ceilings, peers, rules and environment");
  command
      ->add_option("--efficiency", options->efficiency,
                   "let the findings say where efficiency falls below this")
      ->capture_default_str();
  CLI::Option* quiet =
      command->add_flag("-q,--quiet", options->quiet, "show only the findings")->excludes(full);
  CLI::Option* failures =
      command->add_flag("--failures", options->failures,
                        "show only the launches that failed: cause, exit code, command and log");
  CLI::Option* html = command->add_option(
      "--html", options->html,
      "write one page with figures, tables and controls, which needs no network; "
      "- is standard output");
  html->type_name("FILE.html")
      ->excludes(full)
      ->excludes(failures)
      ->excludes(quiet)
      ->excludes(format);
  return {command, [options, html] {
            return html->count() > 0 ? write_page(*options) : print_report(*options);
          }};
}

}  // namespace scalelaw::harness

#include "harness/render/compare.hpp"

#include <fmt/format.h>

#include <memory>

#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

std::string rendered(const Comparison& comparison, const Results& base, const Results& now,
                     Format format) {
  switch (format) {
    case Format::json:
      return compare_json(comparison, base, now);
    case Format::csv:
      return compare_csv(comparison, base, now);
    case Format::markdown:
      return as_markdown(compare_sections(comparison, base, now));
    case Format::table:
      break;
  }
  return as_text(compare_sections(comparison, base, now));
}

}  // namespace

Subcommand add_compare(CLI::App& app) {
  struct Options {
    std::string base, now;
    double tolerance = default_tolerance;
    std::string format = "table";
  };
  CLI::App* command = app.add_subcommand(
      "compare",
      "compare two results files point by point; exits 4 if anything became slower, else 3 if a "
      "point failed that previously succeeded");
  const auto options = std::make_shared<Options>();
  command->add_option("base", options->base, "the old results file")->required()->type_name("FILE");
  command->add_option("new", options->now, "the new results file")->required()->type_name("FILE");
  command
      ->add_option("--tolerance", options->tolerance,
                   "a point is slower if the interval of its ratio lies above 1 + TOLERANCE")
      ->capture_default_str();
  add_format_option(*command, options->format, all_names<Format>());
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const Results base = read_results(options->base), now = read_results(options->now);
            const Comparison comparison = compare(base, now, options->tolerance);
            const std::string text = rendered(comparison, base, now, format);
            format == Format::table ? print_document(text) : fmt::print("{}", text);
            if (comparison.count(Change::slower) > 0) return exit_slower;
            return comparison.newly_failed(now) > 0 ? exit_failures : exit_well;
          }};
}

}  // namespace scalelaw::harness

#include "harness/render/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/junit.hpp"
#include "harness/results/simulated_part.hpp"

namespace scalelaw::harness {
namespace {

/// The formats of `compare`: those of reports, and JUnit's.
enum class CompareFormat { table, json, csv, markdown, latex, junit };
constexpr auto enum_names(CompareFormat) {
  return std::array<std::string_view, 6>{"table", "json", "csv", "markdown", "latex", "junit"};
}

std::string rendered(const std::vector<ComparedFile>& files, const Results& base,
                     CompareFormat format) {
  switch (format) {
    case CompareFormat::json:
      return compare_json(files, base);
    case CompareFormat::csv:
      return compare_csv(files, base);
    case CompareFormat::markdown:
      return as_markdown(compare_sections(files, base));
    case CompareFormat::junit:
      return compare_junit(files, base);
    case CompareFormat::latex:
      return as_latex(compare_sections(files, base));
    case CompareFormat::table:
      break;
  }
  return as_text(compare_sections(files, base));
}

/// Compares each file with the base.  Where there are several, errors name the file.
std::vector<ComparedFile> compared(const std::vector<std::string>& names,
                                   const std::vector<Results>& files, const Results& base,
                                   double tolerance) {
  std::vector<ComparedFile> out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    try {
      out.push_back({.name = names[i],
                     .results = &files[i],
                     .comparison = compare(base, files[i], tolerance)});
    } catch (const Error& error) {
      if (files.size() == 1) throw;
      throw Error(fmt::format("'{}': {}", names[i], error.what()), error.hint());
    }
  }
  return out;
}

int verdict_on(const std::vector<ComparedFile>& files) {
  const auto any = [&](auto count) { return std::any_of(files.begin(), files.end(), count); };
  if (any([](const ComparedFile& f) { return f.comparison.count(Change::slower) > 0; })) {
    return exit_slower;
  }
  return any([](const ComparedFile& f) { return f.comparison.newly_failed(*f.results) > 0; })
             ? exit_failures
             : exit_well;
}

}  // namespace

Subcommand add_compare(CLI::App& app) {
  struct Options {
    std::string base;
    std::vector<std::string> files;
    double tolerance = default_tolerance;
    std::string format = "table";
  };
  CLI::App* command = app.add_subcommand("compare",
                                         "compare new results files with an old one, point by "
                                         "point; exits 4 if anything became slower, "
                                         "else 3 if a point failed that previously succeeded");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("base", options->base, "the old results file, or one that scalelaw import reads")
      ->required()
      ->type_name("RESULTS");
  command
      ->add_option("new", options->files,
                   "the new results file, or several: each is compared with the old one")
      ->required()
      ->type_name("RESULTS");
  command
      ->add_option("--tolerance", options->tolerance,
                   "a point is slower if the interval of its ratio lies above 1 + TOLERANCE")
      ->type_name("NUMBER")
      ->capture_default_str();
  add_format_option(*command, options->format, all_names<CompareFormat>());
  return {command, [options] {
            const auto format = enum_from<CompareFormat>(options->format, "format");
            const Results base = without_measured(open_results(options->base));
            std::vector<Results> results;
            for (const std::string& file : options->files) {
              results.push_back(without_measured(open_results(file)));
            }
            const std::vector<ComparedFile> files =
                compared(options->files, results, base, options->tolerance);
            const std::string text = rendered(files, base, format);
            format == CompareFormat::table ? print_document(text) : fmt::print("{}", text);
            return verdict_on(files);
          }};
}

}  // namespace scalelaw::harness

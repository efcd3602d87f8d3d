#include "harness/render/advise.hpp"

#include <fmt/format.h>

#include <memory>

#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/render/formats.hpp"

namespace scalelaw::harness {

Subcommand add_advise(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "table";
    std::int64_t cores = 0;
  };
  CLI::App* command = app.add_subcommand(
      "advise",
      "show which placement to use on your cores, and which model is fastest at each size");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, results_file_help)->required()->type_name("RESULTS");
  command
      ->add_option("--cores", options->cores,
                   "how many cores you have; default: the most workers that were measured")
      ->check(above_zero())
      ->type_name("N");
  add_format_option(*command, options->format, {"table", "json", "markdown"});
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const Results results = open_results(options->file);
            if (format == Format::json) {
              fmt::print("{}", advise_json(results, options->cores));
            } else {
              const auto sections = advise_sections(results, options->cores);
              format == Format::table ? print_document(as_text(sections))
                                      : fmt::print("{}", as_markdown(sections));
            }
            return exit_well;
          }};
}

}  // namespace scalelaw::harness

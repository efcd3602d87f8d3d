#include "harness/render/advise.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/commands/commands.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {

Subcommand add_advise(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "table";
  };
  CLI::App* command = app.add_subcommand(
      "advise", "which of serial, OpenMP, MPI and hybrid is fastest for which sizes, and why");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file with a list of sizes (.h5)")->required();
  command->add_option("--format", options->format, "table, json, markdown")->capture_default_str();
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            if (format == Format::csv) {
              throw Error("advise has no format 'csv'", "choose one of: table, json, markdown");
            }
            const Results results = read_results(options->file);
            if (format == Format::json) {
              fmt::print("{}", advise_json(results));
            } else {
              const auto sections = advise_sections(results);
              fmt::print("{}", format == Format::table ? as_text(sections) : as_markdown(sections));
            }
            return exit_well;
          }};
}

}  // namespace scalelaw::harness

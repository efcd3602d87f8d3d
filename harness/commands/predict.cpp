#include "harness/render/predict.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "common/quantity.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

std::vector<std::int64_t> worker_counts(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> out;
  for (const std::string& text : texts) {
    out.push_back(parse_count(text));
    if (out.back() < 1) throw Error("a worker count is 0", "give --workers counts of at least 1");
  }
  return out;
}

}  // namespace

Subcommand add_predict(CLI::App& app) {
  struct Options {
    std::string file;
    std::vector<std::string> workers;
    std::string format = "table";
  };
  CLI::App* command = app.add_subcommand(
      "predict", "predict speedups at worker counts that were not measured, from the fitted laws");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file (.h5)")->required();
  command->add_option("--workers", options->workers, "worker counts, e.g. 64,256,1024")
      ->delimiter(',')
      ->required();
  add_format_option(*command, options->format, {"table", "json", "markdown"});
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            const auto workers = worker_counts(options->workers);
            const Results results = read_results(options->file);
            if (format == Format::json) {
              fmt::print("{}", predict_json(results, workers));
            } else {
              const auto sections = predict_sections(results, workers);
              fmt::print("{}", format == Format::table ? as_text(sections) : as_markdown(sections));
            }
            return exit_well;
          }};
}

}  // namespace scalelaw::harness

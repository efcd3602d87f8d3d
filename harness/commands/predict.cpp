#include "harness/render/predict.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "common/quantity.hpp"
#include "harness/commands/commands.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

std::vector<std::int64_t> worker_counts(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> out;
  for (const std::string& text : texts) {
    out.push_back(parse_count(text));
    if (out.back() < 1) throw Error("0 workers do nothing", "give --workers counts of at least 1");
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
      "predict", "what the fitted laws say of worker counts that were not measured");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "results file (.h5)")->required();
  command->add_option("--workers", options->workers, "worker counts, e.g. 64,256,1024")
      ->delimiter(',')
      ->required();
  command->add_option("--format", options->format, "table, json, markdown")->capture_default_str();
  return {command, [options] {
            const Format format = enum_from<Format>(options->format, "format");
            if (format == Format::csv) {
              throw Error("predict has no format 'csv'", "choose one of: table, json, markdown");
            }
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
